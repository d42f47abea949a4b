"""Telling somebody that checks failed: the trust's own command, by severity, wherever a run is started from.

Belongs here: what is said and to whom. Does not belong here: deciding that a run is bad (`verdict`). Nothing of this is
in the definitions unless `trust.yaml` has `alerts`; it needs no daemon, so `make run` tells as a schedule does.
"""

import logging
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.settings import Alerts

VERDICT = "published__run_verdict"
"""The step that tells of failed checks itself."""
WAIT_SECONDS = 60


def tell(
    alerts: Alerts, run_id: str, failed: Mapping[str, Sequence[str]], log: logging.Logger
) -> None:
    """Run the command with the names of the failed checks on its standard input, one a line, never a value.

    `failed` has the checks that failed at `error` and at `warn`. Nothing is run when nothing failed at the severity
    asked for. A command that fails is said so in the log and does not change the verdict on the data.
    """
    heard = ("error",) if alerts.severity == "error" else ("error", "warn")
    lines = [f"{severity}: {check}" for severity in heard for check in failed[severity]]
    if lines:
        _send(alerts, [f"run {run_id}: {len(lines)} checks failed", *lines], log)


def build_hook(alerts: Alerts) -> Any:
    """The hook of a job that tells of a step that broke before any verdict."""

    @dg.failure_hook(name="tell_of_a_broken_step")
    def tell_of_a_broken_step(context: dg.HookContext) -> None:
        if context.op.name != VERDICT:
            _send(alerts, [f"run {context.run_id}: the step {context.op.name} broke"], context.log)

    return tell_of_a_broken_step


def _send(alerts: Alerts, lines: Sequence[str], log: logging.Logger) -> None:
    try:
        subprocess.run(  # noqa: S603 - the command is the trust's own configuration
            alerts.command, input="\n".join(lines) + "\n", text=True, check=True, timeout=WAIT_SECONDS
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:  # ValueError: what no machine can write
        log.error(f"alerts.command of trust.yaml could not be run, nobody was told: {type(error).__name__}")
