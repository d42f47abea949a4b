"""Ethnicity recording judged: Great Expectations runs once, its results become asset checks and history."""

from collections.abc import Iterator
from typing import NamedTuple

import dagster as dg

from expectations import CHECKS, SOURCES, CheckResult
from orchestration import history
from orchestration.settings import Settings

RECORDING = dg.AssetKey(["quality", "ethnicity_recording"])
RESULTS = dg.AssetKey(["quality", "check_result"])
SEVERITIES = {"error": dg.AssetCheckSeverity.ERROR, "warn": dg.AssetCheckSeverity.WARN}


class Quality(NamedTuple):
    """The asset that judges, and the checks it leaves on the table it judged."""

    results: dg.AssetsDefinition
    checks: dg.AssetChecksDefinition


def build_quality(settings: Settings) -> Quality:
    """Definitions of the judgement on how ethnicity is recorded."""

    @dg.asset(
        key=RESULTS,
        group_name="quality",
        owners=["team:data-quality"],
        kinds={"greatexpectations", "parquet"},
        deps=[RECORDING],
        description="What every expectation found in this run; one row per run, source and check, kept for good.",
    )
    def check_result(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        from expectations.runner import run_suites  # noqa: PLC0415 - seven seconds, so only where it runs

        results = run_suites(settings.warehouse_file, settings.trust.as_of.isoformat())
        history.record(settings, context.run.run_id, results)
        failing = [result for result in results if not result.passed]
        context.log.info(f"{len(results)} expectations, {len(failing)} not met: "
            + ", ".join(sorted(f"{each.source}/{each.name}" for each in failing)))
        return dg.MaterializeResult(
            metadata={"dagster/row_count": len(results), "not_met": len(failing)},
        )

    @dg.multi_asset_check(
        name="ethnicity_recording_checks",
        specs=[
            dg.AssetCheckSpec(
                name=f"{source}_{name}",
                asset=RECORDING,
                additional_deps=[RESULTS],
                description=f"Great Expectations on {source}: {name.replace('_', ' ')}.",
            )
            for source in SOURCES
            for name in CHECKS
        ],
    )
    def ethnicity_recording_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        results = history.of_run(settings, context.run.run_id)
        if not results:
            raise dg.Failure("this run has not judged anything: materialise quality/check_result in the same run")
        yield from map(as_check_result, results)

    return Quality(check_result, ethnicity_recording_checks)


def expectation_keys() -> list[dg.AssetCheckKey]:
    """The check of every expectation, in order of feed and expectation."""
    return [dg.AssetCheckKey(RECORDING, f"{source}_{name}") for source in SOURCES for name in CHECKS]


def as_check_result(result: CheckResult) -> dg.AssetCheckResult:
    """One result as an asset check; numbers stand at the top level, where the UI plots them."""
    said = {
        "slices": result.evaluated_count,
        "slices_failing": result.failing_count,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "share": result.share,
        "target": result.target,
        "month": result.month,
        "expected": result.expectation,
    }
    return dg.AssetCheckResult(
        asset_key=RECORDING,
        check_name=f"{result.source}_{result.name}",
        passed=result.passed,
        severity=SEVERITIES[result.severity],
        description=result.fault or result.expectation,
        metadata={name: value for name, value in said.items() if value is not None},
    )
