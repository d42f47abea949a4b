"""Tables whose rows become cards on a narrow screen.

Belongs here: what a cell must carry to be understood away from its column, by eye and by a screen reader. Does not
belong here: how a card looks, which is `style.css`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

from orchestration.pages.formats import NOTHING

LONG = 30
"""A column with a text of more letters than this takes the whole width of a card."""
_ROW = re.compile(r"<tr\b([^>]*)>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(th|td)\b([^>]*)>(.*?)</\1>", re.DOTALL)
_AXIS = '<span class="axis"'
_ASIDE = re.compile(r'<span class="(?:range|few)">.*?</span>', re.DOTALL)


@dataclass(frozen=True)
class _Column:
    """What every cell of a column carries: its heading, and its classes."""

    label: str
    classes: tuple[str, ...]


def stacked(inner: str) -> Markup:
    """The inside of a table with roles, and with the heading of its column on every cell.

    A table, row or cell that is no longer laid out as one is none to some screen readers either, unless its role is
    written out (WAI-ARIA 1.2: `table`, `rowgroup`, `row`, `columnheader`, `rowheader`, `cell`). The style sheet puts
    the label before the cell on cards alone, where whoever listens from cell to cell hears it as well.

    Args:
        inner: one `thead` with one row, and one `tbody` whose rows have as many cells.

    Returns:
        The same, each cell of the body with `data-label`, with the class `key` where its heading has it, with the class
        `long` in columns of long text, and with the class `blank` where nothing is to be told.
    """
    head, _, body = str(inner).partition("</thead>")
    rows = [[_text(_ASIDE.sub("", content)) for _, _, content in _CELL.findall(row)] for _, row in _ROW.findall(body)]
    columns = []
    for place, (_, attributes, content) in enumerate(_CELL.findall(head)):
        is_long = any(len(row[place]) > LONG for row in rows)
        classes = ("key",) * ("key" in attributes) + ("long",) * is_long
        columns.append(_Column(_text(content.partition(_AXIS)[0]).replace(" 95% range", ", 95% range"), classes))

    def row_of_body(row: re.Match[str]) -> str:
        places = count()
        cells = _CELL.sub(lambda cell: _labelled(cell, columns[next(places)]), row[2])
        return f'<tr role="row"{row[1]}>{cells}</tr>'

    head = _CELL.sub(r'<\1\2 role="columnheader">\3</\1>', head).replace("<tr", '<tr role="row"')
    head = head.replace("<thead", '<thead role="rowgroup"')
    body = _ROW.sub(row_of_body, body).replace("<tbody", '<tbody role="rowgroup"')
    return Markup(f"{head}</thead>{body}")  # noqa: S704 - what the templates have escaped already


def _labelled(cell: re.Match[str], column: _Column) -> str:
    tag, attributes, content = cell.groups()
    role = "rowheader" if tag == "th" else "cell"
    classes = " ".join((*column.classes, *("blank",) * (content.strip() == NOTHING)))
    if classes and 'class="' in attributes:
        attributes = attributes.replace('class="', f'class="{classes} ', 1)
    elif classes:
        attributes += f' class="{classes}"'
    return f'<{tag}{attributes} role="{role}" data-label="{column.label}">{content}</{tag}>'


def _text(content: str) -> str:
    """The words of a cell, still escaped."""
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", content)).strip().replace('"', "&quot;")
