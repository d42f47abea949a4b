"""Composes the code location; nothing else happens here."""

from __future__ import annotations

from typing import Any

import dagster as dg

from orchestration.assets.automation import build_jobs, build_schedules, build_sensor
from orchestration.assets.executor import build_executor
from orchestration.assets.feeds import build_feeds
from orchestration.assets.pages import PAGES, build_pages
from orchestration.assets.publishing import DATABASE, build_publishing
from orchestration.assets.quality import RESULTS, build_quality
from orchestration.assets.verdict import build_verdict
from orchestration.assets.warehouse import build_ledgers, build_warehouse, read_manifest
from orchestration.contracts import FEEDS
from orchestration.settings import Settings, load_settings


def build_definitions(settings: Settings, **overrides: Any) -> dg.Definitions:
    """Fresh definitions for one trust and one home folder.

    Args:
        settings: what they are bound to.
        overrides: parts of `dagster.Definitions` to use instead, for tests.
    """
    feed_of_table = {table.name: feed.name for feed in FEEDS.values() for table in feed.tables}
    manifest = read_manifest(settings)
    warehouse = build_warehouse(settings, manifest, feed_of_table)
    quality = build_quality(settings)
    parts: dict[str, Any] = {
        "assets": [
            *build_feeds(settings, FEEDS),
            *build_ledgers(manifest, feed_of_table),
            warehouse,
            quality.results,
            build_publishing(settings, [*warehouse.keys, RESULTS]),
            build_pages(settings, [DATABASE]),
            build_verdict(settings, [DATABASE, PAGES]),
        ],
        "asset_checks": [quality.checks],
        "jobs": build_jobs(settings),
        "schedules": build_schedules(settings),
        "sensors": [build_sensor(settings, FEEDS)],
        "executor": build_executor(settings),
    }
    return dg.Definitions(**(parts | overrides))


def definitions() -> dg.Definitions:
    """The code location of `workspace.yaml`."""
    return build_definitions(load_settings())
