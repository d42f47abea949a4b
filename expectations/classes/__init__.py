"""The expectations in the field's words, one module to a theme.

Belongs here: what holds of a slice, and how that reads. Does not belong here: which expectation is held on which feed
(`declared.py`), or which rows it sees (`slices.py`).
"""

from expectations.classes.base import ENGINE_FAULT, SliceExpectation
from expectations.classes.coherence import ExpectConflictShareToStayBelow, ExpectNoWhiteDefault, ExpectSystemsToAgree
from expectations.classes.recording import (
    ExpectEthnicityRecordedByFirstContact,
    ExpectInvalidShareToStayWithinLimit,
    ExpectKnownAndStatedShareToMeetTarget,
    ExpectNoSuddenDropBelowOwnLimits,
    ExpectNoUnmappedValue,
    ExpectSlicesToBePresent,
    ExpectStatusCountsToAddUp,
)
from expectations.classes.residents import (
    ExpectAnyOtherUseWithinFactorOfResidents,
    ExpectEveryGroupOfResidentsToBeRecorded,
    ExpectMixedUseWithinFactorOfResidents,
)
from expectations.classes.sentinels import (
    ExpectUseOfForceItemsToBeComplete,
    ExpectUseOfForceRecordsToBeComplete,
    ExpectWardsToRecordEthnicity,
    ExpectWardsToReportIncidents,
)

KINDS: dict[str, type[SliceExpectation]] = {
    kind.__name__: kind
    for kind in (
        ExpectAnyOtherUseWithinFactorOfResidents,
        ExpectConflictShareToStayBelow,
        ExpectEthnicityRecordedByFirstContact,
        ExpectEveryGroupOfResidentsToBeRecorded,
        ExpectInvalidShareToStayWithinLimit,
        ExpectKnownAndStatedShareToMeetTarget,
        ExpectMixedUseWithinFactorOfResidents,
        ExpectNoSuddenDropBelowOwnLimits,
        ExpectNoUnmappedValue,
        ExpectNoWhiteDefault,
        ExpectSlicesToBePresent,
        ExpectStatusCountsToAddUp,
        ExpectSystemsToAgree,
        ExpectUseOfForceItemsToBeComplete,
        ExpectUseOfForceRecordsToBeComplete,
        ExpectWardsToRecordEthnicity,
        ExpectWardsToReportIncidents,
    )
}
"""The classes by name, as `declared.py` names them."""

__all__ = ["ENGINE_FAULT", "KINDS", "SliceExpectation"]
