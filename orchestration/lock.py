"""One run or command at a time in one home, whoever started it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from orchestration.checked_file import SettingsError
from orchestration.settings import Settings


@contextmanager
def only_one(settings: Settings, *, waits: bool = False) -> Iterator[None]:
    """Hold the home folder for this process; the lock goes with the process, however it ends.

    Args:
        settings: where the home is.
        waits: wait for another run or command to end, and be the next.

    Raises:
        SettingsError: another run or command holds it, or the home can not be used.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        file = (settings.home / "run.lock").open("w")
    except OSError as error:
        raise SettingsError(f"{settings.home}: can not be used ({error.strerror}); EQUITY_HOME names it") from None
    with file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"{settings.home}: another run is at work there; wait for it to end") from None
        yield
