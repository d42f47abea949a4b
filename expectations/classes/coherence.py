"""Whether what is recorded of the same people agrees: from record to record, and from system to system."""

from __future__ import annotations

from typing import ClassVar

from expectations.classes.base import AtLeast, AtMost


class ExpectConflictShareToStayBelow(AtMost):
    """Of people with two usable records or more, few have records that differ."""

    rule: ClassVar[str] = "the share of people whose usable records differ stays within its limit"


class ExpectSystemsToAgree(AtLeast):
    """Of people whom two systems hold with a usable code, enough have the same one in both."""

    rule: ClassVar[str] = "the share of people for whom two systems hold the same ethnic group meets its target"


class ExpectNoWhiteDefault(AtMost):
    """Of people whom another system holds as not White British, few are White British in this one."""

    rule: ClassVar[str] = (
        "the share held as White British, of people whom another system holds as another group, stays within its limit"
    )
    adds_up: ClassVar[bool] = False
