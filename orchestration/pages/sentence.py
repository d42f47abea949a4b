"""One row of `marts.equity_measure` in one or two sentences for a board member, and a note on what is unknown.

Belongs here: the grammar. Does not belong here: what is counted and how groups are called (the catalogue and the
reference tables say so), arithmetic, or the verdict itself (the engine's). Three rules keep a ratio from being read the
wrong way round. The side the ratio has on top is the subject: the group, or whom it is compared with. *They*, *their*
and *them* always mean the group. More and fewer are always told of the group. No sentence names a cause. Period, unit
and breakdown are not said: they stand beside the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from orchestration.pages.figure import Figure, Measure, Words
from orchestration.pages.formats import counted, decimal, percent, ratio

RANGE_ABOVE = 0.10
"""Unknown share above which a figure never goes without its range."""
NO_FIGURE_ABOVE = 0.20
"""Unknown share above which the range stands alone; both as `ref_enum` says of fit_for_use."""
EXPECTED = frozenset({"mantel_haenszel", "indirect"})
"""Methods whose reference value is what the group would have had: nobody's own, so it is not printed beside theirs."""
MOST_WORDS = 85
"""Words nobody reads beyond: a longer text leaves out the size in people, which stands beside it as `excess_count`."""

VERDICTS = {
    "less_favourable": "a clear difference, less favourable for {group}",
    "more_favourable": "a clear difference, more favourable for {group}",
    "similar": "about the same for {group}, within 0.80 to 1.25",
    "no_clear_difference": "no clear difference for {group}",
    "too_few_to_say": "too few people to say anything about {group}",
    "undetermined_missing_ethnicity": "no conclusion for {group}, as missing ethnicity could turn the answer",
    "over_represented": "clear over-representation of {group}",
    "under_represented": "clear under-representation of {group}",
}
"""How a sentence begins."""
NO_VERDICT = "no verdict was given for {group}"


def sentence(figure: Figure, measure: Measure, words: Words) -> str:
    """What one row says, in plain English.

    Args:
        figure: a row of `marts.equity_measure`.
        measure: its row of `marts.measure_catalogue`.
        words: names of groups and adjustments.

    Returns:
        str: one or two sentences, and a note on what is unknown; the reason when nothing can be said.

    Raises:
        ValueError: the verdict, a group or the adjustment has no wording.
    """
    row = _Row(figure, measure, words)
    reason = _nothing_to_say(row)
    if reason:
        parts = [reason]
    elif row.is_too_few:
        parts = [f"{VERDICTS['too_few_to_say'].format(group=row.group)}{_counts(row)}", _unknown(row)]
    elif row.is_range_only:
        parts = _range_only(row)
    elif not figure.ratio or figure.numerator == 0:
        parts = [f"{row.lead}{_counts(row)}", _size(row), _unknown(row)]
    else:
        comparison = _compared(row, f"{ratio(figure.ratio)} times")
        difference = f"{row.lead}: {row.manner}{comparison} ({_details(row)})"
        size, unknown = _size(row), _unknown(row) + _allowing_for_unknown(row)
        is_too_long = len(f"{difference} {size} {unknown}".split()) > MOST_WORDS
        parts = [difference, "" if is_too_long else size, unknown]
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts if part)


@dataclass(frozen=True)
class _Row:
    """A figure with its measure and its names, and what both together mean for the grammar."""

    figure: Figure
    measure: Measure
    words: Words

    @cached_property
    def methods(self) -> frozenset[str]:
        return frozenset((self.figure.method or "").split("|"))

    @cached_property
    def group(self) -> str:
        return self._people(self.figure.group_code)

    @cached_property
    def reference(self) -> str:
        """Whom the group is compared with; for a share, the population it is a part of."""
        return self.measure.population if self.is_share else self._people(self.figure.reference_group_code)

    def _people(self, code: str) -> str:
        try:
            return self.words.groups[self.figure.grouping, code]
        except KeyError:
            raise ValueError(f"ref_group_wording: no wording for {code!r} of {self.figure.grouping!r}") from None

    @property
    def is_share(self) -> bool:
        return self.measure.measure_type == "share"

    @property
    def is_group_on_top(self) -> bool:
        return self.figure.ratio_direction == "group_over_reference"

    @property
    def is_too_few(self) -> bool:
        return self.figure.verdict == "too_few_to_say" or self.figure.fit_for_use == "too_few"

    @property
    def is_range_only(self) -> bool:
        return self.figure.fit_for_use == "bounds_only" or (self.figure.unknown_share or 0) > NO_FIGURE_ABOVE

    @property
    def lead(self) -> str:
        verdict = self.figure.verdict
        if verdict is not None and verdict not in VERDICTS:
            raise ValueError(f"verdict {verdict!r} has no words; known ones are {', '.join(VERDICTS)}")
        return (NO_VERDICT if verdict is None else VERDICTS[verdict]).format(group=self.group)

    @property
    def adjusted(self) -> str:
        """How the figure is adjusted, in words; empty when it is crude."""
        code = self.figure.adjustment
        if code == "crude":
            return ""
        if code not in self.words.adjustments:
            raise ValueError(f"ref_adjustment: no name for {code!r}")
        name = self.words.adjustments[code]
        return name[0].lower() + name[1:]

    @property
    def manner(self) -> str:
        """What the comparison rests on, to stand before it; empty when it is plain."""
        fit = self.figure.fit_for_use
        is_modelled = fit == "modelled" or (fit is None and "modelled_ages" in self.methods)
        manners = (
            self.adjusted,
            "as nationally published" if self.figure.denominator_rule == "national" else "",
            "on fitted ages, for orientation only" if is_modelled else "",
        )
        return "".join(f"{manner}, " for manner in manners if manner)

    @property
    def per(self) -> str:
        """The unit of a rate."""
        measure = self.measure
        base = measure.person if measure.multiplier == 1 else f"{measure.multiplier:,.0f} {measure.population}"
        return f"per {base}{' a year' if measure.denominator_unit.endswith('_years') else ''}"

    @property
    def whose_ethnicity(self) -> str:
        """What the unknown share is a part of."""
        return self.measure.events if self.measure.measure_type in ("share", "rate") else self.measure.population

    @property
    def is_in_percent(self) -> bool:
        return self.measure.value_unit == "proportion"


