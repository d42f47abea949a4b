"""Dagster as a person meets it: the graph with its groups and checks, in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.conftest import PROJECT, Home

pytestmark = pytest.mark.long
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
GROUPS = ("lake", "reference", "staging", "intermediate", "core", "marts", "quality", "published")
PATIENCE_MS = 90_000
AS_A_SCRIPT_STARTS_IT = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
"""A background job of a script is deaf to SIGINT; the UI must end on SIGTERM all the same."""


@pytest.fixture(scope="module")
def address(short_home: Home, make_home: Callable[[str], Home]) -> Iterator[str]:
    """The address of a running UI over a copy of the short home."""
    home = Home(make_home("ui").path, short_home.config)
    shutil.copytree(short_home.path, home.path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (home.path / "ui.log").open("w")
    process = subprocess.Popen(
        [*AS_A_SCRIPT_STARTS_IT, sys.executable, "-m", "orchestration", "ui", "--port", str(port)],
        cwd=PROJECT,
        env=home.environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/server_info", process, home.path / "ui.log")
        assert _listening(process.pid) == {"127.0.0.1"}, "nothing listens beyond loopback"
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
        log.close()


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(180):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback server
                return
        except OSError:
            time.sleep(1)
    pytest.fail(f"the UI did not come up:\n{log.read_text(encoding='utf-8')[-3000:]}")


def _listening(pid: int) -> set[str]:
    """Addresses on which the process or its children listen."""
    import psutil

    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return {
        connection.laddr.ip
        for member in family
        for connection in member.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    """A browser page that refuses to talk to anything but the UI."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        context = browser.new_context(viewport={"width": 1600, "height": 1000})
        context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
        yield context.new_page()
        browser.close()


def test_the_asset_graph_shows_every_group(page: Page, address: str) -> None:
    page.goto(f"{address}/asset-groups")
    for group in GROUPS:
        expect(page.get_by_text(group, exact=True).first).to_be_visible(timeout=PATIENCE_MS)
    page.screenshot(path=str(PROJECT / ".pytest_cache" / "asset-graph.png"))


def test_checks_stand_on_the_table_they_guard(page: Page, address: str) -> None:
    for check in ("mhsds_invalid_trust", "mhsds_slices_present"):  # longer names are shortened on the page
        page.goto(f"{address}/assets/quality/ethnicity_recording?view=checks&checkDetail={check}")
        expect(page.get_by_text(check).first).to_be_visible(timeout=PATIENCE_MS)


def test_a_feed_shows_its_checks_and_partitions(page: Page, address: str) -> None:
    for check in ("files_usable", "contract_staff_record"):
        page.goto(f"{address}/assets/lake/staff_record?view=checks&checkDetail={check}")
        expect(page.get_by_text(check).first).to_be_visible(timeout=PATIENCE_MS)


EVERY_CHECK = """
async () => {
    const query = `{ assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks { checks {
        name executionForLatestMaterialization { status evaluation { severity } } } } } } }`;
    const answer = await fetch("/graphql", {
        method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({query}),
    });
    return (await answer.json()).data.assetNodes;
}
"""
"""What the graph colours its checks by: passed, failed as a warning (yellow), failed as an error or broken (red)."""


def test_nothing_in_the_graph_is_red(page: Page, address: str) -> None:
    page.goto(f"{address}/asset-groups")
    coloured = [
        (node["assetKey"]["path"], check["name"], execution["status"], (execution["evaluation"] or {}).get("severity"))
        for node in page.evaluate(EVERY_CHECK)
        for check in (node["assetChecksOrError"] or {}).get("checks", [])
        if (execution := check["executionForLatestMaterialization"])
    ]
    assert len(coloured) > 150
    assert any(status == "FAILED" for *_, status, _ in coloured), "the planted faults must be seen"
    red = [
        (path, name, status)
        for path, name, status, severity in coloured
        if status not in {"SUCCEEDED", "FAILED"} or (status == "FAILED" and severity == "ERROR")
    ]
    assert not red


def test_a_planted_fault_is_explained_on_its_check(page: Page, address: str) -> None:
    page.goto(f"{address}/assets/lake/staff_record?view=checks&checkDetail=values_known")
    page.get_by_text("[Show Markdown]").first.click(timeout=PATIENCE_MS)
    for words in ("column 'Pay Grade'", "a value the reference tables know", "seeds/"):
        expect(page.get_by_text(words).first).to_be_visible(timeout=PATIENCE_MS)
    page.goto(f"{address}/assets/quality/ethnicity_recording?view=checks&checkDetail=mhsds_known_and_stated_trust")
    explanation = "the share of records with a known and stated ethnic group meets its target"
    expect(page.get_by_text(explanation).first).to_be_visible(timeout=PATIENCE_MS)
