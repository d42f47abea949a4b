"""The raw values the reference tables know, so that an unknown one is counted where it comes in.

Belongs here: reading the known values and looking one up as the models do. Does not belong here: what a value means;
only the seeds say that, and only dbt applies them.
"""

from __future__ import annotations

import csv
import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from orchestration.checked_file import SettingsError
from orchestration.contracts import Lookup

Vocabulary = frozenset[str]
NOT_KNOWN = "(not in the reference tables)"
"""Stands in the lake for a typed-in value that nobody knows: it may be anything, a name included."""


def normal(value: str) -> str:
    """A raw value as the seeds hold it: upper case, trimmed, inner spaces one."""
    return " ".join(value.upper().split())


def load(folder: Path, name: str, seed: str, source: str | None) -> Vocabulary:
    """The known values of a column `name`: raw values of its source, or the codes of a code list, under that name.

    Raises:
        SettingsError: the seed is missing, or is not laid out as expected.
    """
    path = folder / f"{seed}.csv"
    if not path.is_file():
        raise SettingsError(f"{path}: no such file; it lists the values that contracts refer to")
    return _read(path, path.stat().st_mtime_ns, source, name)


@lru_cache(maxsize=64)
def _read(path: Path, _modified: int, source: str | None, name: str) -> Vocabulary:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names = set(reader.fieldnames or ())
        values = name if source is None and name in names else "raw_value"
        wanted = [values] if source is None else ["source", values]
        if not set(wanted) <= names:
            raise SettingsError(f"{path}: expected the columns {' and '.join(wanted)}")
        return frozenset(normal(row[values]) for row in reader if source is None or row["source"] == source)


def fingerprint(vocabulary: Vocabulary) -> str:
    """Changes when a value becomes known or unknown."""
    return hashlib.sha256("\n".join(sorted(vocabulary)).encode()).hexdigest()[:16]


def is_known(value: str, vocabulary: Vocabulary, lookup: Lookup) -> bool:
    """True when the whole text is known, or what else of it `lookup` names."""
    whole = normal(value)
    if whole in vocabulary:
        return True
    if lookup == "parts":
        return any(part.strip() in vocabulary for part in whole.split("|"))
    return lookup == "code" and _code(whole) in vocabulary


def safe(value: str, vocabulary: Vocabulary, lookup: Lookup) -> str:
    """What may be stored of a value somebody typed: no more than the reference tables know.

    Returns:
        The value when the whole of it is known; else the code in front, when it or its first character is known (the
        second character of a code is local); else `NOT_KNOWN`.
    """
    whole = normal(value)
    if whole in vocabulary:
        return value
    code = _code(whole) if lookup == "code" else ""
    return code if {code, code[:1]} & vocabulary else NOT_KNOWN


def unknown(values: np.ndarray, vocabulary: Vocabulary, lookup: Lookup) -> np.ndarray:
    """Marks the distinct values that are not known."""
    return np.fromiter((not is_known(value, vocabulary, lookup) for value in values), dtype=bool, count=len(values))


def shortened(values: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """Marks the distinct values that are known with zeros in front of them: a spreadsheet makes 2 of 02."""
    without_zeros = {known.lstrip("0") for known in vocabulary if known.startswith("0")} - {""}
    return np.fromiter((normal(value) in without_zeros for value in values), dtype=bool, count=len(values))


def _code(whole: str) -> str:
    """The code in front of a text such as `C2* NORTHERN IRISH`; empty where a longer word stands there."""
    word = whole.split(" ", maxsplit=1)[0].rstrip("*")
    return word if len(word) <= 2 else ""
