"""One run or command at a time in one home, whoever started it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from orchestration.checked_file import SettingsError
from orchestration.settings import Settings

_LOCK, _QUEUE = "run.lock", "run.queue"


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
        file = (settings.home / _LOCK).open("w")
    except OSError as error:
        raise SettingsError(f"{settings.home}: can not be used ({error.strerror}); EQUITY_HOME names it") from None
    with file as lock:
        if waits:
            with (settings.home / _QUEUE).open("w") as queue:
                fcntl.flock(queue, fcntl.LOCK_SH)
                fcntl.flock(lock, fcntl.LOCK_EX)
        else:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SettingsError(f"{settings.home}: another run is at work there; wait for it to end") from None
        yield


def is_awaited(settings: Settings) -> bool:
    """True when a run waits for the home, for whoever holds it."""
    with (settings.home / _QUEUE).open("w") as queue:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
