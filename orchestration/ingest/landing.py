"""Files in the landing folder and the submissions they make up.

Belongs here: which files lie where, whether they are complete, whether they may be read at all. Does not belong here:
what is in them (`raw`, `workbook`). Nothing here changes the landing folder.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from orchestration.contracts import Feed, Table
from orchestration.ingest.findings import Finding
from orchestration.months import is_month, month_of
from orchestration.settings import ORGANISATION, Settings

ALL = "all"
"""Period of a feed that has none."""
UNFINISHED_ENDINGS = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".!qb")
UNFINISHED_BEGINNINGS = ("~$", ".~lock")
IGNORED_NAMES = ("thumbs.db", "desktop.ini")
READABLE = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet"}
_NHS_NUMBER = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_LONG_NUMBER = re.compile(r"(?<!\d)(?!20\d{4}(\d{2})?(?!\d))\d{5,}")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class LandedFile:
    """One file as it was seen.

    Attributes:
        path: where it lies.
        table: the table its name says it is; None when no table begins like that.
        kind: `csv`, `xlsx` or `parquet`; None when it cannot be read.
        size: bytes.
        modified: time of the last change in nanoseconds, to see a change and for nothing else.
        fault: why it may not be opened.
    """

    path: Path
    table: Table | None
    kind: str | None
    size: int
    modified: int
    fault: Finding | None = None

    @property
    def name(self) -> str:
        """Base name, with anything that looks like an NHS number masked."""
        return safe_name(self.path.name)

    @property
    def is_used(self) -> bool:
        """True for a file that belongs to a table, readable or not."""
        return self.table is not None


@dataclass(frozen=True)
class HashedFile:
    """A landed file that belongs to a table, with the SHA-256 of its bytes; empty when it may not be opened."""

    landed: LandedFile
    sha256: str

    @property
    def table(self) -> Table:
        """The table its name says it is."""
        if self.landed.table is None:
            raise ValueError("a file without a table is passed over before this")
        return self.landed.table


@dataclass(frozen=True)
class Submission:
    """All files of one period and organisation.

    Attributes:
        feed: name of the feed.
        period: `YYYY-MM` or `all`.
        organisation_code: who sent them.
        files: complete files, in the order of their names.
        unfinished: names of files that are still being written.
    """

    feed: str
    period: str
    organisation_code: str
    files: tuple[LandedFile, ...]
    unfinished: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[LandedFile, ...]:
        """The files that belong to a table."""
        return tuple(file for file in self.files if file.is_used)

    @property
    def is_recognised(self) -> bool:
        """True when a file belongs to a table, or may do so once it is complete."""
        return bool(self.used or self.unfinished)

    @property
    def fingerprint(self) -> str:
        """Changes whenever a file comes, goes, grows or is saved again."""
        seen = [(file.path.name, file.size, file.modified) for file in self.files]
        return hashlib.sha256(repr((seen, self.unfinished)).encode()).hexdigest()[:16]

    def is_as_seen(self) -> bool:
        """True while the files are as they were when the folder was looked at."""
        try:
            return all(
                (now.st_size, now.st_mtime_ns) == (file.size, file.modified)
                for file in self.used
                if file.fault is None
                for now in [file.path.stat()]
            )
        except FileNotFoundError:
            return False


def safe_name(name: str) -> str:
    """A file name that can be printed: digits that are no year, month or day become nines."""
    masked = _NHS_NUMBER.sub(lambda found: re.sub(r"\d", "9", found[0]), name)
    return _LONG_NUMBER.sub(lambda found: re.sub(r"\d", "9", found[0]), masked)


def periods(settings: Settings, feed: Feed) -> list[str]:
    """Periods of a feed that have a folder in landing, in order."""
    folder = settings.landing / feed.name
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and is_period(feed, path.name))


def unread_folders(settings: Settings, feed: Feed) -> list[str]:
    """Folders of a feed of which nothing is taken in, and which would else be passed over in silence.

    Returns:
        A line for each that says where, what was expected, what was found and what to do.
    """
    return [*_misnamed(settings, feed), *_ahead(settings, feed), *_unrecognised(settings, feed)]


def unknown_folders(settings: Settings, feeds: Collection[str]) -> list[str]:
    """Folders of landing that are no feed's: a line for each that says what to do."""
    if not settings.landing.is_dir():
        return []
    return [
        f"{settings.landing / safe_name(path.name)}: expected a folder named after a feed ({', '.join(feeds)}); "
        "rename it, or move it out of the folder"
        for path in sorted(settings.landing.iterdir())
        if not path.name.startswith(".") and path.name not in feeds
    ]


