"""What the contracts found, as asset checks: counts and masked sentences, never a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.contracts import Feed, Table
from orchestration.contracts.schema import VOCABULARY
from orchestration.ingest import ALL, Finding, Freshness, PeriodResult

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
LINES_SHOWN = 25


def check_specs(feed: Feed, key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """The checks of one feed: over the feed, and one over each table's contract.

    `fresh` looks at every month, whichever the run covers; an optional feed has no such check, for it is never late.
    """
    described = {
        "files_usable": "Every file could be read and met its contract, and lies in a month that has begun.",
        "rows_kept": "No row had to be left out.",
        "values_known": "Every value that has a reference table stands in it.",
        "receipts_add_up": "Rows read are rows kept, left out and repeated, for every file.",
    }
    if not feed.is_optional:
        described["fresh"] = "Every period that is due on the day of the trust (`as_of`) has arrived."
    described |= {_contract(table): f"The pandera contract of {table.name}: {table.grain}." for table in feed.tables}
    return [dg.AssetCheckSpec(name, asset=key, description=text) for name, text in described.items()]


def check_results(
    feed: Feed, results: Sequence[PeriodResult], unread: Sequence[str], stands: Freshness
) -> Iterator[dg.AssetCheckResult]:
    """The outcome of every check of `check_specs`.

    Args:
        feed: whose checks.
        results: what became of each period of the run.
        unread: a line for each folder in landing of which nothing is taken in.
        stands: what of the feed is late, after the run has taken in what there is.
    """
    refused = sum(each.files_refused for each in results)
    read = sum(each.rows_read for each in results)
    kept = sum(each.rows_kept for each in results)
    left_out = sum(each.rows_quarantined for each in results)
    repeated = sum(each.rows_duplicate for each in results)
    unknown = sum(each.values_unknown for each in results)
    rows = {"rows_read": read, "rows_kept": kept, "rows_quarantined": left_out, "rows_duplicate": repeated}
    refusals = _lines([*unread, *(line for each in results for line in each.messages)])
    rows_found = _found(results, lambda finding: finding.effect == "row")
    values_found = _found(results, lambda finding: finding.rule == VOCABULARY)
    usable = {"files_refused": refused, "folders_unread": len(unread), "messages": refusals}
    yield _result("files_usable", refused == 0 and not unread, ERROR, usable)
    yield _result("rows_kept", left_out == 0, WARN, {**rows, "found": rows_found})
    yield _result("values_known", unknown == 0, WARN, {"values_unknown": unknown, "found": values_found})
    yield _result("receipts_add_up", read == kept + left_out + repeated, ERROR, rows)
    if not feed.is_optional:
        yield _fresh(feed, stands)
    for table in feed.tables:
        yield _contract_result(table, results)


def _fresh(feed: Feed, stands: Freshness) -> dg.AssetCheckResult:
    """What is late: in numbers, which the UI plots, and in a sentence that says whom to ask for what."""
    numbers = {"periods_overdue": len(stands.overdue), "months_behind": stands.months_behind}
    metadata = {**numbers, "newest_month": stands.newest_month, "found": _what_is_late(feed, stands)}
    known = {name: value for name, value in metadata.items() if value is not None}
    return _result("fresh", not stands.overdue, WARN, known)


def _what_is_late(feed: Feed, stands: Freshness) -> str:
    if not stands.overdue:
        return f"everything due by {stands.as_of} has arrived"
    newest_first = [
        f"{'its files' if period == ALL else period} of {organisation}"
        for period, organisation in reversed(stands.overdue)
    ]
    more = len(newest_first) - LINES_SHOWN
    late = ", ".join(newest_first[:LINES_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"overdue on {stands.as_of}: {late}; ask the team {feed.owner}"


def _contract(table: Table) -> str:
    return f"contract_{table.name}"


def _contract_result(table: Table, results: Sequence[PeriodResult]) -> dg.AssetCheckResult:
    """One table's contract: how often each rule was broken, notes left out."""
    broken: dict[str, int] = {}
    held = 0
    for check in (check for each in results for check in each.checks if check.table_name == table.name):
        if check.failed_count and check.effect != "note":
            name = f"{check.column_name}: {check.rule}" if check.column_name else check.rule
            broken[name] = broken.get(name, 0) + check.failed_count
        else:
            held += 1
    found = _found(results, lambda finding: finding.table_name == table.name and finding.effect != "note")
    counts = {"rules_broken": len(broken), "rules_held": held, **broken}
    return _result(_contract(table), not broken, WARN, {**counts, "found": found})


def _result(
    name: str, passed: bool, severity: dg.AssetCheckSeverity, metadata: Mapping[str, Any]
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(check_name=name, passed=passed, severity=severity, metadata=metadata)


def _found(results: Sequence[PeriodResult], wanted: Callable[[Finding], bool]) -> dg.MetadataValue:
    """What a check is about, in the words of the findings: where, expected, found, what to do."""
    return _lines([line for each in results for line in each.found(wanted)])


def _lines(lines: Sequence[str]) -> dg.MetadataValue:
    """A list a person can read; what is not shown is counted."""
    shown = [f"- {line}" for line in lines[:LINES_SHOWN]]
    if len(lines) > LINES_SHOWN:
        shown.append(f"- and {len(lines) - LINES_SHOWN} more: see finding.parquet of the period")
    return dg.MetadataValue.md("\n".join(shown) or "nothing")
