"""The quality pages as a person meets them: in a real browser, by keyboard, on a phone, on paper, without colour."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from orchestration.pages.quality import build_quality_pages
from orchestration.pages.quality.facts import file_name
from tests import quality_tables
from tests.e2e.test_browser import FLAGS

pytestmark = pytest.mark.long
KINDS = (
    "index.html",
    "asking-plan.html",
    "units.html",
    "census-fit.html",
    "agreement.html",
    "use-of-force.html",
    "expectations.html",
    "method.html",
    "source/incidents.html",
    "source/mhsds.html",
    "source/staff_record.html",
    f"unit/{quality_tables.WORST}.html",
    f"unit/{file_name(quality_tables.TINY)}.html",
    "unit/D1.html",
    "expectation/known_and_stated_team.html",
    "expectation/systems_agree.html",
)
"""One page of each kind, and those with the oddest rows."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE: ViewportSize = {"width": 320, "height": 640}
CARDS = (390, 768)
"""Widths at which rows are cards: a phone and a tablet."""
"""A page of 640 pixels at 200% zoom, and the narrowest phone, are both 320 pixels to lay out."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site on rows of every table."""
    return built(tmp_path_factory.mktemp("pages"), is_full=True)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site on a database without any table."""
    return built(tmp_path_factory.mktemp("bare"), is_full=False)


def built(folder: Path, *, is_full: bool) -> Path:
    database = folder / "rows.duckdb"
    if is_full:
        quality_tables.make(database)
    with duckdb.connect(str(database)) as connection:
        failed = ("lake/mhsds: files_usable",) if is_full else ()
        build_quality_pages(connection, folder / "quality", "2025-10-15", failed=failed)
    return folder / "quality"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that notes whatever is asked of anything but files of the site."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        yield context
        assert asked
        assert not [url for url in asked if not url.startswith(("file://", "data:"))], "nothing is asked of a network"


def opened(context: BrowserContext, site: Path, path: str) -> Page:
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.goto((site / path).as_uri())
    assert not faults
    return page


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response
    assert len(found["passes"]) > 15, "the rules were run"
    return [
        f"{rule['id']}: {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", KINDS)
def test_no_rule_of_accessibility_is_broken(context: BrowserContext, site: Path, path: str, scheme: str) -> None:
    page = opened(context, site, path)
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(page) == []


@pytest.mark.parametrize("path", [path for path in KINDS if "/" not in path])
def test_pages_without_any_row_are_accessible_and_say_so(context: BrowserContext, bare: Path, path: str) -> None:
    page = opened(context, bare, path)
    assert violations(page) == []
    if path != "method.html":
        assert page.locator(".empty").count() >= 1


@pytest.mark.parametrize("path", KINDS)
def test_no_rule_of_accessibility_is_broken_by_cards(context: BrowserContext, site: Path, path: str) -> None:
    page = opened(context, site, path)
    page.set_viewport_size(PHONE)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(page) == []


@pytest.mark.parametrize("width", [1280, *CARDS])
@pytest.mark.parametrize("path", KINDS)
def test_no_table_is_wider_than_its_card(context: BrowserContext, site: Path, path: str, width: int) -> None:
    """But a matrix, which says below a desktop's width that there is more to the right."""
    page = opened(context, site, path)
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    wide = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1)"
        ".map(e => [e.querySelector('table').className, e.getAttribute('aria-labelledby')])"
    )
    assert not [each for kind, each in wide if kind != "matrix"]
    for _, each in wide:
        assert page.locator(f"#{each}-more").is_visible()


@pytest.mark.parametrize("width", CARDS)
@pytest.mark.parametrize("path", KINDS)
def test_rows_that_are_cards_stay_rows_to_a_screen_reader(
    context: BrowserContext, site: Path, path: str, width: int
) -> None:
    """What the browser itself tells of a table is the same whether its rows are laid out as rows or as cards."""
    page = opened(context, site, path)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    as_rows = told(page)
    assert as_rows.count("row") == page.locator("tr").count()
    assert len([each for each in as_rows if each.startswith("table ")]) == page.locator("table").count()
    page.set_viewport_size({"width": width, "height": 900})
    assert page.locator(".stack tbody tr").count() == page.locator(".stack tbody tr:visible").count()
    assert told(page) == as_rows


