"""Tables that become cards: every cell says what it is without its column, and stays a cell."""

from __future__ import annotations

import re

from markupsafe import Markup

from orchestration.pages.formats import NOTHING
from orchestration.pages.stack import LONG, stacked

TABLE = Markup(  # noqa: S704 - as a template hands it in
    '<thead><tr><th scope="col">Order</th><th scope="col">Team</th>'
    '<th scope="col" class="num key">Share <span class="range">95% range</span></th>'
    '<th scope="col">Why &amp; "how"</th><th scope="col">Picture<span class="axis"><span>0.1</span></span></th></tr>'
    '</thead>\n<tbody>\n<tr class="sum"><td class="num">1</td><th scope="row"><a href="a.html">Ash</a></th>'
    '<td class="num">60% <span class="range">from 55.12345% to 65.12345%</span></td>'
    f"<td>{NOTHING}</td><td>x</td></tr>\n"
    f'<tr><td>2</td><th scope="row">Elm</th><td>{NOTHING}</td><td>{"y" * (LONG + 1)}</td><td></td></tr></tbody>'
)


def parts(html: str) -> list[tuple[str, dict[str, str]]]:
    return [
        (tag, dict(re.findall(r'([\w-]+)="([^"]*)"', attributes)))
        for tag, attributes in re.findall(r"<(thead|tbody|tr|th|td)\b([^>]*)>", html)
    ]


def test_every_part_of_a_table_has_its_role() -> None:
    roles = {
        ("thead", None): "rowgroup", ("tbody", None): "rowgroup", ("tr", None): "row",
        ("th", "col"): "columnheader", ("th", "row"): "rowheader", ("td", None): "cell",
    }
    found = parts(stacked(TABLE))
    assert len(found) == 2 + 3 + 3 * 5
    assert all(attributes["role"] == roles[tag, attributes.get("scope")] for tag, attributes in found)


def test_every_cell_carries_the_heading_of_its_column_without_the_scale() -> None:
    labels = [attributes["data-label"] for _, attributes in parts(stacked(TABLE)) if "data-label" in attributes]
    assert labels == ["Order", "Team", "Share, 95% range", "Why &amp; &quot;how&quot;", "Picture"] * 2


def test_key_long_and_empty_cells_are_marked_and_ranges_make_no_cell_long() -> None:
    cells = [attributes.get("class") for _, attributes in parts(stacked(TABLE)) if "data-label" in attributes]
    assert cells[:5] == ["num", None, "key num", "long blank", None]
    assert cells[5:] == [None, None, "key blank", "long", None]


def test_nothing_but_attributes_of_the_table_changes() -> None:
    bare = re.compile(r"<(thead|tbody|tr|th|td)\b[^>]*>")
    assert bare.sub(r"<\1>", str(stacked(TABLE))) == bare.sub(r"<\1>", str(TABLE))
