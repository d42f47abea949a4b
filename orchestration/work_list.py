"""A team's work-list: the local numbers of the patients it has to ask for their ethnicity.

Belongs here: who is on the list, where it may lie, how long, and the line that says it was made. Does not belong here:
who is to be asked (`int_asking_person`), the command (`cli`). A list is the one thing made here that names people: it
holds the number and who issued it, nothing else, and lies where nothing of the pipeline reads it. It is also the one
thing whose days are real: until when it may be kept is a promise to delete, so only here is the clock read.
"""

from __future__ import annotations

import csv
import datetime
import io
import logging
import os
import pwd
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.checked_file import SettingsError
from orchestration.ingest import Issued, issued_numbers
from orchestration.settings import PROJECT, Settings

LOG = Path("logs") / "work_lists.log"
"""Place of the log in the home folder."""
NUMBERED_BY = {"patient_ethnicity": ("contacts", "contact"), "mhsds": ("mhsds", "mhs001_mpi")}
"""By source of the plan the feed and the table whose files number its people."""
NO_TEAM = "UNKNOWN"
"""Under which the plan counts people whom no team is known to see."""
_FIRST_LINE = "# Work list of {unit}: keep it until {expires} and no longer, show it to the team only."
_OUR_FIRST_LINE = re.compile(r"# Work list of .+: keep it until \d{4}-\d{2}-\d{2} and no longer")
_OUR_NAME = re.compile(r"\.?work_list_.+_until_(\d{4}-\d{2}-\d{2})\.csv(\.part)?")
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class WorkList:
    """What became of one request.

    Attributes:
        path: the list; None when nobody is to be asked.
        people: numbers on it.
        not_found: people to be asked whose number landing does not hold any more.
        month: the month at whose end they were to be asked, as `YYYY-MM`.
        expires: last day on which it may be kept.
        removed: expired lists that were removed.
    """

    path: Path | None
    people: int
    not_found: int
    month: str
    expires: datetime.date
    removed: tuple[Path, ...]


def make_work_list(settings: Settings, unit_code: str, folder: Path, days: int) -> WorkList:
    """Write the list of one team, and remove the expired ones beside it.

    The caller holds the home (`orchestration.lock`): the warehouse has one writer.

    Args:
        settings: where things lie.
        unit_code: the team.
        folder: where the list goes; made when it is not there.
        days: days after today on which it may still be kept; after `as_of` where that lies ahead.

    Raises:
        SettingsError: the folder is not fit for it, there is no key or no warehouse, the team is not known, has staff
            only or is the one nobody knows, or landing does not hold its people.
    """
    folder = _fit_folder(settings, folder)
    settings.pseudonym_keys()
    today = max(settings.trust.as_of, _today())
    removed = _remove_expired(folder, today)
    source, month, pseudonyms = _to_ask(settings, unit_code)
    expires = today + datetime.timedelta(days=days)
    if not pseudonyms:
        return WorkList(None, 0, 0, month, expires, removed)
    feed, table = NUMBERED_BY[source]
    found = issued_numbers(settings, table, month, pseudonyms)
    if not found:
        raise SettingsError(
            f"{settings.landing / feed / month}: expected the files of the last run, read with the key of "
            f"the last run; found none of the {len(pseudonyms):,} people to be asked; put the files and the key back, "
            "or run again: make run"
        )
    path = folder / f"work_list_{_NOT_IN_A_NAME.sub('-', unit_code)}_until_{expires.isoformat()}.csv"
    line = f"work list: made by {_login()}, unit {unit_code}, people {len(found)}, expires {expires.isoformat()}"
    _write(settings, path, _content(unit_code, expires, sorted(found.values())), line)
    return WorkList(path, len(found), len(pseudonyms) - len(found), month, expires, removed)


def _today() -> datetime.date:
    """The real day: a trust's `as_of` is weeks old when its months have landed."""
    return datetime.date.today()


@contextmanager
def _told_of(path: Path, fault: str) -> Iterator[None]:
    """What the machine says against a path, as one line."""
    try:
        yield
    except OSError as error:
        raise SettingsError(f"{error.filename or path}: {fault} ({error.strerror})") from None
    except RuntimeError as error:  # a home folder of nobody's, and links that go round
        raise SettingsError(f"{path}: {fault} ({error})") from None


def _fit_folder(settings: Settings, named: Path) -> Path:
    """The folder by its whole path; where it is there already, it is closed to others."""
    with _told_of(named, "can not be used; name a folder of your own"):
        written = named.expanduser().absolute()
        folder = written.resolve()
        for place, name in _not_fit(settings):
            if folder.is_relative_to(place) or Path(os.path.normpath(written)).is_relative_to(place):
                raise SettingsError(
                    f"{folder}: lies inside {name}; a work-list names people: choose a folder outside, which only the "
                    "team and you can read"
                )
        try:
            mode = folder.stat().st_mode
        except FileNotFoundError:
            return folder
    if not stat.S_ISDIR(mode):
        raise SettingsError(f"{folder}: is no folder; name one")
    if mode & 0o077:
        raise SettingsError(
            f"{folder}: others on this machine may open it; close it with chmod 700, or name a folder that is not "
            "there yet"
        )
    return folder


