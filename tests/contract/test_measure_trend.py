"""Control charts: the codes they write are declared, and every mark on them says why and by whom."""

from __future__ import annotations

import csv
import datetime
import re
from pathlib import Path

from orchestration.pages.quality.words import SIGNALS
from orchestration.pages.shares import FEW

PROJECT = Path(__file__).resolve().parents[2]
MODELS = PROJECT / "dbt_project" / "models"
CHART = (PROJECT / "dbt_project" / "macros" / "statistics" / "stat_xmr.sql").read_text(encoding="utf-8")
VERDICT = (PROJECT / "dbt_project" / "macros" / "measure" / "chart_verdict.sql").read_text(encoding="utf-8")
MART = (MODELS / "marts" / "equity_measure_trend.sql").read_text(encoding="utf-8")
RECORDING = (MODELS / "quality" / "ethnicity_recording_trend.sql").read_text(encoding="utf-8")


def rows(seed: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def coded(column: str) -> set[str]:
    return {row["value"] for row in rows("ref_enum") if row["column_name"] == column}


def written(sql: str, column: str) -> set[str]:
    """The texts of the last CASE that makes a column."""
    case = sql[:sql.rindex(f"end as {column}")]
    return texts(case[case.rindex("case\n"):])


def written_by(macro: str) -> set[str]:
    """The texts a verdict can be."""
    body = VERDICT[VERDICT.index(f"macro {macro}("):]
    return texts(body[:body.index("endmacro")])


def texts(case: str) -> set[str]:
    """What the branches of a CASE give."""
    return set(re.findall(r"(?:then|else) '(\w+)'", case))


def test_signals_are_declared() -> None:
    signals = written(CHART, "signal") | written(MART, "signal") | written(RECORDING, "signal")
    assert signals == coded("signal") == set(SIGNALS)


def test_few_records_are_few_on_the_charts_and_on_the_pages() -> None:
    (few,) = re.findall(r"macro few_records\(\) -%\}\s+(\d+)\s", VERDICT)
    assert int(few) == FEW
    assert f"Fewer than {FEW} records" in next(
        row["meaning"] for row in rows("ref_enum") if row["value"] == "too_few_records"
    )


def test_icons_assurances_and_series_are_declared() -> None:
    assert written_by("chart_icon") == coded("icon")
    assert written_by("chart_assurance") == coded("assurance")
    assert set(re.findall(r"'(\w+)' as series", MART)) == coded("series")


def test_every_signal_has_a_direction_or_none() -> None:
    up, down = (set(re.findall(r"'(\w+)'", listed)) for listed in re.findall(r"when signal in \((.*?)\)", CHART))
    assert not up & down
    assert up | down == written(CHART, "signal") - {"too_few_points", "common_cause"}


def test_every_mark_says_when_why_and_by_whom() -> None:
    measures = {row["measure_id"] for row in rows("measure_catalogue")} | {"all", "ethnicity_recording"}
    for mark in rows("ref_intervention"):
        datetime.date.fromisoformat(mark["intervention_date"])
        assert mark["measure_id"] in measures
        assert mark["restarts_limits"] in {"true", "false"}
        assert all(mark[column] for column in ("organisation_code", "unit_code", "intervention_name"))
        assert len(mark["reason"]) > 20
        assert mark["approver"]
