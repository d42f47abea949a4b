"""The check `fresh` of a feed's asset: seen in Dagster, judged on the day of the trust, over every month."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from orchestration.assets.automation import range_tags
from orchestration.assets.feeds import build_feeds
from orchestration.contracts import FEEDS
from tests.landed import PERIOD, Landing, landing_at

CHOICES = {"organisation_code": "DEM0", "organisation_name": "A trust", "first_month": PERIOD}


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    config = tmp_path / "trust.yaml"
    config.write_text(yaml.safe_dump(CHOICES | {"as_of": "2024-09-01"}), encoding="utf-8")
    return landing_at(tmp_path / "place", config)


def on_the_day(landing: Landing, as_of: str) -> Landing:
    """The same home on another day."""
    landing.settings.trust_config.write_text(yaml.safe_dump(CHOICES | {"as_of": as_of}), encoding="utf-8")
    return Landing(landing.settings.looked_at_again(), landing.seeds)


def fresh(landing: Landing, feed: str, **run: Any) -> dg.AssetCheckEvaluation:
    """The check after a run of one feed."""
    result = dg.materialize(build_feeds(landing.settings, {feed: FEEDS[feed]}), raise_on_error=True, **run)
    return next(each for each in result.get_asset_check_evaluations() if each.check_name == "fresh")


def numbers(check: dg.AssetCheckEvaluation) -> dict[str, Any]:
    return {name: value.value for name, value in check.metadata.items() if name != "found"}


def said(check: dg.AssetCheckEvaluation) -> str:
    """The sentence that the UI shows beside the numbers."""
    return str(check.metadata["found"].value)


def test_a_run_of_one_month_tells_every_month_that_is_late(landing: Landing) -> None:
    landing.staff(period="2024-06")
    check = fresh(landing, "staff_record", partition_key="2024-06-01")
    assert (check.asset_key, check.severity, check.passed) == (
        dg.AssetKey(["lake", "staff_record"]), dg.AssetCheckSeverity.WARN, False,
    )  # fmt: skip
    assert said(check) == (
        "overdue on 2024-09-01: 2024-07 of DEM0, 2024-05 of DEM0; ask the team workforce-information"
    )
    assert numbers(check) == {"periods_overdue": 2, "months_behind": 2, "newest_month": "2024-06"}


def test_it_is_judged_on_the_day_of_the_trust_in_a_run_over_many_months(landing: Landing) -> None:
    landing.staff()
    early = fresh(on_the_day(landing, "2024-07-21"), "staff_record", tags=range_tags(PERIOD, "2024-06"))
    assert (early.passed, said(early)) == (True, "everything due by 2024-07-21 has arrived")
    assert numbers(early) == {"periods_overdue": 0, "months_behind": 1, "newest_month": PERIOD}
    late = fresh(on_the_day(landing, "2024-07-22"), "staff_record", partition_key=f"{PERIOD}-01")
    assert not late.passed
    assert "2024-06 of DEM0" in said(late)


def test_a_long_silence_is_cut_short_newest_month_first(landing: Landing) -> None:
    check = fresh(on_the_day(landing, "2027-09-01"), "staff_record", partition_key=f"{PERIOD}-01")
    assert said(check).startswith("overdue on 2027-09-01: 2027-07 of DEM0, 2027-06 of DEM0")
    assert "and 14 more; ask" in said(check)
    assert numbers(check) == {"periods_overdue": 39}


def test_a_feed_without_months_is_late_until_its_files_are_there(landing: Landing) -> None:
    check = fresh(landing, "organisation")
    assert said(check) == "overdue on 2024-09-01: its files of DEM0; ask the team information-services"


def test_every_feed_that_can_be_late_has_the_check_and_nothing_else_has(landing: Landing) -> None:
    from orchestration.definitions import build_definitions

    graph = build_definitions(landing.settings).get_repository_def().asset_graph
    owing = {dg.AssetKey(["lake", name]) for name, feed in FEEDS.items() if not feed.is_optional}
    assert {key.asset_key for key in graph.asset_check_keys if key.name == "fresh"} == owing
