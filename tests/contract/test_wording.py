"""What sentences say agrees with the reference tables: groups, verdicts, thresholds, nouns of the catalogue."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from orchestration.pages.figure import Measure
from orchestration.pages.sentence import NO_FIGURE_ABOVE, RANGE_ABOVE, VERDICTS

PROJECT = Path(__file__).resolve().parents[2]
UNNAMED = {("white_bme", "white"), ("white_bme", "bme")}
"""Groups that are a code only in `ref_ethnicity`."""


def rows(seed: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def coded(column: str) -> dict[str, str]:
    """Meaning by value."""
    return {row["value"]: row["meaning"] for row in rows("ref_enum") if row["column_name"] == column}


def groups() -> dict[tuple[str, str], str]:
    """Name of every group by grouping and code, as `ref_ethnicity` has them."""
    named: dict[tuple[str, str], str] = {}
    for row in rows("ref_ethnicity"):
        if row["recording_status"] == "valid":
            single = "ethnic_16" if row["basis"] == "2001" else "ethnic_19"
            named["white_bme", row["white_bme_code"]] = ""
            named["broad_ons", row["ons_broad_code"]] = row["ons_broad_name"]
            named[single, row["ethnicity_code"]] = row["ethnicity_name"]
            if row["basis"] == "2001":
                named["broad_nhs", row["nhs_broad_code"]] = row["nhs_broad_name"]
    return named


def test_every_group_is_spoken_of_by_its_name() -> None:
    people = {(row["grouping"], row["group_code"]): row["people"] for row in rows("ref_group_wording")}
    assert set(people) == set(groups())
    assert {grouping for grouping, _ in people} == set(coded("grouping"))
    for group, name in groups().items():
        assert name.lower() in people[group].lower(), group
        assert "people" in people[group], group
        assert "BAME" not in people[group], group
    assert {group for group, name in groups().items() if not name} == UNNAMED
    assert people["white_bme", "white"] == "White people"
    assert "minority ethnic" in people["white_bme", "bme"]


def test_two_groups_of_a_grouping_never_have_one_name() -> None:
    spoken = [(row["grouping"], row["people"].lower()) for row in rows("ref_group_wording")]
    assert len(set(spoken)) == len(spoken)


def test_every_verdict_has_words() -> None:
    assert set(VERDICTS) == set(coded("verdict"))


def test_codes_the_grammar_reads_are_declared() -> None:
    text = (PROJECT / "orchestration" / "pages" / "sentence.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"(\w+)" in (?:row|self)\.methods', text)) | {"mean", "median"}
    reasons = text[text.index("reasons = {") :]
    read |= set(re.findall(r'"(\w+)": f"', reasons[: reasons.index("}\n")]))
    assert len(read) >= 8
    assert read <= set(coded("method"))
    fits = set(re.findall(r'\bfit(?:_for_use)? == "(\w+)"', text))
    assert len(fits) >= 4
    assert fits <= set(coded("fit_for_use"))


@pytest.mark.parametrize(
    ("fit", "threshold"), [("with_bounds", RANGE_ABOVE), ("bounds_only", NO_FIGURE_ABOVE)]
)
def test_thresholds_are_those_of_fit_for_use(fit: str, threshold: float) -> None:
    assert coded("fit_for_use")[fit].startswith(f"More than {threshold:.0%} unknown")


@pytest.mark.parametrize("row", rows("measure_catalogue"), ids=lambda row: row["measure_id"])
def test_a_measure_says_what_it_counts(row: dict[str, str]) -> None:
    measure = Measure.of({**row, "multiplier": float(row["multiplier"])})
    for noun in (measure.event, measure.events, measure.person, measure.population):
        assert re.fullmatch(r"[a-z][a-z0-9 -]*", noun), noun
    assert measure.event != measure.events
    assert measure.person != measure.population
    is_likelihood = measure.measure_type == "likelihood"
    assert bool(row["event_verb"]) == is_likelihood
    assert row["event_verb"].startswith("to ") == is_likelihood
