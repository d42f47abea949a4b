"""Renders the site into a folder beside the old one and swaps it in.

Belongs here: which pages there are, where they lie, and the templates' surroundings. Does not belong here: what a
page says (`templates/`), or when the site is built (`assets`). Equal rows give equal bytes: nothing reads the clock.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from expectations import NO_WITNESS
from orchestration.pages import shares
from orchestration.pages.chart import PATTERNS, log_axis, share_bar
from orchestration.pages.formats import NOTHING, goal, percent_of, points, ratio, rough
from orchestration.pages.quality import asking, certainty, overview, views, words
from orchestration.pages.quality.facts import Facts, Unit, day_name, file_name, month_name, period_name
from orchestration.pages.quality.judged import Judged, judged
from orchestration.pages.quality.kinds import Kinds
from orchestration.pages.quality.tables import COLUMNS, read_tables
from orchestration.pages.stack import stacked

PAGES = Path(__file__).resolve().parents[1]
DOCS = "data_docs"
"""Folder of the Great Expectations Data Docs beside the pages; whoever builds them hands in how."""
TITLE = "Ethnicity recording"
NAVIGATION = (
    ("index.html", "Overview"),
    ("asking-plan.html", "Whom to ask"),
    ("units.html", "Divisions and teams"),
    ("census-fit.html", "Census fit"),
    ("agreement.html", "Agreement"),
    ("use-of-force.html", "Use of force"),
    ("expectations.html", "Checks"),
    ("method.html", "Method"),
)


@dataclass(frozen=True)
class Page:
    """One page: its path from the root of the site, its template, its title and what the template reads."""

    path: str
    template: str
    title: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Built:
    """A site that was built, and the short of what it says.

    Attributes:
        pages: how many.
        size: bytes of all of them.
        first: whom to ask first by source, as the first page has it: a heading and teams.
        changes: what changed in the last month, bad news first.
        asked: what came of asking, by source.
    """

    pages: int
    size: int
    first: Mapping[str, Sequence[tuple[str, Sequence[asking.Ask]]]]
    changes: Sequence[overview.Change]
    asked: Mapping[str, asking.Asked]


def build_quality_pages(  # noqa: PLR0913 - each is a different thing to tell
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    as_of: str,
    *,
    failed: Sequence[str] = (),
    run_id: str | None = None,
    build_docs: Callable[[Path], object] | None = None,
) -> Built:
    """Build the site beside the old one and swap it in.

    Args:
        connection: an open database with the tables of `tables.COLUMNS`, any of which may be absent.
        folder: where the site will lie; its parent exists. An old site there is replaced whole.
        as_of: ISO date taken for today.
        failed: checks that failed at ERROR in this run, as `asset: check`.
        run_id: the run whose results are the latest; the last by `as_of` when None.
        build_docs: writes the Data Docs into the folder it is given; without it those of the old site stay.

    Returns:
        What was built, and what it tells first.
    """
    _restore(folder)
    staged = folder.with_name(f".building-{folder.name}")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    if build_docs:
        build_docs(staged / DOCS)
    elif (folder / DOCS).exists():
        shutil.copytree(folder / DOCS, staged / DOCS)
    has_docs = (staged / DOCS / "index.html").exists()
    facts = Facts(read_tables(connection), as_of, tuple(failed), run_id)
    count = size = 0
    for path, text in render(facts, has_docs=has_docs):
        target = staged / path
        target.parent.mkdir(exist_ok=True)
        size += target.write_bytes(text.encode())
        count += path.endswith(".html")
    _swap(staged, folder)
    return Built(count, size, _first(asking.plan(facts)), overview.changes(facts), asking.asked(facts))


def render(facts: Facts, *, has_docs: bool = False) -> Iterator[tuple[str, str]]:
    """Every file of the site as path and text; a pure function of the facts."""
    kinds = Kinds(facts)
    environment = _environment(facts, kinds, has_docs=has_docs)
    yield "style.css", (PAGES / "style.css").read_text(encoding="utf-8")
    for page in pages(facts, kinds):
        template = environment.get_template(page.template)
        root = "../" * page.path.count("/")
        yield page.path, template.render(page=page, root=root, **page.content)


def pages(facts: Facts, kinds: Kinds) -> Iterator[Page]:
    """Every page of the site."""
    history, plan, doubts = judged(facts), asking.plan(facts), certainty.doubts(facts)
    without_team = asking.without_team(facts)
    yield _overview(facts, history, plan, without_team, doubts)
    yield Page("asking-plan.html", "asking-plan.html", "Whom to ask", {"plan": plan, "without_team": without_team})
    yield Page("units.html", "units.html", "Divisions and teams", {"rows": list(_tree(facts))})
    fits = {"fits": views.census_fit(facts), "area_names": _areas(facts)}
    yield Page("census-fit.html", "census-fit.html", "Census fit", fits)
    pairs = facts.tables.of("quality.ethnicity_agreement")
    yield Page(
        "agreement.html",
        "agreement.html",
        "Agreement between systems",
        {"pairs": [(row, views.matrix(facts, row)) for row in pairs], "not_taken": views.not_taken(facts)},
    )
    yield _use_of_force(facts)
    yield Page("expectations.html", "expectations.html", "Checks", {"history": history})
    yield Page("method.html", "method.html", "Method", {"targets": facts.tables.of("quality.target_in_force")})
    for source in facts.sources:
        yield _source(facts, source, history, kinds)
    for unit in facts.shown_units:
        yield _unit(facts, unit, [*(ask for lines in plan.values() for ask in lines), *without_team.values()])
    for expectation in history.expectations:
        yield Page(expectation.path, "expectation.html", expectation.title, {"expectation": expectation})


def _overview(
    facts: Facts,
    history: Judged,
    plan: Mapping[str, list[asking.Ask]],
    without_team: Mapping[str, asking.Ask],
    doubts: list[certainty.Doubt],
) -> Page:
    content = {
        "cards": overview.cards(facts, doubts, history),
        "first": _first(plan),
        "elsewhere": certainty.same_people(plan),
        "without_team": without_team,
        "changes": overview.changes(facts),
        "doubts": doubts,
        "unmapped": overview.unmapped_values(facts),
        "feeds": overview.troubled_feeds(facts),
        "absent": overview.absent_sources(facts),
        "history": history,
    }
    return Page("index.html", "index.html", "How well we record ethnicity", content)


def _first(plan: Mapping[str, list[asking.Ask]]) -> dict[str, tuple[tuple[str, list[asking.Ask]], ...]]:
    """Whom to ask first by source, in two orders."""
    return {
        source: (
            ("The teams that know least", asking.knows_least(lines)[:3]),
            ("Where answers make the figures firmer", lines[:3]),
        )
        for source, lines in plan.items()
        if source not in certainty.same_people(plan)
    }


def _source(facts: Facts, source: str, history: Judged, kinds: Kinds) -> Page:
    whole = facts.at_level(source, "organisation")
    content = {
        "source": source,
        "about": words.source_words(source),
        "whole": whole,
        "divisions": kinds.worst_first(facts.at_level(source, "division")),
        "teams": kinds.worst_first(facts.at_level(source, "team")),
        "breakdowns": {series.unit.code: views.breakdowns(facts, source, series.unit) for series in whole},
        "checks": [
            (expectation, result)
            for expectation in history.expectations
            for result in expectation.latest
            if result.row["source"] == source
        ],
    }
    return Page(source_path(source), "source.html", words.source_words(source).name, content)


def _unit(facts: Facts, unit: Unit, lines: Sequence[asking.Ask]) -> Page:
    asks = [ask for ask in lines if ask.unit.code == unit.code]
    series = [
        facts.series[source, unit.level, unit.code]
        for source in facts.sources
        if (source, unit.level, unit.code) in facts.series
    ]
    content = {
        "unit": unit,
        "series": series,
        "breakdowns": [
            (each.source, found) for each in series if (found := views.breakdowns(facts, each.source, unit))
        ],
        "ancestors": facts.ancestors(unit),
        "children": facts.children(unit),
        "asks": asks,
        "is_asked_twice": bool(certainty.same_people({ask.row["source"] for ask in asks})),
        "timeliness": views.last_of(facts, "quality.ethnicity_timeliness", unit),
        "force": views.use_of_force(facts, unit),
    }
    return Page(unit.path, "unit.html", unit.name, content)


def _use_of_force(facts: Facts) -> Page:
    units = [facts.unit(code) for code in sorted(facts.by_unit("quality.use_of_force_record"))]
    found = [each for unit in units if (each := views.use_of_force(facts, unit))]
    described = {row["item_code"]: row for row in facts.tables.of("reference.ref_use_of_force_item")}
    nothing = dict.fromkeys(COLUMNS["reference.ref_use_of_force_item"])
    items = {row["item_code"]: described.get(row["item_code"], nothing) for each in found for row in each.items}
    content = {
        "whole": [each for each in found if each.unit.level == "organisation"],
        "others": sorted(
            (each for each in found if each.unit.level != "organisation" and each.whole),
            key=lambda each: (each.unit.level != "division", each.unit.level, each.unit.name),
        ),
        "items": items,
    }
    return Page("use-of-force.html", "use-of-force.html", "Completeness of the use of force record", content)


def _tree(facts: Facts) -> Iterator[tuple[int, Unit]]:
    """Units below one another, each with its depth; those that belong nowhere last."""
    shown: set[str] = set()

    def below(unit: Unit, depth: int) -> Iterator[tuple[int, Unit]]:
        for child in facts.children(unit):
            if child.code not in shown:
                shown.add(child.code)
                yield depth, child
                yield from below(child, depth + 1)

    for organisation in facts.organisations:
        yield from below(organisation, 0)
    for unit in facts.shown_units:
        if unit.code not in shown:
            yield 0, unit


def _areas(facts: Facts) -> dict[str, str]:
    return {row["area_code"]: row["area_name"] for row in facts.tables.of("core.dim_area")}


def source_path(source: str) -> str:
    """The page of a source, from the root of the site."""
    return f"source/{file_name(source, str.lower)}.html"


def _environment(facts: Facts, kinds: Kinds, *, has_docs: bool) -> Environment:
    """Templates with everything they may call."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "percent": lambda share: NOTHING if share is None else percent_of(share),
        "points": points,
        "month": month_name,
        "day": day_name,
        "ratio": lambda number: NOTHING if number is None else ratio(number),
        "goal": lambda share: NOTHING if share is None else goal(share),
        "sentence": lambda text: text[:1].upper() + text[1:],
        "period": period_name,
        "rough": rough,
        "plain": words.plain,
        "count": lambda number: NOTHING if number is None else f"{number:,.0f}",
        "target": _target,
        "stacked": stacked,
    }
    environment.globals |= {
        "facts": facts,
        "kinds": kinds,
        "has_docs": has_docs,
        "navigation": NAVIGATION,
        "site": TITLE,
        "words": words,
        "shares": shares,
        "views": views,
        "no_witness": NO_WITNESS,
        "asking": asking,
        "share_bar": share_bar,
        "slice_name": partial(views.slice_name, facts),
        "system_name": partial(views.system_name, facts),
        "doubt_axis": log_axis(*certainty.SCALE, certainty.TICKS),
        "fit_axis": log_axis(*views.FIT_SCALE, (0.125, 0.5, 1, 2, 8)),
        "patterns": PATTERNS,
        "source_path": source_path,
        "spark_months": overview.SPARK_MONTHS,
        "first_moved": overview.FIRST_MOVED,
    }
    return environment


def _target(number: float | None, measure: str) -> str:
    """A target as its measure is read: shares in percent, ratios as such."""
    if number is None:
        return NOTHING
    return f"{number:g} times" if measure.endswith("_ratio") else goal(number)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".old-{folder.name}")


def _restore(folder: Path) -> None:
    """Bring back the site that a build killed between its two renames had set aside."""
    if not folder.exists() and _aside(folder).exists():
        _aside(folder).rename(folder)


def _swap(staged: Path, folder: Path) -> None:
    """Put the finished folder in place of the old one, which steps aside: a folder can not be renamed over."""
    old = _aside(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    staged.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
