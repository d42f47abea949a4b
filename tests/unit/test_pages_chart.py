"""Charts: what is drawn where, and what is told to who does not see it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from orchestration.pages.chart import Part, Point, Range, log_axis, log_range, share_bar, sparkline, stacked_bar, trend


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - made by the function under test


def test_the_parts_of_a_bar_fill_it_side_by_side() -> None:
    bar = parsed(stacked_bar([Part("valid", 60), Part("invalid", 0), Part("missing", 20)], "three parts"))
    drawn = [(each.get("class"), each.get("x"), each.get("width")) for each in bar]
    assert drawn == [("s-valid", "0%", "75%"), ("s-missing", "75%", "25%")]
    assert (bar.get("role"), bar.get("aria-label")) == ("img", "three parts")


def test_nothing_to_divide_is_no_bar() -> None:
    assert stacked_bar([Part("valid", 0)], "none") == ""


def test_labels_are_escaped() -> None:
    bar = stacked_bar([Part("valid", 1)], '<b> & "ward"')
    assert "<b>" not in bar
    assert parsed(bar).get("aria-label") == '<b> & "ward"'
    assert "<b>" not in trend([Point("<b>", 0.5)], "x")


def test_a_line_is_broken_where_a_month_has_no_record() -> None:
    months = [Point("a", 0.5), Point("b", None), Point("c", 0.7), Point("d", 0.8)]
    path = re.search(r'class="series"[^>]* d="([^"]+)"', sparkline(months, None, "x"))
    assert path is not None
    assert re.sub(r"[\d. ]+", "", path.group(1)) == "MhML"


def test_a_higher_share_is_drawn_higher_and_the_target_where_it_is() -> None:
    line = sparkline([Point("a", 0.82), Point("b", 0.98)], 0.9, "x")
    ys = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", line)]
    target = re.search(r'class="target"[^>]* y1="([\d.]+)%"', line)
    last = re.search(r'class="last" cx="([\d.]+)%" cy="([\d.]+)%"', line)
    assert target is not None
    assert last is not None
    assert ys[0] > float(target.group(1)) > ys[1]
    assert float(last.group(2)) == pytest.approx(ys[1], abs=0.01)
    assert (float(target.group(1)), ys[0]) == pytest.approx((50, 90))  # on a scale from 80% to 100%


def test_a_month_that_stands_out_has_a_shape_of_its_own() -> None:
    drawn = trend([Point("a", 0.5, "good"), Point("b", 0.6, "bad"), Point("c", 0.7)], "x")
    shapes = re.findall(r'<svg class="mark"[^>]*><path class="(\w+)" d="([^"]+)"', drawn)
    assert [kind for kind, _ in shapes] == ["good", "bad"]
    assert shapes[0][1] != shapes[1][1]
    assert drawn.count('class="last"') == 1


def test_the_usual_range_is_one_area_for_each_stretch() -> None:
    limits = [(0.4, 0.6), (0.4, 0.6), None, (0.5, 0.7)]
    drawn = trend([Point(name, 0.55) for name in "abcd"], "x", limits=limits, mean=[0.5, 0.5, None, 0.6])
    assert drawn.count('class="band"') == 2
    assert drawn.count('class="mean"') == 1


def test_the_scale_stays_within_what_a_share_can_be() -> None:
    ticks = re.findall(r'class="tick"[^>]*>(\d+)%', trend([Point("a", 0.0), Point("b", 1.0)], "x", target=0.95))
    assert (ticks[0], ticks[-1]) == ("0", "100")
    assert len(re.findall('class="tick"', trend([Point("a", 0.5)], "x"))) >= 2


def test_a_series_without_any_value_is_no_chart() -> None:
    assert sparkline([Point("a", None)], 0.9, "x") == ""
    assert trend([Point("a", None)], "x") == ""


def test_a_range_stands_on_a_logarithmic_scale_and_ends_with_it() -> None:
    drawn = log_range(Range(1.0, (0.5, 2.0), (0.01, 99.0)), 0.25, 4.0, "x")
    assert 'class="one" x1="50.0%"' in drawn
    assert 'class="value" cx="50.0%"' in drawn
    assert 'class="inner" x1="25.0%" x2="75.0%"' in drawn
    assert re.search(r'class="outer" x="0.0%" y="7" width="100%"', drawn)
    assert 'style="left:50.0%">1<' in log_axis(0.25, 4.0, (0.25, 1, 4))


def test_a_figure_of_nothing_and_no_limits_draws_only_the_line() -> None:
    assert set(re.findall('class="(\\w+)"', log_range(Range(0.0, None, None), 0.25, 4.0, "x"))) == {"interval", "one"}


def test_a_thin_bar_is_silent() -> None:
    assert 'aria-hidden="true"' in share_bar(0.5, 0.9)
    assert 'class="goal" x1="90%"' in share_bar(0.5, 0.9)
    assert share_bar(None) == ""