def told(page: Page) -> list[str]:
    """The parts of tables in the browser's tree of accessibility, in order; tables and headings with their names."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    named = ("table", "columnheader", "rowheader")
    return [
        f"{role} {node.get('name', {}).get('value', '')}" if role in named else role
        for node in nodes
        if not node["ignored"] and (role := node["role"]["value"]) in (*named, "row", "cell")
    ]


def test_a_card_says_the_key_figure_second_under_its_heading(context: BrowserContext, site: Path) -> None:
    page = opened(context, site, "index.html")
    page.set_viewport_size({"width": 390, "height": 900})
    card = page.locator(".stack:has(#t-doubts) tbody tr").first
    tops = card.locator("> *").evaluate_all("cells => cells.map(e => [e.getBoundingClientRect().top, e.dataset.label])")
    left = card.locator("> *").evaluate_all("cells => cells.map(e => e.getBoundingClientRect().left)")
    order = [label for (_, label), _ in sorted(zip(tops, left, strict=True), key=lambda each: (each[0][0], each[1]))]
    assert order[:2] == ["Figure", "Anywhere between"]
    key = card.locator(".key")
    assert key.evaluate("e => getComputedStyle(e, '::before').content") == '"Anywhere between"'
    assert key.evaluate("e => e.getBoundingClientRect().right") < 390


@pytest.mark.parametrize("path", KINDS)
def test_a_page_fits_the_narrowest_screen(context: BrowserContext, site: Path, path: str) -> None:
    """Only tables scroll sideways, each in a region of its own that the keyboard reaches."""
    page = opened(context, site, path)
    page.set_viewport_size(PHONE)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] == width[1] == PHONE["width"]
    stuck = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1 "
        "&& getComputedStyle(e).overflowX !== 'visible' && e.tabIndex < 0).map(e => e.className)"
    )
    assert not stuck


@pytest.mark.parametrize("path", KINDS)
def test_text_twice_as_large_still_fits(context: BrowserContext, site: Path, path: str) -> None:
    page = opened(context, site, path)
    page.set_viewport_size({"width": 800, "height": 900})
    page.add_style_tag(content="html { font-size: 200% }")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("path", KINDS)
def test_a_page_prints_on_a4(context: BrowserContext, site: Path, path: str, tmp_path: Path) -> None:
    page = opened(context, site, path)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 900})  # A4 less its margins
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    printed = page.pdf(prefer_css_page_size=True)
    (tmp_path / "page.pdf").write_bytes(printed)
    sizes = {tuple(map(float, box)) for box in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)}
    assert sizes
    for width, height in sizes:
        assert (width, height) == (pytest.approx(595, abs=1), pytest.approx(842, abs=1))


def test_the_keyboard_reaches_the_content_first(context: BrowserContext, site: Path) -> None:
    page = opened(context, site, "index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_everything_stays_told_in_forced_colours(context: BrowserContext, site: Path) -> None:
    page = opened(context, site, "index.html")
    page.emulate_media(forced_colors="active")
    line = page.locator(".spark .series").first
    assert line.evaluate("e => getComputedStyle(e).stroke") not in ("none", "rgb(255, 255, 255)")
    for rating in page.locator(".rating").all():
        assert rating.inner_text().strip()
        assert rating.locator("svg").count() == 1


def test_a_newcomer_finds_the_answers_on_the_first_page(context: BrowserContext, site: Path) -> None:
    """The worst three teams in either order, how many people each must ask, and which figure gets firmer."""
    page = opened(context, site, "index.html")
    asks = page.locator("ol.asks > li")
    assert asks.count() == 3 + 3
    first = asks.first.inner_text()
    assert "Crisis <Team>" in first
    assert re.search(r"\d+ people to ask", first.replace("\n", " "))
    assert "Gets firmer: Detentions under the Mental Health Act" in first
    assert "This gap leaves the detention rate" in page.locator(".cost").first.inner_text()
    assert "between 1.8 and 15" in page.locator(".cost").first.inner_text()
    assert str(quality_tables.UNMAPPED) in page.locator("#t-unmapped").locator("xpath=..").inner_text()
    assert "lake/mhsds: files_usable" in page.locator(".notice").inner_text()
    asks.first.get_by_role("link").click()
    assert page.locator("h1").inner_text() == "Crisis <Team>"


def test_every_link_leads_to_a_page(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r'(?:href|src)="([^"#]+)(?:#[^"]*)?"', text):
            assert target == "data:," or (page.parent / target).is_file(), (page, target)


def test_every_page_is_valid_html(site: Path, bare: Path) -> None:
    for page in [*site.rglob("*.html"), *bare.rglob("*.html")]:
        text = page.read_text(encoding="utf-8")
        html5lib.HTMLParser(strict=True).parse(text)
        ids = re.findall(r'\bid="([^"]*)"', text)
        assert len(ids) == len(set(ids)), page
        assert not [each for each in ids if not each or re.search(r"\s", each)], page
        assert '<html lang="en-GB">' in text
        assert len(re.findall("<h1>", text)) == 1
        for table in re.findall(r"<table\b.*?</table>", text, flags=re.DOTALL):
            assert "<caption" in table
            assert not re.search(r"<th(?! scope=|ead)", table)
