"""Jobs, schedules and the landing sensor."""

import json
from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.assets.alerts import build_hook
from orchestration.assets.quality import RESULTS, expectation_keys
from orchestration.contracts import Feed
from orchestration.ingest import ALL, landing_state
from orchestration.settings import Settings

Look = list[Any]
"""What the sensor remembers of a submission: its fingerprint, and whether it still waits for a run."""
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def range_tags(first_month: str, last_month: str) -> dict[str, str]:
    """Tags that make one run cover every month from the first to the last (`YYYY-MM`)."""
    return {RANGE_START: f"{first_month}-01", RANGE_END: f"{last_month}-01"}


def build_jobs(settings: Settings) -> list[Any]:
    """One job for everything, and one for each stage; each tells of a step that fails, where somebody is to be told."""
    hooks = {build_hook(settings.trust.alerts)} if settings.trust.alerts else None
    expectations = dg.AssetSelection.checks(*expectation_keys())
    selections = {
        "everything": dg.AssetSelection.all(),
        "feeds": dg.AssetSelection.groups("lake"),
        "warehouse": dg.AssetSelection.groups("reference", "staging", "intermediate", "core", "marts", "quality")
        - dg.AssetSelection.assets(RESULTS)
        - expectations,
        "quality": dg.AssetSelection.assets(RESULTS) | expectations,
        "publish": dg.AssetSelection.groups("published"),
    }
    return [dg.define_asset_job(name, selection, hooks=hooks) for name, selection in selections.items()]


def build_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """Everything for the last month, monthly; for the last quarter, quarterly."""
    return [
        _schedule(settings, "monthly", "0 5 22 * *", 1, "Everything for the last month, when its files are due."),
        _schedule(settings, "quarterly", "0 6 25 1,4,7,10 *", 3, "Everything for the last quarter, when it is whole."),
    ]


def _schedule(settings: Settings, name: str, cron: str, month_count: int, description: str) -> dg.ScheduleDefinition:
    """A schedule over the last months of the trust's own calendar, so that a late tick does the same work."""

    def last_months(_: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        months = settings.looked_at_again().trust.months()[-month_count:]
        return dg.RunRequest(run_key=f"{name}/{months[-1]}", tags=range_tags(months[0], months[-1]))

    return dg.ScheduleDefinition(
        name=name,
        description=description,
        job_name="everything",
        cron_schedule=cron,
        execution_timezone="Europe/London",
        execution_fn=last_months,
    )


def build_sensor(settings: Settings, feeds: Mapping[str, Feed]) -> dg.SensorDefinition:
    """Sees files that are new or changed, and asks for a run of their period once they have stopped growing."""

    @dg.sensor(
        name="landing",
        job_name="everything",
        minimum_interval_seconds=60,
        description="New or changed files in landing/; a file must look the same at two looks.",
    )
    def landing(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        today = settings.looked_at_again()
        before: dict[str, Look] = json.loads(context.cursor) if context.cursor else {}
        now: dict[str, Look] = {}
        requests = []
        for feed in feeds.values():
            for state in landing_state(today, feed):
                place = f"{feed.name}/{state.period}/{state.organisation_code}"
                fingerprint, was_new = before.get(place, [state.fingerprint, False])
                is_new = was_new or state.is_waiting or state.fingerprint != fingerprint
                month = today.trust.last_month if state.period == ALL else state.period
                is_whole = state.is_settled and place in before and state.fingerprint == fingerprint
                if is_new and is_whole and month in today.trust.months():
                    run_key = f"{place}/{state.fingerprint}"
                    requests.append(dg.RunRequest(run_key=run_key, tags=range_tags(month, month)))
                    is_new = False
                now[place] = [state.fingerprint, is_new]
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(now, sort_keys=True))

    return landing
