"""One attempt to take in a submission: every file read and checked, then all kept or all refused.

Belongs here: what makes a submission whole, its receipts and findings, writing both outcomes. Does not belong here:
whether to try at all (`run`).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from orchestration.checked_file import SettingsError
from orchestration.contracts import Feed, Table
from orchestration.contracts.schema import UNIQUE_KEY
from orchestration.ingest import lake
from orchestration.ingest.checking import MOST_QUARANTINED, Checked, check
from orchestration.ingest.findings import Finding, RefusedError, StillWrittenError, unreadable
from orchestration.ingest.landing import HashedFile, Submission
from orchestration.ingest.parsing import Reading
from orchestration.ingest.periods import landed_twice, not_yet, wrong_period
from orchestration.ingest.receipts import FINDING_COLUMNS, RECEIPT_COLUMNS, Receipt, receipt_id
from orchestration.ingest.text import read_text
from orchestration.settings import Settings

DESCRIPTIVE = ("area_name", "layout")
"""Columns in which two files may differ and still say the same."""
PACKAGE = Path(__file__).resolve().parents[1]
MOST_ORPHANS = 0.5
"""Share of a file's rows without a parent above which the key itself is in doubt."""


class Attempt:
    """Reads a submission's files and holds what came of them."""

    def __init__(
        self, settings: Settings, feed: Feed, submission: Submission, files: Sequence[HashedFile], *, reading_id: str
    ) -> None:
        self.reading_id = reading_id
        self._settings, self._feed, self._submission = settings, feed, submission
        self._headers = settings.headers(feed.name)
        self._files = list(files)
        self._checked: dict[HashedFile, Checked] = {}
        self._encodings: dict[HashedFile, str] = {}
        self._faults: dict[HashedFile | None, list[Finding]] = {}
        self._notes: list[Finding] = []
        self._has_stumbled = False

    @property
    def is_refused(self) -> bool:
        """True when anything about the submission forbids taking it in."""
        return bool(self._faults)

    def read(self, reading: Reading) -> None:
        """Read and check every file; all faults are gathered, so that one answer names them all.

        Raises:
            StillWrittenError: a file changed meanwhile.
        """
        self._whole()
        for table in self._feed.tables:
            seen: list[np.ndarray] = []
            for file in self._files:
                if file.table is table or file.table == table:
                    with self._guarded(file):
                        self._read_file(file, reading, seen)
            with self._guarded(None):
                self._across(table)
        if not self._submission.is_as_seen():
            raise StillWrittenError
        for file, checked in self._checked.items():
            with self._guarded(file):
                self._doubt(file, checked)
        with self._guarded(None):
            self._note_orphans()

    def pass_over(self, twice: Sequence[HashedFile]) -> None:
        """Note the files that were not read: repeated ones, and those whose names belong to no table."""
        for again in twice:
            first = next(file for file in self._files if (file.sha256, file.table) == (again.sha256, again.table))
            self._notes.append(
                Finding(
                    "file_twice",
                    "note",
                    "each file once",
                    f"the same bytes as {first.landed.name}",
                    "nothing: it was passed over",
                    table_name=again.table.name,
                    file_name=again.landed.name,
                    receipt_id=self._id(first),
                )
            )
        prefixes = ", ".join(table.file_prefix for table in self._feed.tables if table.file_prefix)
        for file in self._submission.files:
            if not file.is_used:
                self._notes.append(
                    Finding(
                        "file_unknown",
                        "note",
                        f"a file whose name begins with {prefixes}" if prefixes else "a table",
                        "another one",
                        "nothing, or rename it: it was passed over",
                        file_name=file.name,
                    )
                )

    def receipts(self) -> list[Receipt]:
        """One receipt per file."""
        return [self._receipt(file) for file in self._files]

    def findings(self) -> list[Finding]:
        """Everything that was found, with the file it was found in."""
        found = [self._placed(each, file) for file, faults in self._faults.items() for each in faults]
        for file, checked in self._checked.items():
            found += [self._placed(each, file) for each in checked.findings.all()]
        return found + self._notes

    def write_refused(self, folder: Path) -> None:
        """Write receipts and findings of a refused submission; what was kept before stays as it is."""
        incoming = lake.Incoming(self._settings, folder)
        self._write_papers(incoming.folder)
        incoming.put_in_place()

    def write_kept(self, folder: Path) -> None:
        """Write tables, findings and, last, receipts; then put them in the place of the old ones."""
        incoming = lake.Incoming(self._settings, folder)
        constants = {"organisation_code": self._submission.organisation_code, "period": self._submission.period}
        for table in self._feed.tables:
            parts = [
                lake.Part(checked.frame, checked.row_numbers, self._id(file))
                for file, checked in self._checked.items()
                if file.table == table
            ]
            if parts and table.in_lake:
                lake.write_table(incoming.folder / f"{table.name}.parquet", table.lake_columns(), parts, constants)
        self._write_papers(incoming.folder)
        incoming.put_in_place()

    def _whole(self) -> None:
        """Faults of the submission as a whole."""
        found = not_yet(self._settings, self._submission.period)
        have = {file.table.name for file in self._files}
        found += [
            Finding(
                "file_missing",
                "file",
                f"a file whose name begins with {table.file_prefix!r}",
                "none",
                "add it: all files of a folder are one submission",
                table_name=table.name,
            )
            for table in self._feed.tables
            if table.required and table.name not in have
        ]
        if found:
            self._refuse(None, found)

    def _read_file(self, file: HashedFile, reading: Reading, seen: list[np.ndarray]) -> None:
        if file.landed.fault is not None:
            self._refuse(file, [file.landed.fault])
            return
        text = read_text(file.landed, file.table, self._headers)
        if text.raw.file_sha256 != file.sha256:
            raise StillWrittenError
        self._encodings[file] = text.raw.encoding
        self._checked[file] = check(text, file.table, reading, seen)

    @contextmanager
    def _guarded(self, file: HashedFile | None) -> Iterator[None]:
        """Refuse the submission for whatever goes wrong within: it never stops the others."""
        try:
            yield
        except RefusedError as refusal:
            self._refuse(file, list(refusal.findings))
        except FileNotFoundError:
            raise StillWrittenError from None
        except (StillWrittenError, SettingsError, MemoryError):
            raise
        except OSError as error:
            self._has_stumbled = True
            self._refuse(file, [unreadable(error)])
        except Exception as error:  # a fault of the reader itself
            self._has_stumbled = True
            self._refuse(file, [_unforeseen(error)])

    def _doubt(self, file: HashedFile, checked: Checked) -> None:
        """Refuse a file of another period, one that landed before, or one too much of which is left out."""
        found = wrong_period(
            file.table, checked, file.landed.path.name, self._submission.period, self._submission.organisation_code
        )
        for twice in landed_twice(self._settings, self._feed, file, checked, self._submission.period):
            if twice.effect == "file":
                found.append(twice)
            else:
                checked.findings.add(twice)
        if not found and checked.is_beyond_limit:
            found.append(_too_many(checked))
        if found:
            self._refuse(file, found)

    def _across(self, table: Table) -> None:
        """Rows whose key an earlier file of the same table has: the same again is a duplicate, another is left out."""
        several = [checked for file, checked in self._checked.items() if file.table == table]
        if len(several) < 2:
            return
        rows = pd.concat([checked.frame for checked in several], ignore_index=True)
        again = rows.duplicated(list(table.key)).to_numpy()
        same = rows.duplicated([name for name in rows.columns if name not in DESCRIPTIVE]).to_numpy()
        start = 0
        for checked in several:
            part = slice(start, start + len(checked.frame))
            start = part.stop
            checked.leave_out(again[part], same[part], UNIQUE_KEY, "a key that no earlier file has")

    def _note_orphans(self) -> None:
        """Rows of a file of which most find no parent: models join the two, and would lose them in silence."""
        for file, checked in self._checked.items():
            parent = next((table for table in self._feed.tables if table.name == file.table.parent), None)
            parents = [each.frame for other, each in self._checked.items() if other.table == parent]
            if parent is None or not parents:
                continue
            key = parent.key[0]
            lost = ~checked.frame[key].isin(pd.concat(parents)[key])
            if lost.mean() > MOST_ORPHANS:
                checked.findings.add(_orphans(file.table, parent, lost))

    def _refuse(self, file: HashedFile | None, findings: list[Finding]) -> None:
        self._faults.setdefault(file, []).extend(findings)

    def _id(self, file: HashedFile) -> str:
        sent = self._submission
        return receipt_id(file.sha256 or file.landed.name, file.table.name, sent.organisation_code, sent.period)

    def _placed(self, finding: Finding, file: HashedFile | None) -> Finding:
        if file is None:
            return finding
        return replace(finding, table_name=file.table.name, file_name=file.landed.name, receipt_id=self._id(file))

    def _receipt(self, file: HashedFile) -> Receipt:
        checked = self._checked.get(file)
        read, duplicate = (checked.rows_read, checked.rows_duplicate) if checked else (0, 0)
        quarantined = checked.rows_quarantined if checked and not self.is_refused else read - duplicate
        sent = self._submission
        return Receipt(
            self._id(file),
            self._feed.name,
            file.table.name,
            sent.period,
            sent.organisation_code,
            file.landed.name,
            file.sha256,
            file.landed.size,
            self._encodings.get(file),
            read,
            len(checked.frame) if checked and not self.is_refused else 0,
            quarantined,
            duplicate,
            "refused" if self.is_refused else "kept",
            self._message(file),
            "" if self._has_stumbled else self.reading_id,  # equal to no other reading: the next run tries again
        )

    def _message(self, file: HashedFile) -> str | None:
        if not self.is_refused:
            return None
        own = self._faults.get(file)
        if own:
            return "; ".join(self._placed(each, file).message() for each in own)
        blamed = sorted(each.landed.name for each in self._faults if each is not None)
        why = ", ".join(blamed) or "a file is missing, or the period has not begun"
        return f"left out because the submission was refused: {why}"

    def _write_papers(self, folder: Path) -> None:
        place = (self._feed.name, self._submission.period, self._submission.organisation_code)
        found = [lake.finding_row(each, *place) for each in self.findings()]
        lake.write_rows(folder / f"{lake.FINDING}.parquet", FINDING_COLUMNS, found)
        lake.write_rows(folder / f"{lake.RECEIPT}.parquet", RECEIPT_COLUMNS, [each.row() for each in self.receipts()])


