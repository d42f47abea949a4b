"""The event log of `make run`: thousands of events, each a write and not a wait."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData


class HeldEventLogStorage(SqliteEventLogStorage):
    """The orchestrator's own storage, with each of its SQLite files opened once instead of for every event.

    Commits wait for the disk at checkpoints only: what a killed process wrote is kept, and a power cut can cost the
    last events of a run that was cut too.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sqlalchemy.Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> HeldEventLogStorage:
        """The storage that an instance file asks for."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            if shard not in self._engines:
                self._engines[shard] = self._opened(shard)
            with self._engines[shard].begin() as connection:
                yield connection

    def _opened(self, shard: str) -> sqlalchemy.Engine:
        engine = sqlalchemy.create_engine(
            self.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
        )
        sqlalchemy.event.listen(engine, "connect", _wait_at_checkpoints)
        self._initdb(engine)
        return engine

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()


def _wait_at_checkpoints(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
