"""What is recorded beside who lives here: over-use of "any other", under-use of mixed, groups that are lost."""

from __future__ import annotations

from typing import ClassVar

from expectations.classes.base import AtLeast, AtMost, SomethingThere


class ExpectAnyOtherUseWithinFactorOfResidents(AtMost):
    """The share of "any other" categories is within a factor of that of residents."""

    rule: ClassVar[str] = 'the share recorded as "any other" is within a factor of the same share of residents'


class ExpectMixedUseWithinFactorOfResidents(AtLeast):
    """The share of mixed categories is not below a factor of that of residents."""

    rule: ClassVar[str] = "the share recorded as mixed is within a factor of the same share of residents"


class ExpectEveryGroupOfResidentsToBeRecorded(SomethingThere):
    """Every ethnic group of which residents lead one to expect people has at least one: no map has lost it."""

    rule: ClassVar[str] = "every ethnic group that residents lead one to expect is recorded for somebody"
