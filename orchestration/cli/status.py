"""`make status`: feed by period, and which published file holds it."""

from __future__ import annotations

import click
import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.contracts import FEEDS
from orchestration.ingest import ALL, freshness, landing_state, unknown_folders, unread_folders
from orchestration.settings import Settings

WIDEST = 1_000
"""Characters of a line that hold any table."""


def print_status(settings: Settings) -> None:
    """Print one row per feed, period and organisation."""
    published = _published_receipts(settings)
    table = Table(title=f"{settings.trust.organisation_name}, as of {settings.trust.as_of}", box=None)
    for heading in ("feed", "period", "from", "state"):
        table.add_column(heading, no_wrap=True)
    for heading in ("read", "kept", "left out", "repeated"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("published", no_wrap=True)
    months = {*settings.trust.months(), ALL}
    refusals = []
    for feed in FEEDS.values():
        states = landing_state(settings, feed)
        for state in states:
            if state.message:
                stays = "; the figures above are of the version in use" if state.has_kept else ""
                refusals.append(f"{feed.name}/{state.period} {state.organisation_code}: {state.message}{stays}")
            holds = published.get((feed.name, state.period, state.organisation_code))
            table.add_row(
                feed.name,
                state.period,
                state.organisation_code,
                state.state if state.period in months else "outside the trust's months",
                f"{state.rows_read:,}",
                f"{state.rows_kept:,}",
                f"{state.rows_quarantined:,}",
                f"{state.rows_duplicate:,}",
                "-" if not holds else "equity.duckdb" if holds == state.kept_receipts else "an older version",
            )
        if feed.partition == "month":
            overdue = {period for period, _ in freshness(settings, feed).overdue}
            for month in sorted(months - {ALL} - {state.period for state in states}):
                late = "overdue" if month in overdue else "missing"
                table.add_row(feed.name, month, settings.trust.organisation_code, late, *"-----")
    Console(width=Console(width=WIDEST).measure(table).maximum).print(table)  # figures are never cut, also into a file
    for line in refusals:
        click.echo(f"! {line}")
    unread = [line for feed in FEEDS.values() for line in unread_folders(settings, feed)]
    for line in [*unknown_folders(settings, FEEDS), *unread]:
        click.echo(f"! {line}")
    if not published:
        click.echo("Nothing is published yet; run: make run")


def _published_receipts(settings: Settings) -> dict[tuple[str, str, str], frozenset[str]]:
    """Receipts of the published file by feed, period and organisation."""
    database = settings.published_file
    if not database.exists():
        return {}
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "SELECT feed, period, source_organisation_code, list(receipt_id) FROM quality.feed_receipt "
            "WHERE status = 'kept' GROUP BY ALL"
        ).fetchall()
    return {(feed, period, code): frozenset(receipts) for feed, period, code, receipts in rows}
