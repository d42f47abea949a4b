"""From pseudonyms back to the numbers behind them, by reading landing again with the key.

Belongs here: which number of a landed file has which pseudonym. Does not belong here: who may ask and what becomes of
the answer (`orchestration.work_list`). Nothing here is stored.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from orchestration.checked_file import SettingsError
from orchestration.contracts import FEEDS
from orchestration.ingest.findings import RefusedError
from orchestration.ingest.landing import submissions
from orchestration.ingest.pseudonym import Pseudonyms
from orchestration.ingest.text import read_text
from orchestration.settings import Settings


@dataclass(frozen=True, order=True)
class Issued:
    """A number as it landed, and the organisation that issued it."""

    organisation_code: str
    number: str


def issued_numbers(settings: Settings, table_name: str, period: str, wanted: Collection[str]) -> dict[str, Issued]:
    """The numbers behind pseudonyms.

    Args:
        settings: where landing and the key are.
        table_name: the table whose files are read; the first column of its key is the one that becomes a pseudonym.
        period: `YYYY-MM`.
        wanted: pseudonyms.

    Returns:
        The number of each wanted pseudonym that the files of the period hold; of several ways to write one, the first.

    Raises:
        SettingsError: there is no key, or a file can not be read any more.
    """
    feed, table = next((feed, each) for feed in FEEDS.values() for each in feed.tables if each.name == table_name)
    column = next(each for each in table.columns if each.name == table.key[0])
    pseudonyms = Pseudonyms(settings.pseudonym_keys())
    found: dict[str, Issued] = {}
    for submission in submissions(settings, feed, period):
        for file in submission.used:
            if file.table != table or file.fault is not None:
                continue
            try:
                values = read_text(file, table, settings.headers(feed.name)).columns[column.name].values
            except RefusedError as refusal:
                raise SettingsError(f"{feed.name}/{period}: {file.name}: {refusal}") from None
            made = pseudonyms.of(values, column, submission.organisation_code)
            for pseudonym, number in zip(made, values, strict=True):
                if pseudonym in wanted:
                    found.setdefault(pseudonym, Issued(submission.organisation_code, number))
    return found
