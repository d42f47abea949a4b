"""One contract per feed: columns, types, grain, and what becomes of each identifier.

Belongs here: what a file must look like. Does not belong here: reading files (`ingest`) or running (`assets`).
"""

from orchestration.contracts.base import Column, Feed, Lookup, RowRule, Table
from orchestration.contracts.census import CENSUS
from orchestration.contracts.contacts import CONTACTS
from orchestration.contracts.incidents import INCIDENTS
from orchestration.contracts.mhsds import MHSDS
from orchestration.contracts.organisation import ORGANISATION
from orchestration.contracts.patient_ethnicity import PATIENT_ETHNICITY
from orchestration.contracts.postcode import POSTCODE
from orchestration.contracts.staff_record import STAFF_RECORD

FEEDS: dict[str, Feed] = {
    feed.name: feed
    for feed in (STAFF_RECORD, INCIDENTS, MHSDS, PATIENT_ETHNICITY, CONTACTS, CENSUS, ORGANISATION, POSTCODE)
}

__all__ = ["FEEDS", "Column", "Feed", "Lookup", "RowRule", "Table"]
