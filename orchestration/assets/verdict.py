"""The verdict on a run: Dagster calls a run with failed checks a success, so the last asset says otherwise."""

from typing import Any

import dagster as dg

from orchestration import history
from orchestration.assets.alerts import tell
from orchestration.assets.quality import check_key
from orchestration.contracts import FEEDS
from orchestration.ingest import standing_refusals
from orchestration.settings import Settings


def evaluated(context: dg.AssetExecutionContext, *, passed: bool, severity: dg.AssetCheckSeverity) -> list[str]:
    """The checks of this run that ended so, as `asset: check`, in order."""
    records = context.instance.get_records_for_run(
        context.run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ).records
    found = set()
    for record in records:
        event = record.event_log_entry.dagster_event
        check = event.asset_check_evaluation_data if event else None
        if check and check.passed == passed and check.severity == severity:
            found.add(f"{check.asset_key.to_user_string()}: {check.check_name}")
    return sorted(found)


def failed_checks(context: dg.AssetExecutionContext, settings: Settings) -> list[str]:
    """What failed at ERROR so far in this run, as `asset: check`, and the submissions that stand refused."""
    failed = set(evaluated(context, passed=False, severity=dg.AssetCheckSeverity.ERROR))
    for result in history.of_run(settings, context.run.run_id):
        if not result.passed and result.severity == "error":
            key = check_key(result.source, result.expectation)
            failed.add(f"{key.asset_key.to_user_string()}: {key.name}")
    for feed in FEEDS.values():
        for period, organisation_code in standing_refusals(settings, feed):
            failed.add(f"lake/{feed.name}: files_usable ({period}, {organisation_code}: mend or remove its files)")
    return sorted(failed)


def build_verdict(settings: Settings, last: list[dg.AssetKey]) -> Any:
    """The asset that closes a run.

    Args:
        settings: where the history lies.
        last: the assets after which nothing else happens.
    """

    @dg.asset(
        key=["published", "run_verdict"],
        group_name="published",
        owners=["team:information-services"],
        kinds={"python"},
        deps=last,
        description="Fails the run when any check failed at ERROR, and names the checks.",
    )
    def run_verdict(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        failed = failed_checks(context, settings)
        if settings.trust.alerts:
            warned = evaluated(context, passed=False, severity=dg.AssetCheckSeverity.WARN)
            tell(settings.trust.alerts, context.run.run_id, {"error": failed, "warn": warned}, context.log)
        if failed:
            raise dg.Failure(
                description="checks failed: " + "; ".join(failed),
                metadata={"failed_checks": len(failed)},
                allow_retries=False,
            )
        return dg.MaterializeResult(metadata={"failed_checks": 0})

    return run_verdict
