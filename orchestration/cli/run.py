"""`make run`: the whole pipeline in one process, with progress, and an answer at the end."""

import logging
import sys
import time

import click
import dagster as dg
import duckdb

from orchestration.assets.automation import range_tags
from orchestration.assets.warehouse import DBT_STEP
from orchestration.checked_file import SettingsError
from orchestration.cli import STARTED
from orchestration.cli.instance import opened_instance
from orchestration.cli.landing import make_demo_files, require_files
from orchestration.contracts import FEEDS
from orchestration.definitions import build_definitions
from orchestration.ingest import check_headers
from orchestration.lock import only_one
from orchestration.settings import PROJECT, Settings

ONE_LINERS = (
    "SELECT schema_name, table_name, grain FROM marts.start_here ORDER BY reading_order, table_name",
    "SELECT period_label, group_code, numerator, round(value, 1) AS per_100_000, round(ratio, 2) AS ratio,"
    " round(ratio_lower, 2) AS lower, round(ratio_upper, 2) AS upper, verdict FROM marts.equity_measure"
    " WHERE measure_id = 'mha_detention_rate' AND period_type = 'financial_year' AND unit_level = 'organisation'"
    " AND grouping = 'broad_nhs' AND denominator_rule = 'own' AND adjustment = 'crude'"
    " ORDER BY period_start, group_code",
    "SELECT source, month, record_count, round(100 * known_and_stated_share, 1) AS known_and_stated_pct"
    " FROM quality.ethnicity_recording WHERE unit_level = 'organisation' AND breakdown = 'all'"
    " ORDER BY month DESC, source LIMIT 6",
)
"""Queries that `make run` prints and a test runs."""


def run_everything(settings: Settings, first: str | None, last: str | None, *, scale: float, trusts: int) -> int:
    """Run the job `everything`; returns the exit status: 0 when the verdict is good, 1 when not.

    Raises:
        SettingsError: another run is at work in the same home, or a month lies outside the trust's months.
    """
    months = settings.trust.months()
    first, last = first or months[0], last or months[-1]
    for month in (first, last):
        if month not in months:
            raise SettingsError(f"{month}: outside {months[0]} to {months[-1]}, the months of {settings.trust_config}")
    if first > last:
        raise SettingsError(f"--from {first} lies after --to {last}; give the earlier month first")
    for feed in FEEDS.values():
        check_headers(settings, feed)
    with only_one(settings):
        make_demo_files(settings, scale=scale, trusts=trusts)
        require_files(settings)
        settings.pseudonym_keys()  # asked once, before every feed asks
        with opened_instance(settings) as instance:
            job = build_definitions(settings, loggers={"console": _progress}).resolve_job_def("everything")
            result = job.execute_in_process(
                run_config={"loggers": {"console": {}}},
                instance=instance,
                tags=range_tags(first, last),
                raise_on_error=False,
            )
        if not result.success:
            click.echo(_faults(result), err=True)
            return 1
        _summary(settings, time.perf_counter() - STARTED)
    return 0


@dg.logger
def _progress(_: dg.InitLoggerContext) -> logging.Logger:
    """What a person wants to see of a run: each step as it starts, what assets say, and what went wrong."""
    logger = logging.Logger("progress", level=logging.DEBUG)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    handler.addFilter(lambda record: bool(_Line.text_of(record)))
    logger.addHandler(handler)
    return logger


class _Line(logging.Formatter):
    """One plain line with the seconds since the start."""

    @staticmethod
    def text_of(record: logging.LogRecord) -> str:
        """What to print of a record; empty for the orchestrator's own bookkeeping."""
        meta = getattr(record, "dagster_meta", {})
        event, step = meta.get("dagster_event"), meta.get("step_key") or ""
        if event is not None:
            return f"{step} ..." if event.event_type_value == "STEP_START" else ""
        message = meta.get("orig_message") or record.getMessage()
        if record.levelno < logging.INFO or (step == DBT_STEP and record.levelno < logging.WARNING):
            return ""  # dbt tells its own progress
        if message.startswith("Dependencies for step"):
            return ""  # what did not run because something else failed: the end of the run says what failed
        return f"{step}: {message}"

    def format(self, record: logging.LogRecord) -> str:
        """The line of one record."""
        mark = "! " if record.levelno >= logging.WARNING else ""
        return f"{time.perf_counter() - STARTED:6.1f} s  {mark}{self.text_of(record)}"


def _faults(result: dg.ExecuteInProcessResult) -> str:
    """The steps that failed and why, without a stack trace."""
    lines = []
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            reason = failure.user_failure_data.description if failure.user_failure_data else None
            if not reason and failure.error:
                cause = failure.error.cause or failure.error
                reason = cause.message.strip().removeprefix(f"{SettingsError.__module__}.{SettingsError.__name__}: ")
            lines.append(f"{event.step_key}: {reason}")
    return "\n".join(["The run failed.", *lines, "What was refused, and why: make status"])


def _summary(settings: Settings, seconds: float) -> None:
    database = settings.published_file
    click.echo(f"\nBuilt in {seconds:.0f} s for {settings.trust.organisation_name}:")
    with duckdb.connect(str(database), read_only=True) as connection:
        for schema in ("marts", "quality"):
            for table, rows in connection.execute(
                "SELECT table_name, estimated_size FROM duckdb_tables() WHERE schema_name = ? ORDER BY ALL", [schema]
            ).fetchall():
                click.echo(f"  {schema + '.' + table:<34} {rows:>10,} rows")
    click.echo(f"\nIt lies in {database} (also as {settings.published / 'parquet'} and {settings.published / 'csv'}).")
    click.echo(f"How well ethnicity is recorded, and whom to ask: open {settings.published / 'quality' / 'index.html'}")
    click.echo("Ask it, for example:\n")
    python = PROJECT / ".venv" / "bin" / "python"
    for query in ONE_LINERS:
        click.echo(f'  {python} -m orchestration sql "{query}"\n')
    click.echo("Open the pipeline with: make ui")
