"""Figures and measures for the tests of the sentence, and what must hold of any sentence.

Belongs here: making rows and checking form. Does not belong here: what a sentence claims (`tests.sentences`).
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration.pages.figure import Figure, Measure, Words
from orchestration.pages.sentence import MOST_WORDS, sentence

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


WORDS = Words(
    groups={(row["grouping"], row["group_code"]): row["people"] for row in seed("ref_group_wording")},
    adjustments={row["adjustment"]: row["adjustment_name"] for row in seed("ref_adjustment")},
)


def measure(measure_type: str, **changes: Any) -> Measure:
    """A measure of each type; the share and the likelihood are of the WRES."""
    known: dict[str, tuple[str, str, float, str, str, str | None, str]] = {
        "share": ("WRES", "proportion", 1, "people", "member of staff|members of staff", None, "resident|residents"),
        "rate": ("PCREF", "per_100000", 1e5, "person_years", "detention|detentions", None, "resident|residents"),
        "likelihood": (
            "WRES", "proportion", 1, "people", "person appointed|people appointed", "to be appointed",
            "shortlisted applicant|shortlisted applicants",
        ),
        "estimate": (
            "PCREF", "days", 1, "periods", "day under section 2|days under section 2", None,
            "period under section 2|periods under section 2",
        ),
    }  # fmt: skip
    family, *others = known[measure_type]
    return replace(Measure(f"a_{measure_type}", family, measure_type, *others), **changes)  # type: ignore[arg-type]


def figure(what: Measure, own: float, other: float, **changes: Any) -> Figure:
    """A figure of 1,000 people a side, from the two values as parts of one."""
    direction = changes.get("ratio_direction", "group_over_reference")
    ratio = own / other if direction == "group_over_reference" else other / own
    is_estimate = what.measure_type == "estimate"
    scale = 50 if is_estimate else what.multiplier
    plain: dict[str, Any] = {
        "grouping": "white_bme", "group_code": "bme", "denominator_rule": "own", "adjustment": "crude",
        "reference_group_code": "residents" if what.measure_type == "share" else "white",
        "numerator": 1000 * own, "reference_numerator": 1000 * other, "value": scale * own,
        "reference_value": scale * other, "ratio": ratio, "ratio_lower": ratio * 0.8, "ratio_upper": ratio * 1.3,
        "ratio_direction": direction, "polarity": "lower_is_better", "difference": scale * (own - other),
        "excess_count": None if is_estimate else 1000 * (own - other), "unknown_share": 0.05,
        "bound_lower": ratio * 0.5, "bound_upper": ratio * 2.5, "plausible_lower": ratio * 0.7,
        "plausible_upper": ratio * 1.6, "wres_range": None, "verdict": "less_favourable", "fit_for_use": "usable",
        "method": "mean|log_ratio_of_estimates" if is_estimate else "wilson|log_risk_ratio",
    }  # fmt: skip
    return Figure(**(plain | changes))


def said(what: Measure, row: Figure) -> str:
    """The sentence, after everything that must hold of any sentence."""
    text = sentence(row, what, WORDS)
    assert text.endswith(".")
    assert not re.search(r"\b(nan|inf|None|NULL|null)\b|  |\(\)|\( |; ;|[,;:]\.|\.\.|: ;|\| ?", text), text
    parts = re.split(r"(?<=\.) (?=[A-Z])", text)
    assert all(part[0].isupper() for part in parts)
    notes = [part for part in parts if part.startswith(("Ethnicity is ", "Too much ethnicity "))]
    assert len(parts) - len(notes) <= 2, text
    assert len(notes) <= 1
    assert notes == parts[-len(notes) :] or not notes, "the note comes last"
    assert not any(re.search(r"\b(they|them|theirs?)\b", note) for note in notes), "they are always the group"
    assert not re.search(r"more likely|times more|\bcause[sd]?\b|due to|owing to|leads? to|BAME|non-white", text), text
    assert len(text.split()) <= MOST_WORDS, text
    if "adverse" in text:
        assert what.family == "WRES"
        assert row.wres_range is not None
        assert row.polarity != "neutral"
    return text
