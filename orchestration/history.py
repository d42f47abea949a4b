"""The results of every quality run, kept as Parquet beside the warehouse so that a rebuild loses none of them.

Belongs here: writing and naming the history. Does not belong here: judging (`expectations`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from expectations import CheckResult
from orchestration.quoting import sql_text
from orchestration.settings import Settings

COLUMNS = {
    "run_id": ("VARCHAR", "Run that judged."),
    "as_of": ("DATE", "The day the run took for today."),
    "name": ("VARCHAR", "Name of the check, stable over time."),
    "source": ("VARCHAR", "Feed whose recording was judged."),
    "expectation": ("VARCHAR", "What was expected, in words."),
    "severity": ("VARCHAR", "error when the pipeline itself is at fault, warn when the recording is."),
    "passed": ("BOOLEAN", "True when it was met."),
    "evaluated_count": ("BIGINT", "Slices (unit and month) judged."),
    "failing_count": ("BIGINT", "Slices that did not meet it."),
    "numerator": ("BIGINT", "Records with a known and stated ethnic group; NULL where no share is judged."),
    "denominator": ("BIGINT", "Records the share is of; NULL where no share is judged."),
    "share": ("DOUBLE", "Numerator over denominator."),
    "target": ("DOUBLE", "Share or limit it was held against; NULL where there is none."),
    "month": ("VARCHAR", "Month judged, as YYYY-MM; NULL for all months."),
    "fault": ("VARCHAR", "Why it could not be judged; NULL when it could."),
}
"""Type and meaning of the columns of `quality.check_result`: one row per run, source and check."""


def record(settings: Settings, run_id: str, results: Sequence[CheckResult]) -> None:
    """Write the results of one run; the same run written twice leaves one copy."""
    folder = settings.history / "check_result"
    folder.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(
        [{"run_id": run_id, "as_of": settings.trust.as_of.isoformat(), **result.as_row()} for result in results],
        columns=list(COLUMNS),
    ).astype(object)
    casts = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, (kind, _) in COLUMNS.items())
    staged = folder / f".building-{run_id}"
    with duckdb.connect() as connection:
        connection.register("results", frame.where(frame.notna(), None))
        connection.execute(f"COPY (SELECT {casts} FROM results) TO '{staged}' (FORMAT parquet)")  # noqa: S608
    os.replace(staged, folder / f"{run_id}.parquet")  # noqa: PTH105 - atomic on purpose


def of_run(settings: Settings, run_id: str) -> list[CheckResult]:
    """The results of one run; empty when it recorded none."""
    path = settings.history / "check_result" / f"{run_id}.parquet"
    if not path.exists():
        return []
    with duckdb.connect() as connection:
        cursor = connection.execute("SELECT * EXCLUDE (run_id, as_of) FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in cursor.description or []]
        return [CheckResult(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def results_query(history: Path) -> str | None:
    """SQL that reads every result kept, each of an expectation as a whole; None when there is none."""
    files = history / "check_result" / "*.parquet"
    if not any(files.parent.glob(files.name)):
        return None
    return f"""
        SELECT run_id, as_of, name AS expectation, source, 'all' AS unit_level, 'all' AS unit_code,
            CAST(month || '-01' AS DATE) AS month, severity, passed, evaluated_count, failing_count, numerator,
            denominator, share, target, expectation AS description, fault
        FROM read_parquet({sql_text(str(files))}, union_by_name = true)
    """  # noqa: S608 - the path is quoted


def runs_query(history: Path) -> str | None:
    """SQL that reads one row per run kept; None when there is none."""
    results = results_query(history)
    return results and f"SELECT DISTINCT run_id, as_of FROM ({results})"  # noqa: S608
