"""One period of a feed from landing to lake: read, check, write, receipt.

Belongs here: the order of things for one submission, and what is skipped. Does not belong here: any of the steps.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from orchestration.checked_file import SettingsError
from orchestration.contracts import Feed, Table
from orchestration.ingest import lake, postcodes, vocabulary
from orchestration.ingest.attempt import Attempt
from orchestration.ingest.findings import Finding, StillWrittenError, unreadable
from orchestration.ingest.landing import HashedFile, LandedFile, Submission, sha256, submissions
from orchestration.ingest.parsing import Reading
from orchestration.ingest.periods import span
from orchestration.ingest.pseudonym import Pseudonyms
from orchestration.ingest.receipts import Receipt, is_same_reading, reading_id
from orchestration.ingest.results import Outcome, PeriodResult, SubmissionResult, outcomes
from orchestration.settings import PROJECT, PseudonymKeys, Settings

SEEDS = PROJECT / "seeds"
_log = logging.getLogger(__name__)


def ingest_period(settings: Settings, feed: Feed, period: str, *, seeds: Path = SEEDS) -> PeriodResult:
    """Take in every submission of one period that is new, changed, or would be read otherwise now.

    Args:
        settings: where things lie and which trust this is.
        feed: the contract.
        period: `YYYY-MM`, or `all` for a feed without periods.
        seeds: folder of the reference tables that hold known values.

    Returns:
        What became of each organisation's submission; of an unchanged one, what its receipts say.

    Raises:
        SettingsError: a header in trust.yaml or a reference table is unknown.
    """
    ingest = _Ingest(settings, feed, period, seeds)
    landed = {each.organisation_code: each for each in submissions(settings, feed, period)}
    codes = [*landed, *(code for code in lake.organisations(settings, feed, period) if code not in landed)]
    return PeriodResult(feed.name, period, tuple(ingest.take_in(code, landed.get(code)) for code in codes))


def check_headers(settings: Settings, feed: Feed) -> None:
    """Refuse a header map that names a header no contract has: it would be passed over in silence.

    Raises:
        SettingsError: naming it.
    """
    known = {column.header for table in feed.tables for column in table.columns}
    for header in settings.headers(feed.name):
        if header not in known:
            raise SettingsError(
                f"{settings.trust_config}: feeds.{feed.name}.headers: unknown header {header!r}; "
                f"write our header, a colon, yours; ours are {', '.join(sorted(known))}"
            )


@contextmanager
def _without_collection() -> Iterator[None]:
    """No search for reference cycles meanwhile: millions of cells have none, and looking through them takes a sixth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@lru_cache(maxsize=4)
def _pseudonyms(keys: PseudonymKeys) -> Pseudonyms:
    return Pseudonyms(keys)


@lru_cache(maxsize=1)
def _directory(settings: Settings, _seen: tuple[str, ...]) -> postcodes.Directory:
    return postcodes.load(settings)