def _misnamed(settings: Settings, feed: Feed) -> list[str]:
    folder = settings.landing / feed.name
    if not folder.is_dir():
        return []
    wanted = "a folder named after its month, like 2025-09" if feed.partition == "month" else f"a folder named {ALL}"
    return [
        f"{folder / safe_name(path.name)}: expected {wanted}; rename it, or move it out of the folder"
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".") and not (path.is_dir() and is_period(feed, path.name))
    ]


def _ahead(settings: Settings, feed: Feed) -> list[str]:
    as_of = settings.trust.as_of
    return [
        f"{settings.landing / feed.name / period}: expected a month that has begun by {as_of} (as_of), found {period}; "
        "rename the folder, or set as_of in trust.yaml"
        for period in periods(settings, feed)
        if period != ALL and month_of(as_of) < period
    ]


def _unrecognised(settings: Settings, feed: Feed) -> list[str]:
    wanted = ", ".join(table.file_prefix for table in feed.tables if table.file_prefix)
    lines = []
    for period in periods(settings, feed):
        folder = settings.landing / feed.name / period
        lines += [
            f"{folder / safe_name(path.name)}: expected a folder named after an organisation code in capitals; "
            "rename it"
            for path in sorted(folder.iterdir())
            if path.is_dir() and not path.name.startswith(".") and not re.fullmatch(ORGANISATION, path.name)
        ]
        lines += [
            f"{folder}: {submission.organisation_code}: expected files whose names begin with {wanted}, found "
            f"{len(submission.files)} other; rename them, or move them out of the folder"
            for submission in submissions(settings, feed, period)
            if not submission.is_recognised
        ]
    return lines


def is_period(feed: Feed, name: str) -> bool:
    """True for a folder name that is a period of the feed."""
    return is_month(name) if feed.partition == "month" else name == ALL


def submissions(settings: Settings, feed: Feed, period: str) -> list[Submission]:
    """The submissions of one period, the trust's own first, then by code.

    Files directly in the period's folder and files under the trust's own code are one submission.
    """
    folder = settings.landing / feed.name / period
    if not folder.is_dir():
        return []
    own = settings.trust.organisation_code
    paths: dict[str, list[Path]] = {own: []}
    for path in sorted(folder.iterdir()):
        if path.is_dir() and re.fullmatch(ORGANISATION, path.name):
            paths.setdefault(path.name, []).extend(sorted(path.iterdir()))
        else:
            paths[own].append(path)
    in_order = sorted(paths, key=lambda code: (code != own, code))
    found = [_submission(settings, feed, period, code, paths[code]) for code in in_order]
    return [each for each in found if each.files or each.unfinished]


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, read a block at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _submission(settings: Settings, feed: Feed, period: str, code: str, paths: list[Path]) -> Submission:
    unfinished, files = [], []
    for path in paths:
        lowered = path.name.lower()
        if lowered.endswith(UNFINISHED_ENDINGS) or lowered.startswith(UNFINISHED_BEGINNINGS):
            unfinished.append(safe_name(path.name))
        elif not lowered.startswith(".") and lowered not in IGNORED_NAMES:
            files.append(_landed(settings, feed, path))
    return Submission(feed.name, period, code, tuple(files), tuple(unfinished))


def _landed(settings: Settings, feed: Feed, path: Path) -> LandedFile:
    table = feed.table_for(path.name)
    kind = READABLE.get(path.suffix.lower())
    if kind is None and table is not None and not table.file_prefix:
        table = None
    fault = _fault(settings.landing, path)
    if fault is not None:
        return LandedFile(path, table or feed.tables[0], kind, 0, 0, fault)
    seen = path.stat()
    if not stat.S_ISREG(seen.st_mode):
        table = None
    elif table is not None and kind is None:
        fault = Finding(
            "file_type",
            "file",
            "a file that ends in .csv, .xlsx or .parquet",
            f"one that ends in {path.suffix!r}",
            "save it as CSV in UTF-8, or move it out of the folder",
            file_name=safe_name(path.name),
        )
    return LandedFile(path, table, kind, seen.st_size, seen.st_mtime_ns, fault)


def _fault(landing: Path, path: Path) -> Finding | None:
    """A link that leaves the landing folder, or leads nowhere."""
    target = path.resolve()
    if target.is_relative_to(landing.resolve()) and target.exists():
        return None
    found = "a link to a place outside it" if target.exists() else "a link that leads nowhere"
    return Finding(
        "link",
        "file",
        "a file inside the landing folder",
        found,
        "copy the file itself into the folder",
        file_name=safe_name(path.name),
    )
