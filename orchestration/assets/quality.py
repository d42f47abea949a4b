"""Ethnicity recording judged: Great Expectations runs once, its results become asset checks and history."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import dagster as dg
import duckdb

from expectations import ACROSS, DECLARED, SOURCES, CheckResult, suite_of
from orchestration import history
from orchestration.pages.formats import percent
from orchestration.pages.quality.words import SUBJECTS
from orchestration.settings import PROJECT, Settings

RECORDING = dg.AssetKey(["quality", "ethnicity_recording"])
AGREEMENT = dg.AssetKey(["quality", "ethnicity_agreement"])
RESULTS = dg.AssetKey(["quality", "check_result"])
SEVERITIES = {"error": dg.AssetCheckSeverity.ERROR, "warn": dg.AssetCheckSeverity.WARN}
HEADLINES = dict.fromkeys(SOURCES, "known_and_stated_team") | {ACROSS: "systems_agree"}
"""The expectation a summary begins with."""
BY_SUBJECT = """
    SELECT source, breakdown_value, sum(valid_count) / sum(record_count)
    FROM quality.ethnicity_recording WHERE breakdown = 'subject' AND unit_level = 'organisation'
    GROUP BY source, breakdown_value, month
    QUALIFY month = max(month) OVER (PARTITION BY source) ORDER BY source, breakdown_value