def _not_fit(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Where no list may lie: the home, what is linked into it from another disk, and the checkout."""
    yield settings.home, "EQUITY_HOME"
    for child in settings.home.iterdir():
        if child.is_dir():
            yield child.resolve(), f"{child.name} of EQUITY_HOME"
    yield PROJECT, "the checkout"


def _remove_expired(folder: Path, today: datetime.date) -> tuple[Path, ...]:
    """Lists of ours whose last day is over: by their name, and by their first line, so that no file of others goes."""
    removed = []
    with _told_of(folder, "can not be cleared of lists that have expired"):
        for path in sorted(folder.glob("*work_list_*")):
            named = _OUR_NAME.fullmatch(path.name)
            if named is None or named[1] >= today.isoformat() or path.is_symlink() or not path.is_file():
                continue
            with path.open(encoding="utf-8", errors="replace") as file:
                is_ours = _OUR_FIRST_LINE.match(file.readline()) is not None
            if is_ours:
                path.unlink()
                removed.append(path)
    return tuple(removed)


def _to_ask(settings: Settings, unit_code: str) -> tuple[str, str, set[str]]:
    """Source, month and pseudonyms of the patients to be asked: the latest month, the trust's own record first."""
    if not settings.warehouse_file.exists():
        raise SettingsError(f"{settings.warehouse_file}: nothing is built yet; run: make run")
    if unit_code == NO_TEAM:
        raise SettingsError(
            f"{unit_code}: expected a team, and this is none: nobody could ask the people on its list; give their "
            "records a unit that the feed organisation names, or that unit the name they have, and run: make run"
        )
    trust = settings.trust.organisation_code
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        try:
            latest = warehouse.execute(
                "SELECT source, max(month) FROM intermediate.int_asking_person WHERE organisation_code = ? "
                "AND source IN ('patient_ethnicity', 'mhsds') GROUP BY source "
                "ORDER BY max(month) DESC, source = 'patient_ethnicity' DESC LIMIT 1",
                [trust],
            ).fetchone()
        except duckdb.CatalogException:
            raise SettingsError(
                f"{settings.warehouse_file}: was built before there was an asking plan; run: make run"
            ) from None
        if latest is None:
            raise SettingsError(
                f"{settings.warehouse_file}: expected patients of a team, found none; land contacts, or mhsds, and run"
            )
        people = warehouse.execute(
            "SELECT record_key, is_to_ask FROM intermediate.int_asking_person "
            "WHERE source = ? AND month = ? AND unit_code = ? AND organisation_code = ?",
            [*latest, unit_code, trust],
        ).fetchall()
        has_staff = warehouse.execute(
            "SELECT 1 FROM intermediate.int_asking_person "
            "WHERE source = 'staff_record' AND unit_code = ? AND organisation_code = ? LIMIT 1",
            [unit_code, trust],
        ).fetchall()
    source, month = latest
    if not people and has_staff:
        raise SettingsError(
            f"{unit_code}: has staff and no patients in {month:%Y-%m}; no lists of staff are made: staff are asked, "
            "all alike, to look at their own record"
        )
    if not people:
        raise SettingsError(
            f"{unit_code}: expected a team with patients in {month:%Y-%m}, found none of that code; the codes stand in "
            "quality.asking_plan, column unit_code"
        )
    return source, f"{month:%Y-%m}", {key for key, is_to_ask in people if is_to_ask}


def _content(unit_code: str, expires: datetime.date, numbers: list[Issued]) -> str:
    """The file: until when it may be kept, and a line for each person."""
    text = io.StringIO()
    text.write(_FIRST_LINE.format(unit=unit_code, expires=expires.isoformat()) + "\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["organisation_code", "local_patient_id"])
    writer.writerows((each.organisation_code, each.number) for each in numbers)
    return text.getvalue()


def _write(settings: Settings, path: Path, content: str, line: str) -> None:
    """Put the list in place, readable by its owner only, once the log has its line: there is no list without one."""
    staged = path.with_name(f".{path.name}.part")
    with _told_of(path, "can not be written"):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            staged.unlink(missing_ok=True)
            with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(content)
            _log(settings, line)
            staged.replace(path)
        finally:
            if staged.exists():
                staged.unlink()


class _Log(logging.FileHandler):
    """A log whose line is written or says that it is not: the library prints such a fault and goes on."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Let what went wrong through."""
        raise  # noqa: PLE0704 - the library calls this while it handles what went wrong


def _log(settings: Settings, line: str) -> None:
    """A line in the log of work-lists, with the time that the logging library gives it."""
    path = settings.home / LOG
    with _told_of(path, "can not be written, so no list was made"):
        path.parent.mkdir(exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        handler = _Log(path, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        logger = logging.Logger("work_list")
        logger.addHandler(handler)
        try:
            logger.info(line)
        finally:
            handler.close()


def _login() -> str:
    """Who runs this process, as the machine knows them."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"
