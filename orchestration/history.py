"""The results of every quality run, kept as Parquet beside the warehouse so that a rebuild loses none of them.

Belongs here: what is kept of a run, writing it and reading it back, also as earlier versions wrote it. Does not belong
here: judging (`expectations`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from expectations import CheckResult
from orchestration.checked_file import SettingsError
from orchestration.quoting import sql_text
from orchestration.settings import Settings

Columns = dict[str, tuple[str, str]]

RESULT_COLUMNS: Columns = {
    "run_id": ("VARCHAR", "Run that judged."),
    "as_of": ("DATE", "The day the run took for today."),
    "expectation": ("VARCHAR", "Name of the expectation, stable over time: see reference.ref_expectation."),
    "source": ("VARCHAR", "Feed whose recording was judged; across_feeds for what only several can show."),
    "organisation_code": ("VARCHAR", "Organisation of the slice; NULL for the expectation as a whole."),
    "unit_level": (
        "VARCHAR",
        "all for the expectation as a whole; else what the slice is: organisation, division, directorate, team, table, "
        "ethnic_group, item or system_pair.",
    ),
    "unit_code": ("VARCHAR", "all for the expectation as a whole; else the slice."),
    "month": ("DATE", "First day of the month judged; NULL for all months together, or where a slice has none."),
    "severity": ("VARCHAR", "error when the pipeline itself is at fault, warn when the recording is."),
    "passed": ("BOOLEAN", "True when it was met; of the whole, on every slice its verdict rests on."),
    "rating": ("VARCHAR", "green, amber or red by the target in force in the month; NULL where nothing is amber."),
    "evaluated_count": ("BIGINT", "Slices the verdict on the whole rests on; NULL on a slice."),
    "failing_count": ("BIGINT", "Those that did not meet it; NULL on a slice."),
    "numerator": ("BIGINT", "What the share counts."),
    "denominator": ("BIGINT", "What it is a share of."),
    "share": (
        "DOUBLE",
        "Numerator over denominator; NULL of a whole whose slices do not add up to one. Of teams as a whole these are "
        "the counts of the organisation in the month judged.",
    ),
    "target": (
        "DOUBLE",
        "Share it was held against in that month: the target in force, times the share of residents where it is a "
        "factor; of no_sudden_drop the lower limit of the unit's own chart. NULL where there is none or slices differ.",
    ),
    "worst_unit_code": ("VARCHAR", "Slice whose 95% range missed it by most; NULL when all met it, and on a slice."),
    "worst_unit_name": ("VARCHAR", "Name of that slice."),
    "worst_share": ("DOUBLE", "Share of that slice."),
    "description": ("VARCHAR", "What was expected, in words; NULL on a slice."),
    "fault": ("VARCHAR", "Why it could not be judged; NULL when it could."),
}
"""Type and meaning of the columns of `quality.check_result`: one row per run, expectation, source and slice."""
RUN_COLUMNS: Columns = {
    "run_id": ("VARCHAR", "Run that judged."),
    "run_number": ("BIGINT", "1 for the first run whose number was kept; NULL for runs before that."),
    "as_of": ("DATE", "The day the run took for today."),
    "first_month": ("DATE", "First day of the first month of the run; NULL where it was not kept."),
    "last_month": ("DATE", "First day of its last month; NULL where it was not kept."),
    "expectation_count": ("BIGINT", "Expectations judged, over all feeds."),
    "failed_count": ("BIGINT", "Expectations not met."),
    "error_count": ("BIGINT", "Of those, the ones at error: the pipeline itself is at fault."),
}
"""Type and meaning of the columns of `quality.check_run`: one row per run."""
PERIOD_COLUMNS: Columns = {
    "feed": ("VARCHAR", "Feed."),
    "period": ("VARCHAR", "Period of its submissions."),
    "receipts": ("VARCHAR", "What stands for every file kept of the period."),
}
"""What a run keeps to know, next time, which periods have changed."""
AS_FIRST_KEPT = {
    "expectation": "name",
    "description": "expectation",
    "month": "CAST(month || '-01' AS DATE)",
    "unit_level": "'all'",
    "unit_code": "'all'",
}
"""Where the columns of results stand in files of the first shape, which had one row per run, source and check."""
RECEIPTS = """
    SELECT feed, period,
        md5(string_agg(source_organisation_code || file_name || file_sha256, '/' ORDER BY
            source_organisation_code, file_name))
    FROM quality.feed_receipt WHERE NOT is_refused GROUP BY feed, period ORDER BY feed, period
