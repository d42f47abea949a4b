"""What was found wrong or worth knowing: where, what was expected, the masked shape of what stood there, what to do.

Belongs here: the shape of a finding, its one-line message, the cap on rows, the error that refuses a submission.
Does not belong here: the rules themselves (`headers`, `checking`, `periods`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

Effect = Literal["file", "row", "value", "note"]

FINDING_CAP = 1_000
"""Rows recorded of one rule over one column of one file; `finding_count` holds how many there were."""


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes:
        rule: short name of the rule.
        effect: `file` refuses the submission; `row` left the row out; `value` cleared the value; `note` changes none.
        expected: what should have stood there.
        found: what stood there, as a masked shape or in words; never a value.
        action: what to do.
        sheet: sheet of a workbook by its place, as `sheet 2`.
        row_number: row as a person counts it, the header included.
        column_name: header of the column.
        finding_count: how often the rule was broken in this column of this file.
        table_name: table the file belongs to.
        file_name: base name of the file, None when the submission as a whole is meant.
        receipt_id: receipt of the file.
    """

    rule: str
    effect: Effect
    expected: str
    found: str
    action: str
    sheet: str | None = None
    row_number: int | None = None
    column_name: str | None = None
    finding_count: int = 1
    table_name: str | None = None
    file_name: str | None = None
    receipt_id: str | None = None

    def message(self) -> str:
        """The finding in one line: file, sheet, row, column; expected, found; what to do."""
        place = [self.file_name or "the submission"]
        place += [self.sheet] if self.sheet else []
        place += [f"row {self.row_number}"] if self.row_number is not None else []
        place += [f"column {self.column_name!r}"] if self.column_name else []
        many = f" ({self.finding_count:,} times)" if self.finding_count > 1 else ""
        return f"{', '.join(place)}: expected {self.expected}, found {self.found}{many}; {self.action}"


def unreadable(error: OSError) -> Finding:
    """A file that the system does not let us read."""
    return Finding(
        "unreadable",
        "file",
        "a file that can be opened and read",
        type(error).__name__,
        "check that it is there and may be read",
    )


class RefusedError(Exception):
    """A submission cannot be taken in; the last good one stays."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(finding.message() for finding in findings))
        self.findings = findings


class StillWrittenError(Exception):
    """A file changed while it was read: it is left for the next time."""


@dataclass
class Findings:
    """Findings of one file, capped by column and rule."""

    _kept: dict[tuple[str | None, str, str], list[Finding]] = field(default_factory=lambda: defaultdict(list))
    _counts: dict[tuple[str | None, str, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, finding: Finding) -> None:
        """Record a finding, and count it once the cap is reached."""
        key = (finding.column_name, finding.rule, finding.effect)
        self._counts[key] += finding.finding_count
        if len(self._kept[key]) < FINDING_CAP:
            self._kept[key].append(finding)

    def extend(self, findings: Iterable[Finding], uncounted: int = 0) -> None:
        """Record findings of one column and rule, and count `uncounted` more that were not made."""
        last = None
        for last in findings:
            self.add(last)
        if last is not None and uncounted:
            self._counts[last.column_name, last.rule, last.effect] += uncounted

    def count(self, rule: str, effect: Effect) -> int:
        """How often a rule was broken, over all columns."""
        return sum(count for (_, name, kind), count in self._counts.items() if (name, kind) == (rule, effect))

    def worst(self) -> Finding | None:
        """The first finding of the rule that left out most rows."""
        rows = {key: count for key, count in self._counts.items() if key[2] == "row"}
        if not rows:
            return None
        worst = max(rows, key=lambda key: rows[key])
        return replace(self._kept[worst][0], finding_count=rows[worst])

    def all(self) -> list[Finding]:
        """What was recorded, in row order within column and rule, each with the true count."""
        return [
            replace(finding, finding_count=self._counts[key]) for key, kept in self._kept.items() for finding in kept
        ]
