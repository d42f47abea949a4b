"""Shares as a reader must see them: with their limits, with a warning when few people stand behind them, and rated.

Belongs here: what can be said of one count out of another. Does not belong here: sums over rows, which are dbt's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from orchestration.pages.formats import NOTHING, percent_of

Rating = Literal["green", "amber", "red"]
FEW = 20
"""Below so many people a share moves by five points or more with one person."""
Z_95 = 1.959963984540054
RATING_WORDS: dict[Rating | None, str] = {
    "green": "Meets target",
    "amber": "Close to target",
    "red": "Below target",
    None: "No target set",
}
TOO_FEW = "Too few people to rate"


@dataclass(frozen=True)
class Share:
    """One count out of another, 0 to 1, with its 95% limits by Wilson; undefined without anybody to count."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """The share; None when there is nobody to count."""
        return self.count / self.total if self.total else None

    @property
    def limits(self) -> tuple[float, float] | None:
        """Limits by Wilson, not corrected for continuity: Wilson, JASA 22 (1927) 209-212."""
        if not self.total:
            return None
        n, p, square = self.total, self.count / self.total, Z_95**2
        middle = p + square / (2 * n)
        half = Z_95 * math.sqrt(p * (1 - p) / n + square / (4 * n * n))
        lower, upper = ((middle + sign * half) / (1 + square / n) for sign in (-1, 1))
        return lower if self.count else 0.0, upper if self.count < n else 1.0

    @property
    def is_of_few(self) -> bool:
        """Whether the share rests on so few people that it says little by itself."""
        return self.total < FEW

    @property
    def upper_end(self) -> float:
        """The upper limit, by which units are put in order, worst first: one of few people does not lead by chance."""
        return self.limits[1] if self.limits else 1.0

    @property
    def text(self) -> str:
        """`93.4%`, or a dash where there is none."""
        return NOTHING if self.value is None else percent_of(self.value)

    @property
    def range_text(self) -> str:
        """`91.0% to 95.2%`; empty when undefined."""
        return f"{percent_of(self.limits[0])} to {percent_of(self.limits[1])}" if self.limits else ""


@dataclass(frozen=True)
class Target:
    """Where a share that should be high is good, and where it is nearly good, from a day until another replaces it."""

    source: str
    unit_level: str
    green: float
    amber: float | None
    effective_from: str
    replaced_on: str | None

    def holds_on(self, day: str) -> bool:
        """Whether it is in force on an ISO day."""
        return self.effective_from <= day and (self.replaced_on is None or day < self.replaced_on)

    def rating(self, share: float | None) -> Rating | None:
        """How a share stands against the target; None when it is undefined."""
        if share is None:
            return None
        if share >= self.green:
            return "green"
        return "amber" if self.amber is not None and share >= self.amber else "red"


def target_in_force(targets: Sequence[Target], source: str, unit_level: str, day: str) -> Target | None:
    """The target of a source and level on an ISO day; a later target changes nothing about an earlier month."""
    held = (target for target in targets if (target.source, target.unit_level) == (source, unit_level))
    return next((target for target in held if target.holds_on(day)), None)
