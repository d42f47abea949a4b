"""A reader of sentences, for the tests: it knows English, not the code that writes it.

Belongs here: what a sentence claims, read back from its words. Does not belong here: tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBER = r"(\d[\d,]*(?:\.\d+)?)"
TIMES = rf"(?:plausibly )?(?:between {NUMBER} and {NUMBER}|at least {NUMBER}|at most {NUMBER}|{NUMBER}) times"
GROUP_ABOVE = (
    rf"\btheir (?:rate|(?:mean|median) number|figure) (?:of|for) [a-z0-9 ]+? was {TIMES} that of White",
    rf"\bthey were {TIMES} as likely to [a-z ]+ as White",
    rf"\btheir share of members of staff was {TIMES} their share of residents",
)
REFERENCE_ABOVE = (
    rf"\bthe (?:rate|(?:mean|median) number|figure) (?:of|for) [a-z0-9 ]+? for White people was {TIMES} theirs",
    rf"\bWhite people were {TIMES} as likely to [a-z ]+ as they were",
    rf"\btheir share of residents was {TIMES} their share of members of staff",
)


@dataclass(frozen=True)
class Claim:
    """Which side stands above, and how many times as much it is, from and to; a point has both alike."""

    is_group_above: bool
    lower: float | None
    upper: float | None


def claims(text: str) -> list[Claim]:
    """Every comparison a sentence makes."""
    return [
        _claim(is_group_above, match.groups())
        for is_group_above, patterns in ((True, GROUP_ABOVE), (False, REFERENCE_ABOVE))
        for pattern in patterns
        for match in re.finditer(pattern, text)
    ]


def _claim(is_group_above: bool, found: tuple[str | None, ...]) -> Claim:
    first, second, least, most, point = (float(number.replace(",", "")) if number else None for number in found)
    if point is not None:
        return Claim(is_group_above, point, point)
    return Claim(is_group_above, first if least is None else least, second if most is None else most)


def interval(text: str) -> tuple[float, float] | None:
    """The 95% interval a sentence gives."""
    found = re.search(rf"95% interval {NUMBER} to {NUMBER}", text)
    return (_number(found[1]), _number(found[2])) if found else None


def pair(text: str) -> tuple[float, float] | None:
    """The two values a sentence sets against each other, the upper side's first."""
    found = re.search(rf"{NUMBER}%? against {NUMBER}", text)
    return (_number(found[1]), _number(found[2])) if found else None


def surplus(text: str) -> float | None:
    """How many more a group has, as a sentence says; negative when fewer, 0 when about as many."""
    if "That is about as many" in text:
        return 0.0
    found = re.search(rf"That is (?:about )?{NUMBER} (?:percentage points )?(more|fewer|less)\b", text)
    return _number(found[1]) * (1 if found[2] == "more" else -1) if found else None


def unknown(text: str) -> float | None:
    """The part of unknown ethnicity a sentence gives, in percent."""
    if "Ethnicity is known for all" in text:
        return 0.0
    found = re.search(rf"Ethnicity is unknown for {NUMBER}%", text)
    return _number(found[1]) if found else None


def _number(text: str) -> float:
    return float(text.replace(",", ""))
