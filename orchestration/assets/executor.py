"""How a run that Dagster starts is executed: in one process, alone in its home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import dagster as dg

from orchestration.lock import only_one
from orchestration.settings import Settings


def build_executor(settings: Settings) -> dg.ExecutorDefinition:
    """Dagster's in-process executor, holding the lock of the home that every command holds."""

    @dg.executor(name="alone_in_its_home", config_schema=dg.in_process_executor.config_schema)  # type: ignore[call-overload]
    def alone(context: dg.InitExecutorContext) -> dg.Executor:
        create = dg.in_process_executor.executor_creation_fn
        if create is None:
            raise dg.DagsterInvariantViolationError("Dagster's in-process executor can not be created")
        return _Alone(settings, create(context))

    return alone


class _Alone(dg.Executor):
    """Another executor, at work only while it holds the lock.

    It waits for the lock: nobody would ask again for a run that a sensor or a schedule has asked for once.
    """

    def __init__(self, settings: Settings, within: dg.Executor) -> None:
        self._settings, self._within = settings, within

    @property
    def retries(self) -> Any:
        return self._within.retries

    @property
    def step_dependency_config(self) -> Any:
        return self._within.step_dependency_config

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[dg.DagsterEvent]:
        plan_context.log.info(f"{self._settings.home}: begins when no other run or command is at work there")
        with ExitStack() as home:
            with dg.raise_execution_interrupts():  # whoever waits can be told to stop
                home.enter_context(only_one(self._settings, waits=True))
            yield from self._within.execute(plan_context, execution_plan)
