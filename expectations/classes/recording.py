"""How well ethnicity is recorded: statuses, shares of records against targets, and a unit against its own past."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from expectations.classes.base import AtLeast, AtMost, SliceExpectation, SomethingThere


class ExpectSlicesToBePresent(SomethingThere):
    """Every table of the suite has rows of the feed: an empty table never passes for a good one."""

    rule: ClassVar[str] = "every table the suite reads has something of the feed to judge"


class ExpectStatusCountsToAddUp(SliceExpectation):
    """The five recording statuses add up to the records: nothing is lost, counted twice or without a status."""

    rule: ClassVar[str] = "valid, not stated, not known, invalid and missing add up to the records"

    @classmethod
    def holds(cls, slices: pd.DataFrame, limit: pd.Series) -> pd.Series:
        """Every row of the slice adds up; a count that is NULL does not."""
        return slices["numerator"].notna() & (slices["numerator"] == slices["denominator"])


class ExpectNoUnmappedValue(SliceExpectation):
    """Every value of a submission is one that a reference table knows."""

    rule: ClassVar[str] = "every value received is one that the reference tables know"
    worst_is_low: ClassVar[bool] = False

    @classmethod
    def holds(cls, slices: pd.DataFrame, limit: pd.Series) -> pd.Series:
        """None was counted; a count that is NULL is not none."""
        return slices["numerator"].notna() & (slices["numerator"] == 0)


class ExpectKnownAndStatedShareToMeetTarget(AtLeast):
    """The share of records with a known and stated ethnic group is at least the target in force."""

    rule: ClassVar[str] = "the share of records with a known and stated ethnic group meets its target"


class ExpectInvalidShareToStayWithinLimit(AtMost):
    """The share of records whose ethnic code means nothing stays within its limit."""

    rule: ClassVar[str] = "the share of records with an unusable code stays within its limit"


class ExpectNoSuddenDropBelowOwnLimits(AtLeast):
    """The known-and-stated share did not fall below the lower limit that the unit's own months draw.

    A unit already below it the month before has no slice: it is low, which its chart says, and did not drop. Nor has
    one of few records. What one person can make is no fall: `quality.ethnicity_recording_trend` says what is.
    """

    rule: ClassVar[str] = (
        "the share with a known and stated ethnic group did not newly fall below the unit's own usual range, by more "
        "than one person"
    )
    adds_up: ClassVar[bool] = False

    @classmethod
    def holds(cls, slices: pd.DataFrame, limit: pd.Series) -> pd.Series:
        """The chart says that it did not fall; one that says nothing does not."""
        return slices["is_met"].eq(True)


class ExpectEthnicityRecordedByFirstContact(AtLeast):
    """Of people first seen in the month, enough had their ethnic group recorded on that day or before."""

    rule: ClassVar[str] = "the share of people whose ethnic group was recorded by their first contact meets its target"
