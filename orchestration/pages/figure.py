"""What a sentence is made of: one row of `marts.equity_measure`, its row of the catalogue, and names.

Belongs here: the columns the sentence reads and how they come out of a mapping. Does not belong here: the grammar.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import duckdb

_Row = TypeVar("_Row", bound="_FromMapping")


class _FromMapping:
    """A dataclass that takes its fields out of a row and leaves the other columns."""

    @classmethod
    def of(cls: type[_Row], row: Mapping[str, Any]) -> _Row:
        """The fields of a row by column name; NaN and infinity become None, for undefined is NULL here.

        Raises:
            KeyError: a column is missing.
        """
        return cls(**{field.name: _defined(row[field.name]) for field in fields(cls)})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Figure(_FromMapping):
    """The columns of `marts.equity_measure` that a sentence reads, by their names there.

    Values are in the unit of the catalogue, `difference` and `excess_count` are the group's against the reference
    whatever the direction of the ratio, and ratio, bounds and plausible range all run in `ratio_direction`.
    """

    grouping: str
    group_code: str
    reference_group_code: str
    denominator_rule: str
    adjustment: str
    numerator: float | None
    value: float | None
    reference_numerator: float | None
    reference_value: float | None
    ratio: float | None
    ratio_lower: float | None
    ratio_upper: float | None
    ratio_direction: str
    polarity: str
    difference: float | None
    excess_count: float | None
    unknown_share: float | None
    bound_lower: float | None
    bound_upper: float | None
    plausible_lower: float | None
    plausible_upper: float | None
    wres_range: str | None
    verdict: str | None
    fit_for_use: str | None
    method: str | None


@dataclass(frozen=True)
class Measure(_FromMapping):
    """The columns of `marts.measure_catalogue` that a sentence reads; nouns are `singular|plural`."""

    measure_id: str
    family: str
    measure_type: str
    value_unit: str
    multiplier: float
    denominator_unit: str
    event_noun: str
    event_verb: str | None
    population_noun: str

    def __post_init__(self) -> None:
        for noun in (self.event_noun, self.population_noun):
            if not noun or noun.count("|") != 1:
                raise ValueError(f"{self.measure_id}: expected a noun as singular|plural, found {noun!r}")
        if self.measure_type == "likelihood" and not self.event_verb:
            raise ValueError(f"{self.measure_id}: a likelihood needs an event_verb, such as 'to be restrained'")

    @property
    def event(self) -> str:
        """What is counted, in the singular."""
        return self.event_noun.split("|")[0]

    @property
    def events(self) -> str:
        """What is counted, in the plural."""
        return self.event_noun.split("|")[1]

    @property
    def person(self) -> str:
        """What it is counted over (a share: compared with), in the singular."""
        return self.population_noun.split("|")[0]

    @property
    def population(self) -> str:
        """What it is counted over (a share: compared with), in the plural."""
        return self.population_noun.split("|")[1]


@dataclass(frozen=True)
class Words:
    """Names that are data: the people of a group by (grouping, group code), and adjustments by their code."""

    groups: Mapping[tuple[str, str], str]
    adjustments: Mapping[str, str]


def read_words(connection: duckdb.DuckDBPyConnection) -> Words:
    """The names in the reference tables of an open published file or warehouse."""
    groups = connection.execute("SELECT grouping, group_code, people FROM reference.ref_group_wording").fetchall()
    adjustments = connection.execute("SELECT adjustment, adjustment_name FROM reference.ref_adjustment").fetchall()
    return Words({(grouping, code): people for grouping, code, people in groups}, dict(adjustments))


def read_measures(connection: duckdb.DuckDBPyConnection) -> dict[str, Measure]:
    """The measures of an open published file by their code."""
    cursor = connection.execute("SELECT * FROM marts.measure_catalogue")
    columns = [column[0] for column in cursor.description or []]
    measures = (Measure.of(dict(zip(columns, row, strict=True))) for row in cursor.fetchall())
    return {measure.measure_id: measure for measure in measures}


def _defined(value: Any) -> Any:
    """None for what is no number."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
