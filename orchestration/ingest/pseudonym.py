"""Pseudonyms: a keyed hash in place of an identifier, so that the same person is the same without being known.

Belongs here: the hash and how an identifier is written before it is hashed. Does not belong here: the secrets
(`orchestration.settings`). Method: HMAC-SHA-256, FIPS 198-1; the first 128 bits of it.
"""

from __future__ import annotations

import hashlib
import hmac
import re

import numpy as np

from orchestration.contracts import Column
from orchestration.ingest.encoded import texts
from orchestration.settings import PseudonymKeys

LENGTH = 32
_CACHE_SIZE = 400_000


def normalised(value: str, column: Column) -> str:
    """An identifier as it is hashed: upper case without spaces; an NHS number as its digits only."""
    if column.nhs_number:
        return re.sub(r"\D", "", value)
    return "".join(value.split()).upper()


class Pseudonyms:
    """Makes pseudonyms under one pair of keys, and remembers those it made: months repeat most people."""

    def __init__(self, keys: PseudonymKeys) -> None:
        self._keys = {"staff": keys.staff.encode(), "patient": keys.patient.encode()}
        self._made: dict[tuple[str, str], dict[str, str]] = {}

    @property
    def fingerprint(self) -> str:
        """Changes with the keys and tells nothing about them."""
        parts = [hmac.digest(self._keys[subject], b"fingerprint", "sha256") for subject in sorted(self._keys)]
        return hashlib.sha256(b"".join(parts)).hexdigest()[:16]

    def of(self, values: np.ndarray, column: Column, organisation_code: str) -> np.ndarray:
        """The pseudonym of each distinct value of a column.

        Args:
            values: identifiers as the file holds them.
            column: gives the identifier space, whose key, and whether the identifier is the organisation's own.
            organisation_code: who issued the identifier, where it is its own.
        """
        prefix = f"{column.scope}|{organisation_code if column.local else ''}|"
        made = self._made.setdefault((column.subject, prefix), {})
        if len(made) > _CACHE_SIZE:
            made.clear()
        key = self._keys[column.subject]
        result = []
        for value in values:
            pseudonym = made.get(value)
            if pseudonym is None:
                text = prefix + normalised(value, column)
                pseudonym = made[value] = hmac.digest(key, text.encode(), "sha256").hex()[:LENGTH]
            result.append(pseudonym)
        return texts(result)
