"""What the bench adds up: which of dbt's nodes are of the quality stage, and their time side by side counted once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.assets.pages import PAGES
from orchestration.assets.quality import RESULTS, build_quality
from orchestration.settings import Settings
from tests.bench import QUALITY_STEPS, Cost, quality_nodes, seconds_of_quality_nodes, stages

READS = {
    "core.spell": [], "core.area": [], "intermediate.shared": ["core.spell"],
    "intermediate.counted": ["intermediate.shared"],
    "intermediate.before": ["core.spell", "core.area"], "intermediate.own": ["intermediate.before"],
    "intermediate.read_by_nobody": [], "quality.recording": ["intermediate.counted", "intermediate.own"],
    "marts.measure": ["intermediate.shared"],
}
"""What each model reads, by schema and name."""
TESTS = {
    "test.of_own": ["intermediate.own"], "test.of_recording": ["quality.recording"], "test.of_spell": ["core.spell"],
}
OF_QUALITY = {
    "quality.recording", "intermediate.counted", "intermediate.own", "intermediate.before", "test.of_own",
    "test.of_recording",
}


def manifest() -> dict[str, Any]:
    reads = READS | TESTS
    kinds = {name: "test" if name in TESTS else "model" for name in reads}
    return {
        "nodes": {
            name: {
                "resource_type": kinds[name], "schema": name.partition(".")[0], "depends_on": {"nodes": reads[name]},
            }
            for name in reads
        },
        "child_map": {name: [child for child in reads if name in reads[child]] for name in reads},
    }


def test_what_only_quality_reads_is_of_it_and_what_a_mart_reads_too_is_not() -> None:
    assert quality_nodes(manifest()) == OF_QUALITY


def test_nodes_side_by_side_are_counted_once_and_others_not_at_all(tmp_path: Path) -> None:
    """0 to 4 s with a node within it and one from 3 to 5 s, then 7 to 10 s: 8 s together."""
    spans = {
        "quality.recording": (0, 4), "intermediate.own": (1, 2), "test.of_own": (3, 5), "test.of_recording": (7, 10),
        "marts.measure": (0, 30),
    }
    results = [
        {
            "unique_id": name,
            "timing": [{"started_at": f"2025-10-15T08:00:{begin:02}Z", "completed_at": f"2025-10-15T08:00:{end:02}Z"}],
        }
        for name, (begin, end) in spans.items()
    ]
    (tmp_path / "dbt").mkdir()
    (tmp_path / "dbt" / "manifest.json").write_text(json.dumps(manifest()), encoding="utf-8")
    (tmp_path / "dbt" / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
    assert seconds_of_quality_nodes(tmp_path) == pytest.approx(8)


def test_the_steps_that_are_added_up_are_steps_of_a_run(tmp_path: Path) -> None:
    quality = build_quality(Settings(home=tmp_path))
    names = ("__".join(RESULTS.path), quality.checks.node_def.name, "__".join(PAGES.path))
    assert names == QUALITY_STEPS
    progress = "".join(f"{10 * place:6.1f} s  {step} ...\n" for place, step in enumerate(QUALITY_STEPS, 1))
    assert dict(stages(Cost(45, 0, 0, progress))) == {
        "start-up": 10, "quality__check_result": 10, "expectations": 10, "published__quality": 15,
    }
