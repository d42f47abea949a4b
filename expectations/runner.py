"""Holds the suites against a finished warehouse and turns what comes back into plain results."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.declared import SOURCES, Declaration, suite_of
from expectations.results import CheckResult, Judgement, Rating, SliceResult, worst_rating
from expectations.slices import read_slices

if TYPE_CHECKING:
    import pandas as pd

POSITIONS = ("worst_first", "failing", "amber", "rated")
"""What a result says by position in its batch: taken from it, and left out of what is kept."""
NAMES = """
    SELECT organisation_code, unit_code, arg_max(unit_name, valid_from) FROM core.dim_organisation_unit
    GROUP BY organisation_code, unit_code
"""


def run_suites(database: Path, as_of: str) -> Judgement:
    """Hold every suite against the warehouse.

    Args:
        database: a DuckDB file with the schemas `core`, `quality` and `reference`.
        as_of: ISO date that stands for today.

    Returns:
        One result per suite and expectation, in the order declared. An expectation that could not be judged comes
        back as an error with its `fault`, never as bad data.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        slices, faults = read_slices(connection, as_of)
        names = {(organisation, unit): name for organisation, unit, name in connection.execute(NAMES).fetchall()}
    slices["unit_name"] = [
        names.get(place, place[1]) for place in zip(slices["organisation_code"], slices["unit_code"], strict=True)
    ]
    return _judge(slices, faults)


def _judge(slices: pd.DataFrame, faults: dict[str, str]) -> Judgement:
    import great_expectations as gx  # noqa: PLC0415 - seven seconds, so only where it runs
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    from expectations.classes import ENGINE_FAULT  # noqa: PLC0415
    from expectations.suites import build_suite  # noqa: PLC0415

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    warehouse = context.data_sources.add_pandas("warehouse")
    results: list[CheckResult] = []
    documents: list[dict[str, Any]] = []
    for source in SOURCES:
        batch_rows, of_source = _held(slices[slices["source"] == source], source, faults)
        asset = warehouse.add_dataframe_asset(source)
        batch = asset.add_batch_definition_whole_dataframe("slices").get_batch({"dataframe": batch_rows})
        found = batch.validate(build_suite(source, of_source), result_format="BASIC")
        configured = [(outcome.expectation_config, outcome) for outcome in found.results]
        outcomes = {config.kwargs["check"]: outcome for config, outcome in configured if config}
        judged: dict[str, CheckResult] = {}
        for declared in suite_of(source):
            result = _result(source, declared, batch_rows, outcomes[declared.name], of_source)
            judged[declared.name] = _of_the_whole(result, judged[declared.whole]) if declared.whole else result
        results.extend(judged.values())
        documents.append(_document(found.to_json_dict(), ENGINE_FAULT))
    return Judgement(results, documents)


def _held(slices: pd.DataFrame, source: str, faults: dict[str, str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """The rows of a suite that are held against something, and its faults.

    A slice before the first target is not judged; a feed for which no target was ever set is a fault.
    """
    faults = dict(faults)
    for declared in suite_of(source):
        if declared.has_target:
            of_check = slices["expectation"] == declared.name
            without = of_check & slices["target"].isna()
            if without.any() and without.sum() == of_check.sum():
                faults[declared.name] = f"no target is set for {declared.name} of {source} in ref_quality_target"
            slices = slices[~without]
    return slices.reset_index(drop=True), faults


def _result(
    source: str, declared: Declaration, batch: pd.DataFrame, outcome: Any, faults: dict[str, str]
) -> CheckResult:
    """A plain result; only counts and positions are taken from what Great Expectations returns."""
    from expectations.classes import ENGINE_FAULT, KINDS  # noqa: PLC0415

    kind = KINDS[declared.kind]
    if _raised(outcome.exception_info):
        fault = faults.get(declared.name, ENGINE_FAULT)
        return CheckResult(declared.name, source, kind.rule, "error", False, 0, 0, fault=fault)
    failing, amber, rated = (frozenset(outcome.result[name]) for name in POSITIONS[1:])
    rows = batch[batch["expectation"] == declared.name]
    slices = {
        position: SliceResult(
            organisation, level, code, name, _or_none(month), position not in failing,
            _rating(position, failing, amber) if position in rated else None,
            _or_none(numerator, int), _or_none(denominator, int), _or_none(share), _or_none(target), bool(current),
        )
        for position, organisation, level, code, name, month, numerator, denominator, share, target, current in zip(
            rows.index, rows["organisation_code"], rows["unit_level"], rows["unit_code"], rows["unit_name"],
            rows["month"], rows["numerator"], rows["denominator"], rows["share"], rows["target"], rows["is_current"],
            strict=True,
        )
    }
    current = [each for each in slices.values() if each.is_current]
    numerator, denominator = (
        _sum([getattr(each, name) for each in current]) if kind.adds_up else None
        for name in ("numerator", "denominator")
    )
    targets, months = {each.target for each in current}, {each.month for each in current}
    worst_first = [slices[position] for position in outcome.result["worst_first"]]
    worst = worst_first[0] if worst_first else None
    return CheckResult(
        expectation=declared.name,
        source=source,
        description=kind.rule,
        severity=declared.severity,
        passed=bool(outcome.success),
        evaluated_count=len(current),
        failing_count=len(worst_first),
        rating=worst_rating([each.rating for each in current]),
        numerator=numerator,
        denominator=denominator,
        share=numerator / denominator if numerator is not None and denominator else None,
        target=targets.pop() if len(targets) == 1 else None,
        month=months.pop() if len(months) == 1 else None,
        worst_unit_code=worst.unit_code if worst else None,
        worst_unit_name=worst.unit_name if worst else None,
        worst_share=worst.share if worst else None,
        slices=tuple(slices.values()),
    )


def _of_the_whole(result: CheckResult, whole: CheckResult) -> CheckResult:
    """A result with the counts of the whole beside its slices: of the same month, or none."""
    if whole.month != result.month:
        return replace(result, numerator=None, denominator=None, share=None)
    return replace(result, numerator=whole.numerator, denominator=whole.denominator, share=whole.share)


def _rating(position: int, failing: frozenset[int], amber: frozenset[int]) -> Rating:
    if position not in failing:
        return "green"
    return "amber" if position in amber else "red"


def _or_none(value: Any, kind: Any = None) -> Any:
    """A cell of a frame as Python writes it; what is not there is None."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return kind(value) if kind else value


def _sum(counts: list[int | None]) -> int | None:
    """The sum of the counts; None when there is none to add."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _raised(info: Any) -> bool:
    """Whether an exception was raised; Great Expectations nests them by metric or leaves one flat."""
    if not info:
        return False
    candidates = [info] if "raised_exception" in info else list(info.values())
    return any(isinstance(each, dict) and each.get("raised_exception") for each in candidates)


def _document(found: dict[str, Any], engine_fault: str) -> dict[str, Any]:
    """What Great Expectations returned for a suite, without positions, times and the text of an exception."""
    found["meta"] = {"great_expectations_version": found["meta"]["great_expectations_version"]}
    for outcome in found["results"]:
        for name in POSITIONS:
            outcome["result"].pop(name, None)
        if _raised(outcome["exception_info"]):
            fault = outcome["expectation_config"]["kwargs"].get("fault") or engine_fault
            outcome["exception_info"] = {
                "raised_exception": True, "exception_message": fault, "exception_traceback": None
            }
    return found