"""
BESIDE = (
    ["core", "fct_bed_day"], ["core", "dim_organisation_unit"], ["quality", "feed_receipt"],
    ["quality", "target_in_force"],
)
"""Tables that expectations read and none guards."""


class Quality(NamedTuple):
    """The asset that judges, and the checks it leaves on the tables it judged."""

    results: dg.AssetsDefinition
    checks: dg.AssetChecksDefinition


def build_quality(settings: Settings) -> Quality:
    """Definitions of the judgement on how ethnicity is recorded."""
    guarded = {declared.table: dg.AssetKey(declared.table.split(".")) for declared in DECLARED}

    @dg.asset(
        key=RESULTS,
        group_name="quality",
        owners=["team:data-quality"],
        kinds={"greatexpectations", "parquet"},
        deps=[*guarded.values(), *(dg.AssetKey(key) for key in BESIDE)],
        description=(
            "What every expectation found in this run, as a whole and unit by unit and month by month; kept for good, "
            "beside one row per run (check_run)."
        ),
    )
    def check_result(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        from expectations.runner import run_suites  # noqa: PLC0415 - seconds to import, so only where it runs

        results, documents = run_suites(settings.warehouse_file, settings.trust.as_of.isoformat())
        history.record(settings, context.run.run_id, results)
        settings.judgement_file.write_text(json.dumps(documents, sort_keys=True), encoding="utf-8")
        failing = [result for result in results if not result.passed]
        context.log.info(
            f"{len(results)} expectations, {len(failing)} not met: "
            + ", ".join(sorted(f"{each.source}/{each.expectation}" for each in failing))
        )
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(1 + len(result.slices) for result in results),
                "expectations": len(results),
                "not_met": len(failing),
                "could_not_be_judged": sum(result.fault is not None for result in results),
            },
        )

    @dg.multi_asset_check(name="expectations", specs=_specs())
    def expectations(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        results = history.of_run(settings, context.run.run_id)
        if not results:
            raise dg.Failure("this run has not judged anything: materialise quality/check_result in the same run")
        yield from map(as_check_result, results)
        apart = shares_by_subject(settings)
        for source in SOURCES:
            yield summary(source, [result for result in results if result.source == source], apart.get(source, {}))

    return Quality(check_result, expectations)


def expectation_keys() -> list[dg.AssetCheckKey]:
    """The check of every expectation, in order of feed and expectation, and the summary of every feed."""
    return [
        *(check_key(source, declared.name) for source in SOURCES for declared in suite_of(source)),
        *(summary_key(source) for source in SOURCES),
    ]


def check_key(source: str, expectation: str) -> dg.AssetCheckKey:
    """The check of an expectation on the table it guards."""
    table = next(declared.table for declared in DECLARED if declared.name == expectation)
    asset = AGREEMENT if (source, expectation) == (ACROSS, "slices_present") else dg.AssetKey(table.split("."))
    return dg.AssetCheckKey(asset, f"{source}_{expectation}")


def summary_key(source: str) -> dg.AssetCheckKey:
    """The check that says in one line how a feed does."""
    return dg.AssetCheckKey(AGREEMENT if source == ACROSS else RECORDING, f"{source}_summary")


def words() -> dict[str, dict[str, str]]:
    """What each expectation means to a person: the rows of the seed `ref_expectation`, by name."""
    with (PROJECT / "seeds" / "ref_expectation.csv").open(encoding="utf-8", newline="") as file:
        return {row["expectation"]: row for row in csv.DictReader(file)}


def as_check_result(result: CheckResult) -> dg.AssetCheckResult:
    """One result as an asset check; numbers stand at the top level, where the UI plots them."""
    key = check_key(result.source, result.expectation)
    said = {
        "slices": result.evaluated_count,
        "slices_failing": result.failing_count,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "share": result.share,
        "target": result.target,
        "rating": result.rating,
        "month": result.month,
        "worst_slice": result.worst_unit_name,
        "worst_share": result.worst_share,
        "expected": result.description,
    }
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=result.passed,
        severity=SEVERITIES[result.severity],
        description=result.fault or _sentence(result),
        metadata=_told(said),
    )


def shares_by_subject(settings: Settings) -> dict[str, dict[str, float]]:
    """Known and stated by source and whose record it is, in its last month; only of sources of several kinds."""
    found: dict[str, dict[str, float]] = {}
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        for source, subject, share in warehouse.execute(BY_SUBJECT).fetchall():
            found.setdefault(source, {})[subject] = share
    return {source: shares for source, shares in found.items() if len(shares) > 1}


def summary(source: str, results: Sequence[CheckResult], apart: Mapping[str, float]) -> dg.AssetCheckResult:
    """How a feed does in one line, and its headline in numbers; the kinds of people it mixes, each by itself."""
    key = summary_key(source)
    headline = next(result for result in results if result.expectation == HEADLINES[source])
    failing = [result for result in results if not result.passed]
    judged = [result for result in results if result.evaluated_count or not result.passed]
    missed = f"{len(judged) - len(failing)} of {len(judged)} expectations met"
    kinds = "".join(
        f"; {SUBJECTS.get(subject, subject)} alone: {percent(share)} known and stated"
        for subject, share in apart.items()
    )
    said = {
        "expectations": len(results),
        "not_met": len(failing),
        "slices": headline.evaluated_count,
        "slices_failing": headline.failing_count,
        "numerator": headline.numerator,
        "denominator": headline.denominator,
        "share": headline.share,
        "target": headline.target,
        "month": headline.month,
        "worst_slice": headline.worst_unit_name,
        "worst_share": headline.worst_share,
        **{f"share_{subject}": share for subject, share in apart.items()},
        "expectations_not_met": ", ".join(result.expectation for result in failing) or None,
    }
    is_error = any(result.severity == "error" for result in failing)
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not failing,
        severity=SEVERITIES["error" if is_error else "warn"],
        description=f"{headline.fault or _sentence(headline)}{kinds}; {missed}",
        metadata=_told(said),
    )


def _specs() -> list[dg.AssetCheckSpec]:
    meaning = words()
    specs = [
        dg.AssetCheckSpec(
            name=key.name,
            asset=key.asset_key,
            additional_deps=[RESULTS],
            description=(
                f"{source.replace('_', ' ')}: {meaning[declared.name]['plain_name']}. "
                f"{meaning[declared.name]['why_it_matters']}. "
                f"{meaning[declared.name]['owner']}: {meaning[declared.name]['how_to_fix']}."
            ),
            metadata={"owner": meaning[declared.name]["owner"], "severity": declared.severity},
        )
        for source in SOURCES
        for declared in suite_of(source)
        for key in [check_key(source, declared.name)]
    ]
    return specs + [
        dg.AssetCheckSpec(
            name=key.name,
            asset=key.asset_key,
            additional_deps=[RESULTS],
            description=f"{source.replace('_', ' ')}: every expectation together, in one line.",
        )
        for source in SOURCES
        for key in [summary_key(source)]
    ]


def _sentence(result: CheckResult) -> str:
    """`76 of 81 teams have at least 95%; worst: Alder Ward, 41.0%`."""
    if not result.evaluated_count:
        return "nothing to judge"
    declared = next(each for each in DECLARED if each.name == result.expectation)
    met = result.evaluated_count - result.failing_count
    against = "are as expected"
    if declared.has_target and result.target is not None:
        against = f"have {declared.direction} {_goal(result.target)}"
    share = "" if result.worst_share is None else f", {percent(result.worst_share)}"
    worst = f"; worst: {result.worst_unit_name}{share}" if result.worst_unit_name else ""
    return f"{met:,} of {result.evaluated_count:,} {declared.noun} {against}{worst}"


def _goal(target: float) -> str:
    """A target as it was set: `95%`, `0.1%`."""
    return f"{round(100 * target, 2):g}%"


def _told(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}
