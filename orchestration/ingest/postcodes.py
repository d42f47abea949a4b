"""Postcode to area, held in memory while patients are read and never written anywhere.

Belongs here: reading the postcode feed from landing, looking postcodes up. Does not belong here: its receipt (`run`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from orchestration.contracts import FEEDS
from orchestration.ingest.encoded import texts
from orchestration.ingest.findings import RefusedError
from orchestration.ingest.landing import ALL, sha256, submissions
from orchestration.ingest.text import read_text
from orchestration.settings import Settings

FEED = "postcode"
NONE = "none"


def normal(postcode: str) -> str:
    """A postcode as it is compared: upper case without spaces."""
    return "".join(postcode.split()).upper()


@dataclass(frozen=True)
class Directory:
    """Sorted postcodes with their areas; empty when no directory is there.

    Attributes:
        fingerprint: changes with the files it was read from; `none` when there are none that can be used.
        postcodes: normalised, ascending.
        areas: authority of each, None where it is not known.
        lsoas: small area of each, None where it is not known.
    """

    fingerprint: str
    postcodes: np.ndarray
    areas: np.ndarray
    lsoas: np.ndarray

    @classmethod
    def empty(cls) -> Directory:
        """No directory."""
        nothing = np.empty(0, dtype=object)
        return cls(NONE, nothing, nothing, nothing)

    @property
    def is_missing(self) -> bool:
        """True when there is no directory to look in."""
        return not len(self.postcodes)

    def find(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Authority and small area of each distinct postcode, None where it is not in the directory."""
        if self.is_missing or not len(values):
            nothing = texts([None] * len(values))
            return nothing, nothing
        wanted = np.array([normal(value) for value in values], dtype=self.postcodes.dtype)
        places = np.minimum(np.searchsorted(self.postcodes, wanted), len(self.postcodes) - 1)
        # A longer text is cut by the array's type and could pass for another postcode.
        longest = self.postcodes.dtype.itemsize // 4
        hit = (self.postcodes[places] == wanted) & np.array([len(normal(value)) <= longest for value in values])
        areas, lsoas = self.areas[places], self.lsoas[places]
        areas[~hit] = None
        lsoas[~hit] = None
        return areas, lsoas


def seen(settings: Settings) -> tuple[str, ...]:
    """Changes when a file of the directory does; to tell whether one already read still holds."""
    return tuple(each.fingerprint for each in submissions(settings, FEEDS[FEED], ALL))


def _fingerprint(settings: Settings) -> str:
    files = [file for each in submissions(settings, FEEDS[FEED], ALL) for file in each.used]
    digests = sorted({sha256(file.path) for file in files})
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:16]


def load(settings: Settings) -> Directory:
    """The directory of the landing folder; one that cannot be read counts as missing, and its own feed says why."""
    feed = FEEDS[FEED]
    parts = []
    try:
        for submission in submissions(settings, feed, ALL):
            for file in submission.used:
                if file.fault is not None:
                    raise RefusedError(file.fault)
                text = read_text(file, feed.tables[0], settings.headers(FEED))
                parts.append([text.columns[name] for name in ("postcode", "area_code", "lsoa_code")])
    except RefusedError:
        parts = []
    if not parts:
        return Directory.empty()
    found, areas, lsoas = (np.concatenate([part[place].texts() for part in parts]) for place in range(3))
    there = np.fromiter((each is not None for each in found), dtype=bool, count=len(found))
    postcodes = np.array([normal(each) for each in found[there]], dtype=str)
    postcodes, first = np.unique(postcodes, return_index=True)
    return Directory(_fingerprint(settings), postcodes, areas[there][first], lsoas[there][first])
