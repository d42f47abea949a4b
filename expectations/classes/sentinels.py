"""Silence where there should be records, and records that are not whole."""

from __future__ import annotations

from typing import ClassVar

from expectations.classes.base import AtLeast, SomethingThere


class ExpectWardsToReportIncidents(SomethingThere):
    """A ward with bed days in a month reports at least one incident of that month."""

    rule: ClassVar[str] = "every ward with bed days in the month has reported an incident"


class ExpectWardsToRecordEthnicity(SomethingThere):
    """A ward with bed days in a month has recorded an answer, or that one was declined, for somebody."""

    rule: ClassVar[str] = "every ward with bed days in the month has recorded an ethnic group, or a refusal"


class ExpectUseOfForceItemsToBeComplete(AtLeast):
    """Enough records of restraint hold an item that the Use of Force Act asks for."""

    rule: ClassVar[str] = "the share of use of force records in which the item is filled in meets its target"


class ExpectUseOfForceRecordsToBeComplete(AtLeast):
    """Enough records of restraint hold every item that the Use of Force Act asks for."""

    rule: ClassVar[str] = "the share of use of force records in which every item is filled in meets its target"