def _nothing_to_say(row: _Row) -> str:
    """Why the row compares nothing; empty when it does."""
    figure, measure = row.figure, row.measure
    if "no_residents" in row.methods:
        unserved = f"the unit serves no area, so it has no {measure.population} to count {measure.events} over"
        return f"not defined here for {row.group}: {unserved}"
    if "unknown_group" in row.methods:
        return "no comparison is made for records without a usable ethnicity"
    if figure.group_code == figure.reference_group_code:
        return f"{row.group} are whom the other groups are compared with"
    if row.is_share:
        counted_over, nobody = measure.events, f"none of them are among {row.reference}"
    else:
        counted_over = f"{measure.population} among them"
        nobody = f"no {measure.events} among {row.reference}"
    no_figure = " ".join(["no figure", *filter(None, [row.adjusted]), f"can be given for {row.group}"])
    reasons = {
        "not_in_code_set": f"nothing can be said about {row.group}: the source has no code for them",
        "too_few_events": f"{no_figure}: fewer than 10 {measure.events}",
        "empty_stratum": f"{no_figure}: at some ages there are no {measure.population} among them or {row.reference}",
        "no_denominator": f"nothing can be said about {row.group}: there are no {counted_over} to count over",
        "zero_reference": f"nothing can be compared for {row.group}: {nobody}",
    }
    if figure.ratio == 0:
        del reasons["zero_reference"]  # nobody of the reference stands above the line: the counts tell
    for method, reason in reasons.items():
        if method in row.methods:
            return reason
    is_answered = row.is_too_few or row.is_range_only or figure.ratio is not None or figure.numerator == 0
    if figure.fit_for_use == "not_defined" or not is_answered:
        return no_figure
    return ""


def _compared(row: _Row, times: str) -> str:
    """The comparison in the direction of the ratio: `times` says how many times as much the upper side is."""
    measure, reference = row.measure, row.reference
    if measure.measure_type == "share":
        sides = (f"their share of {measure.events}", f"their share of {measure.population}")
        upper, lower = sides if row.is_group_on_top else sides[::-1]
        return f"{upper} was {times} {lower}"
    if measure.measure_type == "likelihood":
        if row.is_group_on_top:
            return f"they were {times} as likely {measure.event_verb} as {reference}"
        return f"{reference} were {times} as likely {measure.event_verb} as they were"
    what = f"rate of {measure.events}" if measure.measure_type == "rate" else _estimate(row)
    if row.is_group_on_top:
        return f"their {what} was {times} that of {reference}"
    return f"the {what} for {reference} was {times} theirs"


def _estimate(row: _Row) -> str:
    for kind in ("mean", "median"):
        if kind in row.methods:
            return f"{kind} number of {row.measure.events}"
    return f"figure for {row.measure.events}"


def _details(row: _Row) -> str:
    """Interval, the two values in the order of the ratio, and what else must be known of it."""
    figure = row.figure
    if figure.ratio_lower is None or figure.ratio_upper is None:
        details = ["no interval can be given"]
    else:
        details = [f"95% interval {ratio(figure.ratio_lower)} to {ratio(figure.ratio_upper)}"]
    details.append(_values(row))
    if "heterogeneous" in row.methods:
        details.append("the strata disagree: read each by itself")
    details.append(_wres(row))
    return "; ".join(detail for detail in details if detail)


def _values(row: _Row) -> str:
    """The two values the ratio is made of; empty where that of the reference is an expected one."""
    values = (row.figure.value, row.figure.reference_value)
    upper, lower = values if row.is_group_on_top else values[::-1]
    if upper is None or not lower or EXPECTED & row.methods:
        return ""
    if row.is_in_percent:
        of = "" if row.is_share or row.measure.measure_type == "estimate" else f" of {row.measure.population}"
        return f"{percent(upper)} against {percent(lower)}{of}"
    unit = f" {row.per}" if row.measure.measure_type == "rate" else ""
    return f"{decimal(upper, 1)} against {decimal(lower, 1)}{unit}"


