"""How much is wrong on purpose, where, and the list of it.

Belongs here: the share of a file that may be spoilt and the ledger of what was spoilt. Does not belong here: the
spoiling itself, which each part does to its own rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LEAST_ROWS = 25
"""A file with fewer rows stays clean: one bad row of it would come near the 5% at which a file is refused."""
SHARE = 0.003


@dataclass
class Ledger:
    """What was planted, countable per file.

    Attributes:
        entries: (feed, period, organisation, file, rule, header, effect) to the count. `effect` is what a reader
            must do: `duplicate` and `row` leave the row out, `value` clears the value, `note` keeps it.
    """

    entries: dict[tuple[str, str, str, str, str, str, str], int] = field(default_factory=dict)

    def add(self, place: tuple[str, str, str, str], rule: str, header: str, effect: str, count: int) -> None:
        """Record `count` faults of one rule in one file; `place` is feed, period, organisation, file."""
        if count > 0:
            key = (*place, rule, header, effect)
            self.entries[key] = self.entries.get(key, 0) + int(count)

    def rows(self) -> list[list[str | int]]:
        """The ledger as rows, sorted."""
        return [[*key, count] for key, count in sorted(self.entries.items())]


def allowance(rows: int) -> int:
    """How many rows of a file may be spoilt."""
    return 0 if rows < LEAST_ROWS else max(1, int(rows * SHARE))