@dataclass
class _Ingest:
    """One period of one feed."""

    settings: Settings
    feed: Feed
    period: str
    seeds: Path

    def __post_init__(self) -> None:
        check_headers(self.settings, self.feed)
        self._headers = self.settings.headers(self.feed.name)
        self._pseudonyms = _pseudonyms(self.settings.pseudonym_keys())
        columns = [column for table in self.feed.tables for column in table.columns]
        self._vocabularies = {
            column.name: vocabulary.load(self.seeds, column.name, *column.vocabulary)
            for column in columns
            if column.vocabulary
        }
        self._uses_directory = any(column.treatment == "area" for column in columns)

    def take_in(self, code: str, submission: Submission | None) -> SubmissionResult:
        """Take in one organisation's submission, or say why it was not."""
        kept = lake.kept_folder(self.settings, self.feed.name, self.period, code)
        refused = lake.refused_folder(self.settings, self.feed.name, self.period, code)
        lake.recover(self.settings, kept)
        if submission is None or not submission.is_recognised:
            return self._stored(code, "absent", kept, kept)
        if submission.unfinished:
            return self._waiting(code, kept, submission.unfinished)
        files, twice = _hashed(submission)
        attempt = Attempt(self.settings, self.feed, submission, files, reading_id=self._reading_id(submission, twice))
        if self._is_same(kept, files, attempt.reading_id):
            lake.remove(refused)
            return self._stored(code, "unchanged", kept, kept)
        if self._is_same(refused, files, attempt.reading_id):
            return self._stored(code, "refused", refused, kept)
        try:
            with _without_collection():
                attempt.read(self._reading(code))
        except StillWrittenError:
            return self._waiting(code, kept, [file.landed.name for file in files])
        attempt.pass_over(twice)
        return self._finish(attempt, code, kept, refused)

    def _finish(self, attempt: Attempt, code: str, kept: Path, refused: Path) -> SubmissionResult:
        if attempt.is_refused:
            attempt.write_refused(refused)
            _log.warning("%s %s %s refused", self.feed.name, self.period, code)
            return self._stored(code, "refused", refused, kept)
        attempt.write_kept(kept)
        lake.remove(refused)
        _log.info("%s %s %s kept", self.feed.name, self.period, code)
        return self._result(code, "kept", attempt.receipts(), attempt.findings(), has_kept=True)

    def _reading(self, code: str) -> Reading:
        band_day, latest = span(self.settings, self.period)
        nothing = postcodes.Directory.empty()
        directory = _directory(self.settings, self._directory_seen()) if self._uses_directory else nothing
        return Reading(code, band_day, latest, self._pseudonyms, directory, self._vocabularies)

    def _directory_seen(self) -> tuple[str, ...]:
        return postcodes.seen(self.settings)

    def _reading_id(self, submission: Submission, twice: Sequence[HashedFile]) -> str:
        passed_over = sorted(file.name for file in submission.files if not file.is_used)
        vocabularies = sorted((name, vocabulary.fingerprint(each)) for name, each in self._vocabularies.items())
        directory = None
        if self._uses_directory:
            directory = _directory(self.settings, self._directory_seen()).fingerprint
        parts = (
            sorted(self._headers.items()),
            self._pseudonyms.fingerprint,
            vocabularies,
            span(self.settings, self.period),
            passed_over,
            sorted(each.landed.name for each in twice),
        )
        return reading_id(self.feed, parts, directory)

    def _is_same(self, folder: Path, files: Sequence[HashedFile], reading: str) -> bool:
        receipts = lake.read_receipts(folder)
        return (
            bool(receipts)
            and {(each.file_name, each.file_sha256) for each in receipts}
            == {(file.landed.name, file.sha256) for file in files}
            and all(is_same_reading(each.reading_id, reading) for each in receipts)
        )

    def _waiting(self, code: str, kept: Path, names: Sequence[str]) -> SubmissionResult:
        note = f"{', '.join(names)}: still being written; it is read when it is complete (or remove it)"
        return replace(self._stored(code, "waiting", kept, kept), note=note)

    def _stored(self, code: str, outcome: Outcome, folder: Path, kept: Path) -> SubmissionResult:
        """The result that the lake's own receipts and findings give."""
        receipts = lake.read_receipts(folder)
        findings = lake.read_findings(folder) if receipts else []
        has_kept = bool(receipts) if folder == kept else (kept / f"{lake.RECEIPT}.parquet").is_file()
        return self._result(code, outcome, receipts, findings, has_kept=has_kept)

    def _result(
        self, code: str, outcome: Outcome, receipts: Sequence[Receipt], findings: Sequence[Finding], *, has_kept: bool
    ) -> SubmissionResult:
        checks = outcomes(self.feed, receipts, findings, self._headers)
        return SubmissionResult(code, outcome, tuple(receipts), tuple(findings), checks, has_kept)


def _hash(file: LandedFile) -> HashedFile:
    """A file with its hash; one that may not be opened has none."""
    if file.fault is not None:
        return HashedFile(file, "")
    try:
        return HashedFile(file, sha256(file.path))
    except OSError as error:
        return HashedFile(replace(file, fault=unreadable(error)), "")


def _hashed(submission: Submission) -> tuple[list[HashedFile], list[HashedFile]]:
    """The files with their hashes, and apart from them those that repeat another of the same table."""
    files: list[HashedFile] = []
    twice: list[HashedFile] = []
    seen: set[tuple[str, Table]] = set()
    for file in submission.used:
        hashed = _hash(file)
        digest = hashed.sha256
        if digest and (digest, hashed.table) in seen:
            twice.append(hashed)
            continue
        seen.add((digest, hashed.table))
        files.append(hashed)
    return files, twice