def _unforeseen(error: Exception) -> Finding:
    """A fault of the reader itself, by its last place in this package: its text may hold a value of a person."""
    frames = traceback.extract_tb(error.__traceback__)
    place = next((each for each in reversed(frames) if PACKAGE in Path(each.filename).parents), frames[-1])
    return Finding(
        "unforeseen",
        "file",
        "files that the reader understands",
        f"something at which it stumbled ({type(error).__name__}, {Path(place.filename).name} line {place.lineno})",
        "tell whoever keeps this software; until it is mended, try files saved as CSV in UTF-8",
    )


def _orphans(table: Table, parent: Table, lost: pd.Series) -> Finding:
    header = next(column.header for column in table.columns if column.name == parent.key[0])
    return Finding(
        "orphans",
        "note",
        f"rows that {parent.file_prefix} knows by the same {header}",
        f"rows that it does not know, of {len(lost):,} in all",
        "check that both files come from one export and write it alike, zeros in front included",
        column_name=header,
        finding_count=int(lost.sum()),
    )


def _too_many(checked: Checked) -> Finding:
    """Over five per cent of a file is left out: it is not trusted, and the commonest fault says why."""
    worst = checked.findings.worst()
    share = 100 * checked.rows_quarantined / checked.rows_read
    fault = ""
    if worst is not None:
        fault = (
            f"; most often ({worst.finding_count:,} rows, first row {worst.row_number}) "
            f"expected {worst.expected}, found {worst.found}"
        )
    return Finding(
        "too_many_rows",
        "file",
        f"at most {MOST_QUARANTINED:.0%} of the rows left out",
        f"{checked.rows_quarantined:,} of {checked.rows_read:,} rows ({share:.1f}%){fault}",
        "correct the file and send it again",
        checked.sheet,
        worst.row_number if worst else None,
        worst.column_name if worst else None,
    )
