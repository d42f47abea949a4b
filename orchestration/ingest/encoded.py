"""Columns of text held as codes into their distinct values.

Belongs here: the compact form in which a file is held while it is checked, so that dates, check digits and keyed
hashes are worked out once per distinct value. Does not belong here: what a value means (`values`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

BLANK = -1
"""Code of a cell that holds nothing."""
_NO_VALUE = ("", "NULL")
"""What counts as nothing: blanks, and the word a database client writes for them."""


@dataclass(frozen=True)
class Encoded:
    """One column: `values[codes[i]]` is the trimmed text of row `i`, and `BLANK` says there is none.

    `is_in_file` is False for a column that the file lacks, as opposed to one that nobody filled in.
    """

    codes: np.ndarray
    values: np.ndarray
    is_in_file: bool = True

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, replacements: np.ndarray, blank: object = None) -> np.ndarray:
        """One replacement per row from one replacement per distinct value.

        Args:
            replacements: as long as `values`.
            blank: what a row without a value gets.
        """
        filled = np.append(replacements, np.array([blank], dtype=replacements.dtype))
        return np.asarray(filled[self.codes])

    def texts(self) -> np.ndarray:
        """The text of every row, None where there is none."""
        return self.take(self.values, None)

    def rows_of(self, wrong: np.ndarray) -> np.ndarray:
        """Positions of the rows whose distinct value is marked in `wrong`."""
        if not wrong.any():
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(np.append(wrong, False)[self.codes])

    @classmethod
    def lacking(cls, length: int) -> Encoded:
        """A column that a file of so many rows lacks: no row has a value."""
        return cls(np.full(length, BLANK, dtype=np.int32), np.empty(0, dtype=object), is_in_file=False)

    def only(self, marked: np.ndarray) -> Encoded:
        """The column without the rows that are not marked."""
        return replace(self, codes=self.codes[marked])


class Encoder:
    """Takes a column's cells part by part, so that a long file never lies in memory as text."""

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []
        self._values: list[str] = []
        self._places: dict[str, int] = {}

    def add(self, cells: Sequence[str]) -> None:
        """Take further cells."""
        codes, distinct = pd.factorize(texts(cells))
        places = self._first(distinct) if not self._parts else None
        if places is None:
            if len(self._places) != len(self._values):
                self._places = {text: place for place, text in enumerate(self._values)}
            places = np.fromiter(map(self._place, distinct), dtype=np.int32, count=len(distinct))
        self._parts.append(places[codes])

    def done(self) -> Encoded:
        """The whole column."""
        codes = np.concatenate(self._parts) if self._parts else np.empty(0, dtype=np.int32)
        return Encoded(codes, texts(self._values))

    def _first(self, distinct: np.ndarray) -> np.ndarray | None:
        """Places of the first part's values, without a look-up for each, where trimming makes no two the same."""
        trimmed = [text.strip() for text in distinct]
        is_there = np.fromiter((text not in _NO_VALUE for text in trimmed), dtype=bool, count=len(trimmed))
        values = trimmed if is_there.all() else [text for text in trimmed if text not in _NO_VALUE]
        if len(set(values)) != len(values):
            return None
        self._values = values
        return np.where(is_there, np.cumsum(is_there) - 1, BLANK).astype(np.int32)

    def _place(self, text: str) -> int:
        trimmed = text.strip()
        if trimmed in _NO_VALUE:
            return BLANK
        place = self._places.setdefault(trimmed, len(self._values))
        if place == len(self._values):
            self._values.append(trimmed)
        return place


def texts(cells: Sequence[Any]) -> np.ndarray:
    """An array of objects, never guessed into another type."""
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array
