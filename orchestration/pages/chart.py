"""Small charts as inline SVG: drawn in percentages, so that they keep their shape at every width and zoom.

Belongs here: lines, bars and ranges from numbers that are handed in. Does not belong here: what the numbers mean.
Nothing is told by colour alone: bars have patterns, points that matter have shapes, and the words stand beside them.
The colours and patterns themselves are classes of `style.css`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape


class Point(NamedTuple):
    """One month of a series: its label, its share (None for none), and whether it is `good` or `bad` news."""

    label: str
    value: float | None
    mark: str = ""


class Part(NamedTuple):
    """One part of a stacked bar: a class that gives it its pattern, and its size."""

    kind: str
    size: float


class Range(NamedTuple):
    """A figure between two pairs of limits: the inner ones of chance, the outer ones of what is not known."""

    value: float | None
    inner: tuple[float, float] | None
    outer: tuple[float, float] | None


PATTERNS = Markup(
    '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="p-not_stated" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="under" width="7" height="7"/><rect class="over" width="2.5" height="7"/></pattern>'
    '<pattern id="p-not_known" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect class="under" width="7" height="7"/><circle class="over" cx="3.5" cy="3.5" r="1.7"/></pattern>'
    '<pattern id="p-invalid" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect class="under" width="7" height="7"/><path class="line" d="M0 0L7 7M7 0L0 7"/></pattern>'
    "</defs></svg>"
)
"""The patterns of the five statuses, once on every page that has a bar; `valid` is plain and `missing` is empty."""


def stacked_bar(parts: Sequence[Part], label: str) -> Markup:
    """A bar of patterned parts that fill it together; empty when there is nothing to divide."""
    total = sum(part.size for part in parts)
    if not total:
        return Markup("")
    drawn, start = [], 0.0
    for part in parts:
        width = 100 * part.size / total
        if width:
            drawn.append(f'<rect class="s-{part.kind}" x="{_n(start)}%" y="1" width="{_n(width)}%" height="26"/>')
        start += width
    return _image("bar", label, "".join(drawn))


def sparkline(points: Sequence[Point], target: float | None, label: str) -> Markup:
    """A line over the months without axes: the target dashed, the last month as a dot."""
    lowest, highest = _domain(points, [target])
    inner = _target_line(target, lowest, highest) + _line(points, lowest, highest)
    known = [(index, point) for index, point in enumerate(points) if point.value is not None]
    if not known:
        return Markup("")
    index, point = known[-1]
    inner += _dot(_x(index, len(points)), _y(point.value, lowest, highest), "last")
    return _image("spark", label, inner)


def trend(
    points: Sequence[Point],
    label: str,
    *,
    target: float | None = None,
    mean: Sequence[float | None] = (),
    limits: Sequence[tuple[float, float] | None] = (),
) -> Markup:
    """A line over the months with its scale, the usual range as a band, and marks on months that stand out.

    Args:
        points: the months in order.
        label: what the chart shows, for who does not see it.
        target: share the target asks for.
        mean: average of the series by month, None where there is none yet.
        limits: the usual range by month, None where there is none yet.
    """
    edges = [edge for pair in limits if pair for edge in pair]
    if not any(point.value is not None for point in points):
        return Markup("")
    lowest, highest = _domain(points, [target, *edges])
    inner = _band(limits, lowest, highest)
    for tick in _ticks(lowest, highest):
        y = _y(tick, lowest, highest)
        inner += f'<line class="grid" x1="0" x2="100%" y1="{y}%" y2="{y}%"/>'
    inner += _path([(index, value) for index, value in enumerate(mean)], len(points), lowest, highest, "mean")
    inner += _target_line(target, lowest, highest) + _line(points, lowest, highest)
    for index, point in enumerate(points):
        if point.value is None:
            continue
        x, y = _x(index, len(points)), _y(point.value, lowest, highest)
        if point.mark in ("good", "bad"):
            inner += _shape(x, y, point.mark)
        elif index == len(points) - 1:
            inner += _dot(x, y, "last")
    scale = "".join(
        f'<span class="tick" style="top:{_y(tick, lowest, highest)}%">{tick:.0%}</span>'
        for tick in _ticks(lowest, highest)
    )
    months = "".join(
        f'<span class="month {side}">{escape(point.label)}</span>'
        for side, point in (("start", points[0]), ("end", points[-1]))
    )
    svg = f'<svg class="trend" width="100%" height="100%" aria-hidden="true" focusable="false">{inner}</svg>'
    return Markup('<div class="plot" role="img" aria-label="{}"><div class="area">{}{}{}</div></div>').format(
        label, _drawn(svg), _drawn(scale), _drawn(months)
    )


def log_range(row: Range, lowest: float, highest: float, label: str, at: float = 1.0) -> Markup:
    """A figure with its two pairs of limits on a logarithmic scale with a line at `at`.

    Args:
        row: what is drawn.
        lowest: start of the scale, above 0.
        highest: end of the scale.
        label: the same in words.
        at: where no difference lies.
    """
    def x(number: float) -> float:
        share = math.log(max(number, lowest) / lowest) / math.log(highest / lowest)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    inner = f'<line class="one" x1="{x(at)}%" x2="{x(at)}%" y1="0" y2="28"/>'
    if row.outer:
        inner += (
            f'<rect class="outer" x="{x(row.outer[0])}%" y="7" '
            f'width="{_n(max(x(row.outer[1]) - x(row.outer[0]), 0.6))}%" height="14"/>'
        )
    if row.inner:
        inner += f'<line class="inner" x1="{x(row.inner[0])}%" x2="{x(row.inner[1])}%" y1="14" y2="14"/>'
    if row.value:
        inner += f'<circle class="value" cx="{x(row.value)}%" cy="14" r="4.5"/>'
    return _image("interval", label, inner)


def log_axis(lowest: float, highest: float, ticks: Sequence[float]) -> Markup:
    """The scale of `log_range`, for the heading of a column of them."""
    marks = "".join(
        f'<span style="left:{100 * math.log(tick / lowest) / math.log(highest / lowest):.1f}%">{tick:g}</span>'
        for tick in ticks
    )
    return Markup('<span class="axis" aria-hidden="true">{}</span>').format(_drawn(marks))


def share_bar(share: float | None, target: float | None = None) -> Markup:
    """A thin bar beside a printed share, silent to who does not see it; the target is a tick."""
    if share is None:
        return Markup("")
    inner = '<rect class="rest" width="100%" height="10" y="1"/>'
    inner += f'<rect class="full" width="{_n(100 * share)}%" height="10" y="1"/>'
    if target is not None:
        inner += f'<line class="goal" x1="{_n(100 * target)}%" x2="{_n(100 * target)}%" y1="0" y2="12"/>'
    return Markup('<svg class="thin" aria-hidden="true" focusable="false">{}</svg>').format(_drawn(inner))


def _image(kind: str, label: str, inner: str) -> Markup:
    return Markup('<svg class="{}" role="img" aria-label="{}" focusable="false">{}</svg>').format(
        kind, label, _drawn(inner)
    )


def _drawn(elements: str) -> Markup:
    """Elements made here, of our own names and of numbers; text in them is escaped already."""
    return Markup(elements)  # noqa: S704


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _domain(points: Sequence[Point], others: Sequence[float | None]) -> tuple[float, float]:
    """Where the scale starts and ends: round tenths around everything that is drawn, never beyond 0 and 1."""
    numbers = [point.value for point in points if point.value is not None]
    numbers += [other for other in others if other is not None]
    lowest = max(0.0, math.floor(round(10 * min(numbers, default=0) - 0.2, 6)) / 10)
    highest = min(1.0, math.ceil(round(10 * max(numbers, default=1) + 0.2, 6)) / 10)
    return lowest, max(highest, round(lowest + 0.1, 1))


def _ticks(lowest: float, highest: float) -> list[float]:
    """Four or five round shares between the ends of the scale."""
    step = next(step for step in (0.05, 0.1, 0.2, 0.25, 0.5) if (highest - lowest) / step <= 5.01)
    first = math.ceil(lowest / step - 1e-9)
    return [round(index * step, 2) for index in range(first, math.floor(highest / step + 1e-9) + 1)]


def _x(index: int, count: int) -> float:
    return round(100 * (index + 0.5) / count, 2)


def _y(value: float | None, lowest: float, highest: float) -> float:
    return round(100 * (1 - ((value or 0.0) - lowest) / (highest - lowest)), 2)


def _line(points: Sequence[Point], lowest: float, highest: float) -> str:
    return _path([(index, point.value) for index, point in enumerate(points)], len(points), lowest, highest, "series")


def _path(
    values: Sequence[tuple[int, float | None]], count: int, lowest: float, highest: float, kind: str
) -> str:
    """One line through the values, broken where there is none."""
    steps, is_on = [], False
    for index, value in values:
        if value is not None:
            steps.append(f"{'L' if is_on else 'M'}{_n(_x(index, count))} {_n(_y(value, lowest, highest))}")
            if not is_on and (index + 1 == count or values[index + 1][1] is None):
                steps.append("h0")
        is_on = value is not None
    path = f'<path class="{kind}" vector-effect="non-scaling-stroke" d="{"".join(steps)}"/>'
    return _stretched(path) if steps else ""


def _band(limits: Sequence[tuple[float, float] | None], lowest: float, highest: float) -> str:
    """The usual range: one area for each stretch of months that has limits."""
    areas, stretch, half = [], [], 50 / max(len(limits), 1)
    for index, pair in enumerate([*limits, None]):
        if pair:
            stretch.append((_x(index, len(limits)), pair))
        elif stretch:
            edges = [(x + side, pair) for x, pair in stretch for side in (-half, half)]
            there = [f"{_n(x)} {_n(_y(pair[1], lowest, highest))}" for x, pair in edges]
            back = [f"{_n(x)} {_n(_y(pair[0], lowest, highest))}" for x, pair in reversed(edges)]
            areas.append(f'<path class="band" d="M{"L".join(there + back)}Z"/>')
            stretch = []
    return _stretched("".join(areas)) if areas else ""


def _stretched(inner: str) -> str:
    return f'<svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">{inner}</svg>'


def _target_line(target: float | None, lowest: float, highest: float) -> str:
    if target is None:
        return ""
    y = _y(target, lowest, highest)
    return f'<line class="target" x1="0" x2="100%" y1="{y}%" y2="{y}%"/>'


def _dot(x: float, y: float, kind: str) -> str:
    return f'<circle class="{kind}" cx="{x}%" cy="{y}%" r="4"/>'


def _shape(x: float, y: float, mark: str) -> str:
    """A triangle for good news, a diamond for bad."""
    path = "M0-6.5L6 4H-6Z" if mark == "good" else "M0-6.5L6.5 0L0 6.5L-6.5 0Z"
    return f'<svg class="mark" x="{x}%" y="{y}%"><path class="{mark}" d="{path}"/></svg>'
