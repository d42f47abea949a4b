"""What the tests of bad input share: spoiling a good submission, and what must hold whatever was wrong with it.

Every refusal is checked for the same things: the message says where, what was expected, what was found and what to do;
no value is in it; the last good submission stays; other submissions go on; the receipt adds up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.ingest import SubmissionResult
from tests.landed import OWN, TABLES, Landing, Row, csv_text, good_rows, text_of

STAFF = TABLES["staff_record"]
NAME = "Zanzibarovna"
"""Stands in every spoilt file where a person's name would; must never come out."""


def rows(count: int = 40, **values: str) -> list[Row]:
    """Good staff rows of people called by the secret name."""
    made = good_rows(STAFF, count)
    for row in made:
        row.update({"Last Name": NAME, **values})
    return made


def spoilt(header: str, value: str, count: int = 1, of: int = 40) -> list[Row]:
    """Good rows, `count` of them with another value, from the third row on."""
    made = rows(of)
    for row in made[2 : 2 + count]:
        row[header] = value
    return made


def adds_up(submission: SubmissionResult) -> None:
    for each in submission.receipts:
        assert each.rows_read == each.rows_kept + each.rows_quarantined + each.rows_duplicate


def refused(
    landing: Landing, spoil: Callable[[Path], None], *words: str, name: str = "staff_in_post.csv"
) -> SubmissionResult:
    """Spoil a kept submission and see it refused, in words, with everything else as it was."""
    landing.staff(rows())
    landing.staff(rows(), code="DEM1")
    assert [each.outcome for each in landing.take_in("staff_record").submissions] == ["kept", "kept"]
    before = landing.lake("staff_record")
    landing.path("staff_record", "staff_in_post.csv").unlink()
    spoil(landing.path("staff_record", name))
    landing.incidents()
    result = landing.take_in("staff_record")
    own, other = result.submissions
    assert (own.outcome, other.outcome) == ("refused", "unchanged"), text_of(own)
    assert own.has_kept
    assert landing.lake("staff_record") == before, "the last good submission stays"
    assert landing.only("incidents").outcome == "kept", "other feeds go on"
    adds_up(own)
    told = text_of(own)
    assert NAME not in told
    (line,) = [each for each in result.messages if "refused" in each][:1]
    for word in (name, *words):
        assert word in line, line
    assert "expected" in line
    assert "found" in line
    again = landing.take_in("staff_record").submissions[0]
    assert (again.outcome, again.findings, again.receipts) == (own.outcome, own.findings, own.receipts), "and again"
    return own


def kept(landing: Landing, staff: list[Row]) -> SubmissionResult:
    """Land a staff record that is kept, with or without findings."""
    landing.staff(staff)
    submission = landing.only("staff_record")
    assert submission.outcome == "kept", text_of(submission)
    adds_up(submission)
    assert NAME not in text_of(submission)
    return submission


def found(submission: SubmissionResult, rule: str) -> list[tuple[object, ...]]:
    """Row, column, effect and masked shape of the findings of a rule."""
    return [
        (each.row_number, each.column_name, each.effect, each.found)
        for each in submission.findings
        if each.rule == rule
    ]


def write(text: str | bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(text.encode() if isinstance(text, str) else text) and None


def lake_file(landing: Landing) -> Path:
    return landing.settings.lake / "staff_record" / "2024-05" / OWN / "staff_record.parquet"


def lines(staff: list[Row] | None = None) -> list[list[object]]:
    """Staff rows as the lines of a sheet."""
    staff = staff or rows()
    return [list(staff[0]), *(list(row.values()) for row in staff)]


def write_parquet(path: Path, staff: list[Row]) -> None:
    source = path.with_suffix(".source")
    source.write_text(csv_text(staff), encoding="utf-8")
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{source}', all_varchar=true, delim=',')) TO '{path}' (FORMAT parquet)")
    source.unlink()
