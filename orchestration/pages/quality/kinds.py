"""Whose records a source holds: patients and staff told apart, where it holds records of more than one kind of people.

Belongs here: the months of each kind at a unit. Does not belong here: the whole (`facts`), other breakdowns (`views`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.pages.quality.facts import Facts, MonthCount, Series, month_count
from orchestration.pages.quality.words import SUBJECTS, plain
from orchestration.pages.shares import Share

BREAKDOWN = "subject"
"""The breakdown by whose record it is; only sources of more than one kind have it."""
MAIN = "patient"
"""Whose records units are put in order by: those a team can ask."""
Months = Mapping[str, MonthCount]


@dataclass(frozen=True)
class Kind:
    """The records of one kind of people at a unit, by month."""

    subject: str
    months: Months

    @property
    def name(self) -> str:
        """`Patients`."""
        return SUBJECTS.get(self.subject, plain(self.subject)).capitalize()

    def at(self, month: str) -> MonthCount:
        """One month; nobody where the unit has no such records."""
        return self.months.get(month) or month_count({"month": month})


class Kinds:
    """The kinds of records of every source and unit."""

    def __init__(self, facts: Facts) -> None:
        """Gather them once: each unit is asked for several times."""
        self._found: dict[tuple[str, str, str], dict[str, dict[str, MonthCount]]] = defaultdict(dict)
        self._subjects: dict[str, list[str]] = {}
        for row in facts.of_fields("quality.ethnicity_recording"):
            if row["breakdown"] == BREAKDOWN and row["record_count"]:
                subject = str(row["breakdown_value"])
                unit = self._found[row["source"], row["unit_level"], row["unit_code"]]
                unit.setdefault(subject, {})[row["month"]] = month_count(row)
                self._subjects.setdefault(row["source"], [])
                if subject not in self._subjects[row["source"]]:
                    self._subjects[row["source"]].append(subject)
        order = list(SUBJECTS)
        for subjects in self._subjects.values():
            subjects.sort(key=lambda each: (order.index(each) if each in order else len(order), each))

    def of(self, series: Series) -> list[Kind]:
        """Every kind the source has, patients first, at the unit of a series; none where it has but one kind."""
        subjects = self._subjects.get(series.source, [])
        months = self._found.get((series.source, series.level, series.unit.code), {})
        return [Kind(subject, months.get(subject, {})) for subject in subjects] if len(subjects) > 1 else []

    def worst_first(self, found: Sequence[Series]) -> list[Series]:
        """Series, those that know least of their patients first; of a source of one kind, least of all records.

        A unit without patients in its last month comes last: nobody is there whom it could have asked.
        """

        def place(series: Series) -> tuple[bool, float, float, str]:
            main = self._main(series)
            return not main.total, main.upper_end, series.latest.share.upper_end, series.unit.name

        return sorted(found, key=place)

    def _main(self, series: Series) -> Share:
        for kind in self.of(series):
            if kind.subject == MAIN:
                return kind.at(series.latest.month).share
        return series.latest.share