"""
EVERY_MONTH = "all"
"""The period of a feed that has no months: when it changes, anything may have."""


def record(settings: Settings, run_id: str, results: Sequence[CheckResult]) -> None:
    """Write the results of one run; the same run written twice leaves one copy.

    Kept are every expectation as a whole; the slices of its latest month, of the months whose receipts changed since
    the run before, and those without a month; and of an error, every failing slice. The row of the run is written
    last, so that a run that was cut short is not taken for the one before.
    """
    number, before = _place_of(settings.history, run_id)
    receipts = _receipts(settings)
    changed = _changed_months(before, receipts)
    as_of = settings.trust.as_of
    rows = []
    for result in results:
        rows.append(_whole(run_id, as_of, result))
        latest = max((each.month for each in result.slices if each.month), default=None)
        for each in result.slices:
            is_broken = result.severity == "error" and not each.passed
            if each.month in (None, latest) or is_broken or changed is None or each.month in changed:
                rows.append(
                    (
                        run_id, as_of, result.expectation, result.source, each.organisation_code, each.unit_level,
                        each.unit_code, _first_day(each.month), result.severity, each.passed, each.rating, None, None,
                        each.numerator, each.denominator, each.share, each.target, None, None, None, None, None,
                    )
                )
    failed = [result for result in results if not result.passed]
    errors = sum(result.severity == "error" for result in failed)
    months = (_first_day(settings.trust.first_month), _first_day(settings.trust.last_month))
    _write(settings.history / "check_result", run_id, RESULT_COLUMNS, rows)
    _write(settings.history / "check_period", run_id, PERIOD_COLUMNS, receipts)
    _write(
        settings.history / "check_run", run_id, RUN_COLUMNS,
        [(run_id, number, as_of, *months, len(results), len(failed), errors)],
    )


def of_run(settings: Settings, run_id: str) -> list[CheckResult]:
    """The results of one run as a whole, without their slices; empty when it recorded none."""
    query = results_query(settings.history, run_id)
    if query is None:
        return []
    names = [
        name for name in RESULT_COLUMNS
        if name not in {"run_id", "as_of", "organisation_code", "unit_level", "unit_code", "month"}
    ]
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT {', '.join(names)}, strftime(month, '%Y-%m') FROM ({query}) WHERE unit_level = 'all'"  # noqa: S608
        ).fetchall()
    return [CheckResult(**dict(zip([*names, "month"], row, strict=True))) for row in rows]


def results_query(history: Path, run_id: str = "*") -> str | None:
    """SQL that reads every result kept, files of the first shape among them; None when there is none."""
    files = sorted((history / "check_result").glob(f"{run_id}.parquet"))
    columns = _columns_of(files)
    first_shape = [file for file in files if "name" in columns[file]]
    parts = [
        _select(group, RESULT_COLUMNS, set().union(*(columns[file] for file in group)), meaning)
        for group, meaning in (
            (first_shape, AS_FIRST_KEPT),
            ([file for file in files if file not in first_shape], {}),
        )
        if group
    ]
    return " UNION ALL ".join(parts) or None


def runs_query(history: Path) -> str | None:
    """SQL that reads one row per run kept; of a run whose own row was not kept, what its results tell. None if none."""
    results = results_query(history)
    if results is None:
        return None
    known = sorted((history / "check_run").glob("*.parquet"))
    kept = _select(known, RUN_COLUMNS, set().union(*_columns_of(known).values()), {}) if known else None
    told = f"""
        SELECT run_id, NULL AS run_number, any_value(as_of) AS as_of, NULL AS first_month, NULL AS last_month,
            count(*) AS expectation_count, count(*) FILTER (WHERE NOT passed) AS failed_count,
            count(*) FILTER (WHERE NOT passed AND severity = 'error') AS error_count
        FROM ({results}) WHERE unit_level = 'all' GROUP BY run_id
    """  # noqa: S608 - the names are ours, the paths are quoted
    if kept is None:
        return told
    return f"({kept}) UNION ALL SELECT * FROM ({told}) WHERE run_id NOT IN (SELECT run_id FROM ({kept}))"  # noqa: S608


def _whole(run_id: str, as_of: Any, result: CheckResult) -> tuple[Any, ...]:
    """The row of an expectation as a whole."""
    return (
        run_id, as_of, result.expectation, result.source, None, "all", "all", _first_day(result.month), result.severity,
        result.passed, result.rating, result.evaluated_count, result.failing_count, result.numerator,
        result.denominator, result.share, result.target, result.worst_unit_code, result.worst_unit_name,
        result.worst_share, result.description, result.fault,
    )


def _first_day(month: str | None) -> str | None:
    return f"{month}-01" if month else None


def _place_of(history: Path, run_id: str) -> tuple[int, Path | None]:
    """The number of a run, its own where it was written before, and the periods kept by the run before it."""
    if not any((history / "check_run").glob("*.parquet")):
        return 1, None
    files = sorted(str(file) for file in (history / "check_run").glob("*.parquet"))
    try:
        numbers = _numbers(files)
    except duckdb.Error:  # a run is recorded whatever became of an earlier one; who reads that one is told
        numbers = {}
        for file in files:
            with suppress(duckdb.Error):
                numbers |= _numbers([file])
    number = numbers.pop(run_id, None) or max(numbers.values(), default=0) + 1
    earlier = sorted((of_run, run) for run, of_run in numbers.items() if of_run < number)
    return number, history / "check_period" / f"{earlier[-1][1]}.parquet" if earlier else None


def _numbers(files: list[str]) -> dict[str, int]:
    """The number of each run, by its id."""
    with duckdb.connect() as connection:
        return dict(connection.execute("SELECT run_id, run_number FROM read_parquet(?)", [files]).fetchall())


def _receipts(settings: Settings) -> list[tuple[str, str, str]]:
    """Feed, period and what stands for the files kept of it, in the warehouse that was judged."""
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        return warehouse.execute(RECEIPTS).fetchall()


def _changed_months(before: Path | None, receipts: list[tuple[str, str, str]]) -> set[str] | None:
    """Months whose receipts differ from those of the run before; None for every month, also where that is not known."""
    if before is None:
        return None
    try:
        with duckdb.connect() as connection:
            earlier = connection.execute("SELECT feed, period, receipts FROM read_parquet(?)", [str(before)]).fetchall()
    except duckdb.Error:  # missing or damaged: it tells no more than what has changed since
        return None
    periods = {period for _, period, _ in set(earlier) ^ set(receipts)}
    return None if EVERY_MONTH in periods else periods


def _columns_of(files: Sequence[Path]) -> dict[Path, set[str]]:
    """The names of the columns of each Parquet file.

    Raises:
        SettingsError: one of them is damaged.
    """
    found: dict[Path, set[str]] = {file: set() for file in files}
    if files:
        with duckdb.connect() as connection:
            try:
                named = _named(connection, files)
            except duckdb.Error:
                for file in files:
                    _check(connection, file)
                raise
        for name_of_file, name in named:
            found[Path(name_of_file)].add(name)
    return found


def _named(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> list[tuple[str, str]]:
    """Name of the file and of the column, of every column."""
    return connection.execute(
        "SELECT file_name, name FROM parquet_schema(?)", [[str(file) for file in files]]
    ).fetchall()


def _check(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Say of a damaged file what to do about it."""
    try:
        _named(connection, [file])
    except duckdb.Error:
        raise SettingsError(f"{file}: is damaged; move it away, or restore it from a copy, and run again") from None


def _select(files: Sequence[Path], columns: Columns, present: set[str], meaning: dict[str, str]) -> str:
    """SQL that reads some files of one shape as today's columns; what they lack is NULL."""
    chosen = ", ".join(
        f"CAST({meaning.get(name, name if name in present else 'NULL')} AS {kind}) AS {name}"
        for name, (kind, _) in columns.items()
    )
    listed = ", ".join(sql_text(str(file)) for file in files)
    return f"SELECT {chosen} FROM read_parquet([{listed}], union_by_name = true)"  # noqa: S608


def _write(folder: Path, run_id: str, columns: Columns, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write the file of one run, under another name until it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(rows, columns=list(columns)).astype(object)
    casts = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, (kind, _) in columns.items())
    staged = folder / f".building-{run_id}"
    with duckdb.connect() as connection:
        connection.register("rows", frame.where(frame.notna(), None))
        connection.execute(f"COPY (SELECT {casts} FROM rows) TO {sql_text(str(staged))} (FORMAT parquet)")  # noqa: S608
    with staged.open("rb") as file:
        os.fsync(file)  # else a machine that stops leaves the name and no content
    os.replace(staged, folder / f"{run_id}.parquet")  # noqa: PTH105 - atomic on purpose
