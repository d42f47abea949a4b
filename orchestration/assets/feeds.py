"""The feeds: one asset per feed from one factory; contract outcomes are asset checks."""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration.assets.feed_checks import check_results, check_specs
from orchestration.assets.warehouse import feed_key
from orchestration.contracts import Feed
from orchestration.ingest import ALL, PeriodResult, ensure_empty, freshness, ingest_periods, unread_folders
from orchestration.settings import Settings

warnings.filterwarnings("ignore", ".*`backfill_policy`.*", dg.BetaWarning)  # one run over many months rests on it


def months_of(settings: Settings) -> dg.MonthlyPartitionsDefinition:
    """One partition a month, from the trust's first month to the last full one before `as_of`.

    Where `as_of` follows the files, Dagster adds a month as the calendar does, so that a new month needs no reload.
    """
    end = None if settings.follows_landing else settings.trust.as_of.replace(day=1).isoformat()
    return dg.MonthlyPartitionsDefinition(start_date=f"{settings.trust.first_month}-01", end_date=end)


def period_of(partition: str) -> str:
    """The period a partition key names: `YYYY-MM`, or `all`."""
    return ALL if partition == ALL else partition[:7]


def build_feeds(settings: Settings, feeds: Mapping[str, Feed]) -> list[dg.AssetsDefinition]:
    """The assets of all feeds."""
    return [_feed_asset(settings, feed) for feed in feeds.values()]


def _feed_asset(settings: Settings, feed: Feed) -> dg.AssetsDefinition:
    monthly = feed.partition == "month"
    key = feed_key(feed.name)

    @dg.asset(
        key=key,
        group_name="lake",
        owners=[f"team:{feed.owner}"],
        kinds={"parquet"},
        description=feed.description,
        partitions_def=months_of(settings) if monthly else None,
        backfill_policy=dg.BackfillPolicy.single_run() if monthly else None,
        output_required=False,
        check_specs=check_specs(feed, key),
    )
    def feed_asset(context: dg.AssetExecutionContext) -> Iterator[Any]:
        ensure_empty(settings)
        partitions = context.partition_keys if monthly else [ALL]
        results = []
        for partition, result in zip(
            partitions, ingest_periods(settings, feed, [period_of(each) for each in partitions]), strict=True
        ):
            results.append(result)
            rows = {
                "dagster/row_count": result.rows_kept,
                "rows_read": result.rows_read,
                "rows_quarantined": result.rows_quarantined,
                "rows_duplicate": result.rows_duplicate,
            }
            context.add_asset_metadata(rows, partition_key=partition if monthly else None)
        unread = unread_folders(settings, feed)
        for message in (*unread, *(line for result in results for line in result.messages)):
            context.log.warning(message)
        context.log.info(_summary(results))
        yield dg.MaterializeResult()
        yield from check_results(feed, results, unread, freshness(settings, feed))

    return feed_asset


def _summary(results: list[PeriodResult]) -> str:
    read, kept = sum(each.rows_read for each in results), sum(each.rows_kept for each in results)
    unchanged = sum(all(part.outcome == "unchanged" for part in each.submissions) for each in results)
    periods = f"{len(results)} periods" if len(results) > 1 else results[0].period
    apart = [
        f"{count:,} {words}"
        for name, words in (
            ("rows_quarantined", "left out"),
            ("rows_duplicate", "repeated"),
            ("values_unknown", "values unknown"),
        )
        if (count := sum(getattr(each, name) for each in results))
    ]
    return ", ".join([f"{periods} ({unchanged} unchanged)", f"{read:,} rows read", f"{kept:,} kept", *apart])
