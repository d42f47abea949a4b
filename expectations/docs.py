"""Data Docs: what Great Expectations itself says of a run, as pages that open without a network.

Belongs here: its own renderers, and taking out of their pages whatever loads from elsewhere. Does not belong here: the
quality pages, which say the same in plainer words and link to these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

FROM_ELSEWHERE = re.compile(
    r"<script\b.*?</script>|<link\b[^>]*>|<img\b[^>]*>|<!--.*?-->|<footer\b.*?</footer>", re.DOTALL | re.IGNORECASE
)
"""Scripts, stylesheets and pictures: all of them are loaded, and none is needed to read the page."""
LINK_ELSEWHERE = re.compile(r"<a\b[^>]*href=\"(?:https?:|\.\./\.\./)[^\"]*\"[^>]*>(.*?)</a>", re.DOTALL | re.IGNORECASE)
"""Links to the network, and to pages of the whole site that is not built."""
ADDRESS = re.compile(r"@import[^;]*;|@font-face\s*{[^}]*}|url\(\s*['\"]?https?:[^)]*\)", re.IGNORECASE)
HEADINGS = (("h4", "h1"), ("h5", "h2"), ("h6", "h3"))
STYLE = """<style>
:root { color-scheme: light dark; --line: #8a8f98; --met: #11703c; --missed: #a3201c; }
@media (prefers-color-scheme: dark) { :root { --met: #6fd39a; --missed: #ff9d96; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 1rem; }
h1, h2, h4, h5 { line-height: 1.25; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
.table-responsive { overflow-x: auto; }
.collapse:not(.show) { display: block; }
i.fas::before { font-style: normal; font-weight: 700; }
i.text-success::before { content: "\\2713 met"; color: var(--met); }
i.text-danger::before { content: "\\2717 not met"; color: var(--missed); }
i.text-warning::before { content: "! not judged"; color: var(--missed); }
button, .modal, .cooltip, main > nav, .sticky { display: none; }
@media print { body { max-width: none; } }
</style>"""


def build(documents: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write one page per suite, and an index of them, as Great Expectations renders them.

    Args:
        documents: `Judgement.documents`, fresh or read back from JSON.
        folder: made when absent; its pages of the same names are replaced.

    Returns:
        The pages, the index first. The same documents give the same bytes.
    """
    from great_expectations.core.expectation_validation_result import (  # noqa: PLC0415 - seconds to import
        expectationSuiteValidationResultSchema,
    )
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer  # noqa: PLC0415
    from great_expectations.render.view import DefaultJinjaPageView  # noqa: PLC0415

    import expectations.classes  # noqa: F401, PLC0415 - makes their renderers known

    folder.mkdir(parents=True, exist_ok=True)
    pages = [folder / "index.html"]
    rows = []
    for document in documents:
        found = expectationSuiteValidationResultSchema.load(document)
        content = ValidationResultsPageRenderer(run_info_at_end=True).render(found)
        source, counts = document["suite_name"], document["statistics"]
        pages.append(folder / f"{source}.html")
        page = DefaultJinjaPageView().render(content, show_how_to_buttons=False)
        pages[-1].write_text(_offline(page, source), encoding="utf-8")
        rows.append((source, counts["successful_expectations"], counts["evaluated_expectations"]))
    pages[0].write_text(_index(rows), encoding="utf-8")
    return pages


def _offline(page: str, source: str) -> str:
    """A page of Great Expectations without what it would load."""
    page = FROM_ELSEWHERE.sub("", page)
    page = LINK_ELSEWHERE.sub(r"\1", page)
    page = ADDRESS.sub("", page)
    for theirs, ours in HEADINGS:
        page = page.replace(f"<{theirs} ", f"<{ours} ").replace(f"<{theirs}>", f"<{ours}>")
        page = page.replace(f"</{theirs}>", f"</{ours}>")
    page = re.sub(r"<title>.*?</title>", "", page, flags=re.DOTALL)
    page = page.replace("<html>", '<html lang="en-GB">', 1)
    page = page.replace("<body>", '<body><main><p><a href="index.html">All suites</a></p>', 1)
    page = page.replace("</body>", "</main></body>", 1)
    return page.replace("</head>", f"<title>{_name(source)}: Data Docs</title>{STYLE}</head>", 1)


def _index(rows: Sequence[tuple[str, int, int]]) -> str:
    """The list of suites; the site's own index is a script."""
    lines = "".join(
        f'<tr><th scope="row"><a href="{escape(source)}.html">{_name(source)}</a></th><td>{met} of {judged}</td></tr>'
        for source, met, judged in rows
    )
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>Data Docs</title>{STYLE}</head>'
        f"<body><main><h1>Data Docs</h1><p>What Great Expectations found on the recording of ethnicity, suite by suite."
        f' <a href="../index.html">The quality pages</a> say the same in plainer words.</p><table><thead><tr>'
        f'<th scope="col">Suite</th><th scope="col">Expectations met</th></tr></thead><tbody>{lines}</tbody></table>'
        f"</main></body></html>\n"
    )


def _name(source: str) -> str:
    return escape(source.replace("_", " ").capitalize())
