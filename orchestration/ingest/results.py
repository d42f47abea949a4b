"""What an ingest did, in counts and sentences: never a value.

Belongs here: the shapes the assets, the status command and the tests read. Does not belong here: doing it (`run`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from orchestration.contracts import Feed, Table
from orchestration.contracts.schema import MALFORMED, UNIQUE_KEY, VOCABULARY, rules
from orchestration.ingest.findings import Effect, Finding
from orchestration.ingest.receipts import Receipt

Outcome = Literal["kept", "unchanged", "refused", "waiting", "absent"]
"""kept: read and taken in. unchanged: as it was, not read again. refused: not taken in; the last good one stays.
waiting: a file is still being written. absent: in the lake, no longer in landing."""


@dataclass(frozen=True)
class CheckOutcome:
    """What one rule of a contract found in a submission.

    Attributes:
        table_name: table in the lake; None for a rule over the submission.
        column_name: the file's header; None for a rule over rows.
        rule: name of the rule.
        effect: what it does where it is broken.
        failed_count: how often it was broken; 0 says that it held.
    """

    table_name: str | None
    column_name: str | None
    rule: str
    effect: Effect
    failed_count: int


@dataclass(frozen=True)
class SubmissionResult:
    """One organisation's submission of a period, from this run or from the receipts of an earlier one."""

    organisation_code: str
    outcome: Outcome
    receipts: tuple[Receipt, ...]
    findings: tuple[Finding, ...]
    checks: tuple[CheckOutcome, ...]
    has_kept: bool
    note: str | None = None

    @property
    def is_refused(self) -> bool:
        """True when the newest attempt was refused, now or in an earlier run."""
        return self.outcome == "refused"


@dataclass(frozen=True)
class PeriodResult:
    """All submissions of one period of a feed."""

    feed: str
    period: str
    submissions: tuple[SubmissionResult, ...]

    def _sum(self, name: str) -> int:
        return sum(getattr(receipt, name) for each in self.submissions for receipt in each.receipts)

    @property
    def rows_read(self) -> int:
        """Rows of all files: kept, quarantined and duplicate together."""
        return self._sum("rows_read")

    @property
    def rows_kept(self) -> int:
        """Rows in the lake."""
        return self._sum("rows_kept")

    @property
    def rows_quarantined(self) -> int:
        """Rows left out; of a refused submission, all but its duplicates."""
        return self._sum("rows_quarantined")

    @property
    def rows_duplicate(self) -> int:
        """Rows equal to an earlier one of the submission."""
        return self._sum("rows_duplicate")

    @property
    def files_refused(self) -> int:
        """Files of refused submissions."""
        return sum(receipt.status == "refused" for each in self.submissions for receipt in each.receipts)

    @property
    def has_kept(self) -> bool:
        """True when the lake holds the period, from whatever organisation."""
        return any(each.has_kept for each in self.submissions)

    @property
    def values_unknown(self) -> int:
        """Values of a vocabulary that the reference tables do not know."""
        return sum(check.failed_count for check in self.checks if check.rule == VOCABULARY)

    @property
    def checks(self) -> tuple[CheckOutcome, ...]:
        """The rules of all submissions, their counts added up."""
        counts: Counter[tuple[str | None, str | None, str, Effect]] = Counter()
        for each in self.submissions:
            for check in each.checks:
                counts[check.table_name, check.column_name, check.rule, check.effect] += check.failed_count
        return tuple(CheckOutcome(*key, count) for key, count in counts.items())

    @property
    def messages(self) -> tuple[str, ...]:
        """Why submissions were refused or wait, a line each."""
        return tuple(line for each in self.submissions for line in self._refusals(each))

    def found(self, wanted: Callable[[Finding], bool]) -> tuple[str, ...]:
        """Rows left out, values cleared and notes: a line per file, column and rule, with the first row.

        Args:
            wanted: which findings to tell of.
        """
        lines: dict[tuple[str | None, ...], str] = {}
        for each in self.submissions:
            for finding in each.findings:
                if finding.effect != "file" and wanted(finding):
                    key = (each.organisation_code, finding.file_name, finding.column_name, finding.rule)
                    lines.setdefault(key, f"{self._place(each)}: {finding.message()}")
        return tuple(lines.values())

    def _refusals(self, each: SubmissionResult) -> list[str]:
        lines = [f"{self._place(each)}: {each.note}"] if each.note else []
        if each.is_refused:
            stays = "the last good one stays" if each.has_kept else "there is no earlier one"
            lines += [
                f"{self._place(each)}: refused, {stays}: {finding.message()}"
                for finding in each.findings
                if finding.effect == "file"
            ]
        return lines

    def _place(self, each: SubmissionResult) -> str:
        return f"{self.feed}/{self.period}/{each.organisation_code}"


def outcomes(
    feed: Feed, receipts: Sequence[Receipt], findings: Sequence[Finding], trust_headers: Mapping[str, str]
) -> tuple[CheckOutcome, ...]:
    """Every rule of the tables a submission has, with how often it was broken, and what else was found."""
    counts: dict[tuple[str | None, str | None, str, Effect], int] = {}
    tables: dict[str, Table] = {table.name: table for table in feed.tables}
    for name in dict.fromkeys(receipt.table_name for receipt in receipts):
        headers = {column.name: trust_headers.get(column.header, column.header) for column in tables[name].columns}
        for rule in rules(tables[name]):
            counts[name, rule.column_name and headers[rule.column_name], rule.name, rule.effect] = 0
    row_rules = {MALFORMED, UNIQUE_KEY, *(rule.name for table in feed.tables for rule in table.row_rules)}
    told: dict[tuple[str | None, ...], int] = {}
    for each in findings:
        told[each.table_name, each.file_name, each.column_name, each.rule, each.effect] = each.finding_count
    for (table_name, _, column_name, rule_name, effect), count in told.items():
        header = None if rule_name in row_rules else column_name
        key = (table_name, header, str(rule_name), effect)
        counts[key] = counts.get(key, 0) + count  # type: ignore[index,arg-type]
    return tuple(CheckOutcome(*key, count) for key, count in counts.items())
