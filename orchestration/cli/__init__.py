"""The commands: run, demo, status, sql, ui, work-list, keys, delete-period, retention.

Belongs here: what is printed and in which order things are started. Does not belong here: the work itself.
Heavy libraries are imported inside the commands that need them, so that `status` answers at once.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import click

from orchestration.checked_file import SettingsError
from orchestration.lock import only_one
from orchestration.settings import Settings, load_settings, new_keys, write_keys

STARTED = time.perf_counter()
"""When this process began, for the seconds beside each line of progress: start-up is part of what a user waits for."""


class _Group(click.Group):
    """A command group that turns a settings fault into one line."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Group)
def main() -> None:
    """Race Equity Warehouse."""


@main.command()
@click.option("--from", "first", metavar="YYYY-MM", help="First month; the trust's first month unless given.")
@click.option("--to", "last", metavar="YYYY-MM", help="Last month; the last full month unless given.")
@click.option("--scale", default=1.0, show_default=True, help="Size of the demo trust, when its files are made.")
@click.option("--trusts", default=1, show_default=True, help="Number of demo trusts, when their files are made.")
def run(first: str | None, last: str | None, scale: float, trusts: int) -> None:
    """Take in every feed, build the warehouse, check it and publish it."""
    from orchestration.cli.run import run_everything  # noqa: PLC0415 - Dagster takes seconds to import

    sys.exit(run_everything(load_settings(), first, last, scale=scale, trusts=trusts))


@main.command()
@click.option("--scale", default=1.0, show_default=True, help="Size of the demo trust.")
@click.option("--trusts", default=1, show_default=True, help="Number of demo trusts.")
@click.option("--seed", type=int, help="The same seed gives the same bytes; that of the documents unless given.")
def demo(scale: float, trusts: int, seed: int | None) -> None:
    """Make the demo trust's files, if its home is empty."""
    from orchestration.cli.landing import make_demo_files  # noqa: PLC0415

    settings = load_settings()
    with only_one(settings):
        made = make_demo_files(settings, scale=scale, trusts=trusts, seed=seed)
    if not made:
        raise SettingsError(f"{settings.landing}: is not empty, or not the demo trust's; nothing was made")


@main.command()
def status() -> None:
    """What has landed, what was kept, what is stale, and what the published file holds."""
    from orchestration.cli.status import print_status  # noqa: PLC0415

    print_status(load_settings())


@main.command()
@click.argument("query")
@click.option("--csv", "as_csv", is_flag=True, help="Print every row and column, as CSV.")
def sql(query: str, *, as_csv: bool) -> None:
    """Ask the published file; it opens read-only and never waits."""
    import duckdb  # noqa: PLC0415

    database = load_settings().published_file
    if not database.exists():
        raise SettingsError(f"{database}: nothing is published yet; run: make run")
    with duckdb.connect(str(database), read_only=True) as connection:
        try:
            answer = connection.sql(query)
            if answer is not None and as_csv:
                writer = csv.writer(sys.stdout, lineterminator="\n")
                writer.writerow(answer.columns)
                while rows := answer.fetchmany(10_000):
                    writer.writerows(rows)
            elif answer is not None:
                answer.show(max_width=200, max_rows=100)
        except duckdb.Error as error:
            raise click.ClickException(str(error)) from None


@main.command()
@click.option("--port", default=3000, show_default=True)
def ui(port: int) -> None:
    """Open Dagster on 127.0.0.1."""
    from orchestration.cli.ui import serve  # noqa: PLC0415

    serve(load_settings(), port)


@main.command("work-list")
@click.argument("unit_code")
@click.option("--to", "folder", required=True, metavar="FOLDER", help="Folder outside EQUITY_HOME and the checkout.")
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 31), help="Days it may be kept.")
def work_list(unit_code: str, folder: str, days: int) -> None:
    """List the local numbers of the patients a team has to ask for their ethnicity."""
    from orchestration.cli.asking import print_work_list  # noqa: PLC0415 - pandas takes a second to import

    settings = load_settings()
    with only_one(settings):
        print_work_list(settings, unit_code, Path(folder), days)


@main.group()
def keys() -> None:
    """The secrets behind the pseudonyms."""


@keys.command("new")
def keys_new() -> None:
    """Make a key file with fresh secrets, readable by its owner only."""
    settings = Settings()  # the trust is not asked: its first files may still be on their way
    write_keys(settings.key_file, new_keys())
    click.echo(f"{settings.key_file} made; keep a copy where only its guardian can read it")


@keys.command("rotate")
@click.confirmation_option(prompt="Every pseudonym changes and every feed is read again. Go on?")
def keys_rotate() -> None:
    """Replace the secrets; the old file is kept beside the new one until you remove it."""
    from orchestration.cli.landing import rotate_keys  # noqa: PLC0415

    settings = load_settings()
    with only_one(settings):
        rotate_keys(settings)


@main.command("delete-period")
@click.argument("feed")
@click.argument("period")
@click.option("--landing", "with_landing", is_flag=True, help="Remove the files in landing/ too.")
@click.confirmation_option(prompt="This cannot be undone. Go on?")
def delete_period(feed: str, period: str, with_landing: bool) -> None:
    """Remove one period of one feed from the lake; the next run leaves it out of every table."""
    from orchestration.cli.landing import remove_period  # noqa: PLC0415

    settings = load_settings()
    with only_one(settings):
        remove_period(settings, feed, period, with_landing=with_landing)


@main.command()
@click.confirmation_option(
    prompt="Monthly periods older than retention_months are removed from the lake and from landing/. "
    "This cannot be undone. Go on?"
)
def retention() -> None:
    """Remove every month older than the trust keeps, its files in landing/ included."""
    from orchestration.cli.landing import apply_retention  # noqa: PLC0415

    settings = load_settings()
    with only_one(settings):
        apply_retention(settings)
