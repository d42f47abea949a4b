"""The age bands stand in three places, each for its own reader: ingest, SQL and the reference table. They agree.

Belongs here: comparing the three. Does not belong here: which band a person is in (`test_ingest_values`).
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from orchestration.ingest.values import AGE_BANDS

PROJECT = Path(__file__).resolve().parents[2]
OLDEST = 120
"""The seed leaves the last band open; ingest and SQL take nobody for older."""


def of_ingest() -> list[tuple[str, int, int]]:
    """Each band with its first and last age, as files are read."""
    starts = [0, *(end for end, _ in AGE_BANDS)]
    return [(band, start, end - 1) for start, (end, band) in zip(starts, AGE_BANDS, strict=False)]


def of_sql() -> list[tuple[str, int, int]]:
    """The same, as the macro bands a person of whom the month of birth is known."""
    text = (PROJECT / "dbt_project" / "macros" / "times_and_ages.sql").read_text(encoding="utf-8")
    written = re.findall(r"age_months \}\} < (\d+) then '(.+?)'", text)
    assert written[0] == ("0", "unknown"), "not born yet"
    months = [int(end) for end, _ in written]
    assert not any(end % 12 for end in months), "a band starts on a birthday"
    return [
        (band, start // 12, end // 12 - 1)
        for start, end, (_, band) in zip(months, months[1:], written[1:], strict=False)
    ]


def of_the_seed() -> list[tuple[str, int, int]]:
    """The same, as the reference table tells readers."""
    with (PROJECT / "seeds" / "ref_age_band.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["sort_order"]))
    return [(row["age_band"], int(row["lower_age"]), int(row["upper_age"] or OLDEST)) for row in rows]


def test_files_and_reference_table_band_ages_alike() -> None:
    assert of_ingest() == of_the_seed()


def test_sql_and_reference_table_band_ages_alike() -> None:
    assert of_sql() == of_the_seed()
