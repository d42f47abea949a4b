"""The command that makes a team's work-list, and what it prints: numbers of people, never a person's number."""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.settings import Settings
from orchestration.work_list import LOG, make_work_list


def print_work_list(settings: Settings, unit_code: str, folder: Path, days: int) -> None:
    """Make the list and say what became of it.

    Raises:
        SettingsError: it can not be made.
    """
    made = make_work_list(settings, unit_code, folder, days)
    for path in made.removed:
        click.echo(f"removed {path}: it had expired")
    if made.path is None:
        click.echo(f"{unit_code}: nobody is to be asked at the end of {made.month}; no list was made")
        return
    who = f"{made.people:,} people to be asked at the end of {made.month}"
    click.echo(f"{made.path} made: {who}; delete it after {made.expires}")
    if made.not_found:
        click.echo(f"! {made.not_found:,} more are not in the files of {made.month} any more: run: make run", err=True)
    click.echo(f"{settings.home / LOG} says who made it, for which team, how many people, until when")
