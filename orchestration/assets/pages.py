"""The quality pages: an offline site on how ethnicity is recorded, built also when checks failed."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from expectations import docs
from orchestration import history
from orchestration.assets.verdict import failed_checks
from orchestration.pages.formats import NOTHING
from orchestration.pages.quality import Built, build_quality_pages
from orchestration.pages.quality.words import source_words
from orchestration.quoting import sql_text
from orchestration.settings import Settings

PAGES = dg.AssetKey(["published", "quality"])
SHOWN = ("reference", "core", "marts", "quality")
"""Schemas of the warehouse the pages may read; rows of people are in none of the tables they name."""


ASK_HEAD = (
    "| Source | List | Team | Known | To ask | Needed | Place in the plan | Figure that gets firmest |",
    "|---|---|---|---:|---:|---|---:|---|",
)


def build_pages(settings: Settings, upstream: list[dg.AssetKey]) -> Any:
    """The asset that builds the pages.

    Args:
        settings: where the warehouse and the history lie, and where the pages will.
        upstream: the assets after which nothing they show changes.
    """

    @dg.asset(
        key=PAGES,
        group_name="published",
        owners=["team:data-quality"],
        kinds={"html"},
        deps=upstream,
        description=(
            "published/quality/index.html: how well ethnicity is recorded, since when, whom to ask and what the gaps "
            "cost in certainty. Of this run, also when a check failed and the published file stays as it was."
        ),
    )
    def quality(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        folder = settings.published / "quality"
        settings.published.mkdir(parents=True, exist_ok=True)
        with as_of_this_run(settings) as connection:
            built = build_quality_pages(
                connection,
                folder,
                settings.trust.as_of.isoformat(),
                failed=failed_checks(context, settings),
                run_id=context.run.run_id,
                build_docs=data_docs(settings),
            )
        context.log.info(f"{built.pages} pages, {built.size:,} bytes: open {folder / 'index.html'}")
        return dg.MaterializeResult(
            metadata={**told(built), "open": dg.MetadataValue.path(str(folder / "index.html"))},
        )

    return quality


def told(built: Built) -> dict[str, dg.MetadataValue]:
    """What the pages say first, for whoever looks at the asset: whom to ask, what changed, and numbers to follow."""
    numbers = {"pages": built.pages}
    for source, asked in built.asked.items():
        numbers |= {
            f"to_ask_{source}": asked.to_ask, f"to_ask_of_no_team_{source}": asked.of_no_team,
            f"answered_{source}": asked.answered, f"declined_{source}": asked.declined,
        }
    asks = [
        f"| {' | '.join(_cell(text) for text in (source_words(source).name, title, *line))} |"
        for source, lists in built.first.items()
        for title, lines in lists
        for line in (
            (
                ask.unit.name, ask.share.text, f"{ask.row['to_ask_count']:,}", ask.needed,
                str(ask.row["plan_rank"] or NOTHING), ask.firmer,
            )
            for ask in lines
        )
    ]
    changes = [f"- {change.said}: {_plain(change.short)}" for change in built.changes]
    return {
        "whom_to_ask_first": dg.MetadataValue.md("\n".join([*ASK_HEAD, *asks]) if asks else "There is no asking plan."),
        "what_changed": dg.MetadataValue.md("\n".join(changes) or "Nothing stands out."),
        **{name: dg.MetadataValue.int(number) for name, number in numbers.items()},
    }


def _plain(text: str) -> str:
    """Text that Markdown shows as it is: names come from the files of the trust."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)


def _cell(text: str) -> str:
    return _plain(" ".join(text.split()))


def data_docs(settings: Settings) -> Callable[[Path], object] | None:
    """What writes the library's own pages of the last judgement into a folder; None before the first."""
    if not settings.judgement_file.exists():
        return None
    documents = json.loads(settings.judgement_file.read_text(encoding="utf-8"))
    return lambda folder: docs.build(documents, folder)


@contextmanager
def as_of_this_run(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, read-only, with the history beside it as the published file has it; empty before the first run."""
    with duckdb.connect() as connection:
        for schema in SHOWN:
            connection.execute(f"CREATE SCHEMA {schema}")
        if settings.warehouse_file.exists():
            connection.execute(f"ATTACH {sql_text(str(settings.warehouse_file))} AS warehouse (READ_ONLY)")
            tables = connection.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'warehouse' "
                "AND list_contains(?, schema_name)",
                [list(SHOWN)],
            ).fetchall()
            for schema, table in tables:
                connection.execute(f"CREATE VIEW {schema}.{table} AS SELECT * FROM warehouse.{schema}.{table}")  # noqa: S608
        for table, query in (
            ("check_run", history.runs_query(settings.history)),
            ("check_result", history.results_query(settings.history)),
        ):
            if query:
                connection.execute(f"CREATE VIEW quality.{table} AS {query}")
        yield connection