def _wres(row: _Row) -> str:
    """The word of the Workforce Race Equality Standard for a ratio outside 0.80 to 1.25; only for its indicators."""
    figure = row.figure
    if row.measure.family != "WRES" or figure.wres_range is None or figure.polarity == "neutral":
        return ""
    if figure.wres_range == "within":
        return "in WRES terms not adverse"
    is_group_higher = (figure.wres_range == "above") == row.is_group_on_top
    is_group_worse = is_group_higher == (figure.polarity == "lower_is_better")
    return f"in WRES terms adverse to {'them' if is_group_worse else row.reference}"


def _size(row: _Row) -> str:
    """How many more or fewer the group has than at the value of the reference."""
    figure, measure = row.figure, row.measure
    chance = ", which may be chance" if figure.verdict == "no_clear_difference" else ""
    if figure.excess_count is None or (figure.difference or 0) * figure.excess_count < 0:
        size = _absolute(row)
        return f"that is {size}{chance}" if size else ""
    at = f"their share of {row.reference}" if row.is_share else f"the rate of {row.reference}"
    count = round(abs(figure.excess_count))
    if count == 0:
        return f"that is about as many {measure.events} among them as at {at}{chance}"
    more = "more" if figure.excess_count > 0 else "fewer"
    size = f"that is about {count:,} {more} {measure.event if count == 1 else measure.events} among them"
    if row.is_share and figure.difference:
        return f"{size}, or {decimal(100 * abs(figure.difference), 1)} percentage points{chance}"
    return f"{size} than at {at}{chance}"


def _absolute(row: _Row) -> str:
    """The difference of the two values, for a row that counts no people; empty when there is none."""
    figure, measure = row.figure, row.measure
    if not figure.difference:
        return ""
    if row.is_in_percent:
        points = f"{decimal(100 * abs(figure.difference), 1)} percentage points"
        more = "more" if figure.difference > 0 else "less"
        return f"{points} {more} for them than {'among' if row.is_share else 'for'} {row.reference}"
    more = "more" if figure.difference > 0 else "fewer"
    unit = f" {row.per}" if measure.measure_type == "rate" else ""
    return f"{decimal(abs(figure.difference), 1)} {more} {measure.events}{unit} for them than for {row.reference}"


def _counts(row: _Row) -> str:
    """The counts behind a row without a ratio; empty where they are not known or not people or events."""
    figure, measure = row.figure, row.measure
    if figure.numerator is None or measure.measure_type == "estimate":
        return ""
    counts = f": {counted(figure.numerator, measure.event, measure.events)} among them"
    if not row.is_share and figure.reference_numerator is not None:
        others = counted(figure.reference_numerator, measure.event, measure.events)
        counts += f" and {others} among {row.reference}"
    return counts


def _unknown(row: _Row) -> str:
    """For how much of what is counted ethnicity is unknown."""
    share = row.figure.unknown_share
    if share is None:
        return ""
    if share == 0:
        return f"ethnicity is known for all {row.whose_ethnicity}"
    return f"ethnicity is unknown for {percent(share)} of {row.whose_ethnicity}"


def _allowing_for_unknown(row: _Row) -> str:
    """The range of the ratio that unknown ethnicity leaves; empty when little is unknown."""
    figure = row.figure
    is_much = (figure.unknown_share or 0) > RANGE_ABOVE or figure.fit_for_use == "with_bounds"
    if not figure.unknown_share or not (is_much or figure.verdict == "undetermined_missing_ethnicity"):
        return ""
    times, is_plausible = _range(row)
    if not times:
        return "; what that could change was not computed"
    return f"; allowing for that, plausibly {times}" if is_plausible else f"; whatever it is, {times}"


def _range_only(row: _Row) -> list[str]:
    """The range without a figure, and why."""
    note = f"{_unknown(row)}, too many for a single figure" if row.figure.unknown_share else ""
    times, is_plausible = _range(row)
    if not times:
        return [f"no figure can be given for {row.group}", note or "too much ethnicity is unknown for a single figure"]
    told = _compared(row, f"plausibly {times}" if is_plausible else times)
    whoever = "" if is_plausible else ", whoever the people of unknown ethnicity are"
    return [f"{row.lead}: {row.manner}{told}{whoever}", note or "too much ethnicity is unknown for a single figure"]


def _range(row: _Row) -> tuple[str, bool]:
    """The plausible range, else the bounds, in words, and whether it is the former; empty when neither is known."""
    figure = row.figure
    plausible = (figure.plausible_lower, figure.plausible_upper)
    is_plausible = plausible != (None, None)
    lower, upper = plausible if is_plausible else (figure.bound_lower, figure.bound_upper)
    if lower is not None and upper is not None:
        return f"between {ratio(lower)} and {ratio(upper)} times", is_plausible
    if lower is not None:
        return f"at least {ratio(lower)} times", is_plausible
    return (f"at most {ratio(upper)} times", is_plausible) if upper is not None else ("", False)
