"""The raw values the reference tables know, so that an unknown one is counted where it comes in.

Belongs here: reading the known values and looking one up. Does not belong here: what a value means; only the seeds say
that, and only dbt applies them.
"""

from __future__ import annotations

import csv
import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from orchestration.settings import SettingsError

Vocabulary = frozenset[str]
NOT_KNOWN = "(not in the reference tables)"
"""Stands in the lake for a typed-in value that nobody knows: it may be anything, a name included."""


def normal(value: str) -> str:
    """A raw value as the seeds hold it: upper case, trimmed, inner spaces one."""
    return " ".join(value.upper().split())


def load(folder: Path, seed: str, source: str) -> Vocabulary:
    """The known values of a source.

    Raises:
        SettingsError: the seed is missing, or is not laid out as expected.
    """
    path = folder / f"{seed}.csv"
    if not path.is_file():
        raise SettingsError(f"{path}: no such file; it lists the values that contracts refer to")
    return _read(path, path.stat().st_mtime_ns, source)


@lru_cache(maxsize=64)
def _read(path: Path, _modified: int, source: str) -> Vocabulary:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if not {"source", "raw_value"} <= set(reader.fieldnames or ()):
            raise SettingsError(f"{path}: expected the columns source and raw_value")
        return frozenset(normal(row["raw_value"]) for row in reader if row["source"] == source)


def fingerprint(vocabulary: Vocabulary) -> str:
    """Changes when a value becomes known or unknown."""
    return hashlib.sha256("\n".join(sorted(vocabulary)).encode()).hexdigest()[:16]


def is_known(value: str, vocabulary: Vocabulary) -> bool:
    """True when the whole text is known, or its leading token without a trailing asterisk is."""
    whole = normal(value)
    return whole in vocabulary or whole.split(" ")[0].rstrip("*") in vocabulary


def safe(value: str, vocabulary: Vocabulary) -> str:
    """What may be stored of a value somebody typed: no more than the reference tables know.

    Returns:
        The value when the whole of it is known, its leading token when only that is, else `NOT_KNOWN`.
    """
    whole = normal(value)
    if whole in vocabulary:
        return value
    token = whole.split(" ")[0]
    return token if token.rstrip("*") in vocabulary else NOT_KNOWN


def unknown(values: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """Marks the distinct values that are not known."""
    return np.fromiter((not is_known(value, vocabulary) for value in values), dtype=bool, count=len(values))
