"""Receipts: what came in, file by file, and what became of its rows.

Belongs here: the shape and identity of a receipt, and when a submission need not be read again. Does not belong here:
where receipts lie (`lake`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from typing import Any, Literal

from orchestration.contracts import Feed
from orchestration.ingest.postcodes import NONE

READER_VERSION = 5
"""Raise it when the reader comes to read the same file otherwise: every submission is then read again."""

RECEIPT_COLUMNS: dict[str, str] = {
    "receipt_id": "VARCHAR",
    "feed": "VARCHAR",
    "table_name": "VARCHAR",
    "period": "VARCHAR",
    "organisation_code": "VARCHAR",
    "file_name": "VARCHAR",
    "file_sha256": "VARCHAR",
    "file_bytes": "BIGINT",
    "encoding": "VARCHAR",
    "rows_read": "BIGINT",
    "rows_kept": "BIGINT",
    "rows_quarantined": "BIGINT",
    "rows_duplicate": "BIGINT",
    "status": "VARCHAR",
    "message": "VARCHAR",
    "reading_id": "VARCHAR",
}
FINDING_COLUMNS: dict[str, str] = {
    "receipt_id": "VARCHAR",
    "feed": "VARCHAR",
    "table_name": "VARCHAR",
    "period": "VARCHAR",
    "organisation_code": "VARCHAR",
    "file_name": "VARCHAR",
    "sheet": "VARCHAR",
    "row_number": "BIGINT",
    "column_name": "VARCHAR",
    "rule": "VARCHAR",
    "effect": "VARCHAR",
    "expected": "VARCHAR",
    "found": "VARCHAR",
    "action": "VARCHAR",
    "finding_count": "BIGINT",
}


@dataclass(frozen=True)
class Receipt:
    """One file of a submission. `rows_read` is always kept, quarantined and duplicate rows together.

    Of a refused submission no row is kept: its rows count as quarantined.
    """

    receipt_id: str
    feed: str
    table_name: str
    period: str
    organisation_code: str
    file_name: str
    file_sha256: str
    file_bytes: int
    encoding: str | None
    rows_read: int
    rows_kept: int
    rows_quarantined: int
    rows_duplicate: int
    status: Literal["kept", "refused"]
    message: str | None
    reading_id: str

    def row(self) -> tuple[Any, ...]:
        """Its values in the order of `RECEIPT_COLUMNS`."""
        return astuple(self)


assert tuple(field.name for field in fields(Receipt)) == tuple(RECEIPT_COLUMNS)  # noqa: S101 - one order, two places


def receipt_id(file_sha256: str, table_name: str, organisation_code: str, period: str) -> str:
    """Identity of a receipt: the same content from the same organisation for the same period has the same one."""
    text = f"{file_sha256}|{table_name}|{organisation_code}|{period}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def reading_id(feed: Feed, parts: Iterable[object], directory: str | None) -> str:
    """What a file's rows depend on beside the file.

    Args:
        feed: the contract, whole.
        parts: header map, fingerprint of the keys, vocabularies, last day, files passed over.
        directory: fingerprint of the postcode directory; None for a feed that does not use it.
    """
    core = hashlib.sha256(repr((READER_VERSION, feed, *parts)).encode()).hexdigest()[:16]
    return core if directory is None else f"{core}-{directory[:8]}"


def is_same_reading(stored: str, now: str) -> bool:
    """True when a submission read under `stored` would be read the same now.

    A directory that has gone, or cannot be read today, never takes away areas that were found with it.
    """
    return stored == now or (now.endswith(f"-{NONE}") and stored.partition("-")[0] == now.partition("-")[0])
