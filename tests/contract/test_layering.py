"""The rooms: who may import whom, who may read the environment, and what stands where."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ORDER = (
    "months", "month_folders", "quoting", "checked_file", "settings", "lock", "contracts", "ingest", "pages", "history",
    "demo", "publish", "work_list", "assets", "definitions", "cli", "__main__",
)
"""Rooms of `orchestration`; a room imports only from those before it, and from itself."""
ALLOWED_BACK = {("settings", "contracts")}
"""`settings` must know which feeds there are: for its errors, for `as_of`, and for dbt."""
ONLY = {"pages": {"settings", "months"}}
"""Rooms that import no other of ours: what a reader sees must not know how it came about."""
READS_THE_CLOCK = {"orchestration/work_list.py"}
"""A list of people is to be deleted by a day that comes: counted from `as_of`, which is the end of the last month that
landed, it would have expired before it is made. No figure and no page comes from there."""
MODULES = sorted((PROJECT / "orchestration").rglob("*.py")) + sorted((PROJECT / "expectations").rglob("*.py"))


def room_of(module: str) -> str:
    """`orchestration.assets.feeds` -> `assets`."""
    return module.split(".")[1] if "." in module else "__init__"


def imports_of(path: Path) -> set[str]:
    """Every module a file imports, function bodies included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_imports_run_one_way(path: Path) -> None:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    ours = [name for name in imports_of(path) if name.split(".")[0] in ("orchestration", "expectations")]
    if parts[0] == "expectations":
        assert not [name for name in ours if name.startswith("orchestration")], "expectations/ imports nothing of ours"
        return
    room = parts[1]
    if room == "__init__":
        assert not ours
        return
    for name in ours:
        if name.startswith("expectations"):
            continue
        other = room_of(name)
        if other != room and (room, other) not in ALLOWED_BACK:
            assert ORDER.index(other) < ORDER.index(room), f"{room} must not import {name}"
            assert other in ONLY.get(room, ORDER), f"{room} must not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_only_settings_reads_the_environment_and_only_work_lists_the_clock(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.name != "settings.py":
        assert not re.search(r"os\.getenv|environ\[[^\]]+\](?!\s*=)", text), "read it in settings.py"
    reads = bool(re.search(r"datetime\.now|date\.today|\btime\.time\(\)|utcnow", text))
    assert reads == (str(path.relative_to(PROJECT)) in READS_THE_CLOCK), "as_of comes from trust.yaml"


def test_files_stay_short() -> None:
    long = [
        f"{path.relative_to(PROJECT)}: {lines}"
        for folder in ("orchestration", "expectations", "dbt_project", "tests", "seeds")
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in {".py", ".sql", ".yml"}
        and "target" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert not long


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [
        str(path.relative_to(PROJECT))
        for path in MODULES
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_no_ethnicity_is_decided_outside_its_seed() -> None:
    """A CASE (or a list of codes) that turns one ethnic category into another stands nowhere but in the seeds."""
    pattern = re.compile(
        r"\bcase\b(?:(?!\bend\b).)*\b(?:ethnic\w*|code_2001|code_2021|white_bme\w*)\b\s*(?:=|in\b|like\b)",
        re.IGNORECASE | re.DOTALL,
    )
    offenders = [
        str(path.relative_to(PROJECT))
        for path in (PROJECT / "dbt_project").rglob("*.sql")
        if "target" not in path.parts and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert not offenders
