"""The code location loads, and every asset and check a user expects is in it."""

from __future__ import annotations

import dagster as dg
import pytest

from expectations import DECLARED, SOURCES, suite_of
from orchestration.assets.quality import RESULTS, summary_key
from orchestration.contracts import FEEDS
from orchestration.definitions import build_definitions
from orchestration.settings import Settings


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> dg.RepositoryDefinition:
    return build_definitions(Settings(home=tmp_path_factory.mktemp("definitions"))).get_repository_def()


def test_every_asset_has_what_a_reader_of_the_graph_needs(repository: dg.RepositoryDefinition) -> None:
    bare = []
    for key, node in ((key, repository.asset_graph.get(key)) for key in repository.asset_graph.get_all_asset_keys()):
        if not (node.description and node.owners and node.kinds and node.group_name != "default"):
            bare.append(key.to_user_string())
    assert not bare


def test_groups_are_the_layers(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    assert {graph.get(key).group_name for key in graph.get_all_asset_keys()} == {
        "lake",
        "reference",
        "staging",
        "intermediate",
        "core",
        "marts",
        "quality",
        "published",
    }


def test_every_feed_stands_upstream_of_a_model(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    childless = [name for name in FEEDS if name != "postcode" and not graph.get(dg.AssetKey(["lake", name])).child_keys]
    assert not childless


def test_every_expectation_is_a_check_on_the_table_it_guards(repository: dg.RepositoryDefinition) -> None:
    checks = set(repository.asset_graph.asset_check_keys)
    for source in SOURCES:
        assert summary_key(source) in checks
        for declared in suite_of(source):
            found = [key for key in checks if key.name == f"{source}_{declared.name}"]
            assert len(found) == 1, (source, declared.name)
            if declared.name != "slices_present":
                assert found[0].asset_key == dg.AssetKey(declared.table.split("."))


def test_what_an_expectation_guards_is_a_table_of_the_project(repository: dg.RepositoryDefinition) -> None:
    assert {dg.AssetKey(each.table.split(".")) for each in DECLARED} <= repository.asset_graph.materializable_asset_keys


def test_every_reference_core_mart_and_quality_table_carries_a_check(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    checked = {key.asset_key for key in graph.asset_check_keys} | {RESULTS}  # what the checks themselves say
    unchecked = [
        key.to_user_string()
        for key in graph.materializable_asset_keys
        if graph.get(key).group_name in {"reference", "core", "marts", "quality"} and key not in checked
    ]
    assert not unchecked


@pytest.mark.parametrize("name", ["everything", "feeds", "warehouse", "quality", "publish"])
def test_every_job_resolves(repository: dg.RepositoryDefinition, name: str) -> None:
    assert repository.get_job(name).name == name


def test_every_job_is_alone_in_its_home(repository: dg.RepositoryDefinition) -> None:
    assert {job.name: job.executor_def.name for job in repository.get_all_jobs()} == dict.fromkeys(
        ("everything", "feeds", "warehouse", "quality", "publish", "__ASSET_JOB"), "alone_in_its_home"
    )


def test_the_verdict_comes_last(repository: dg.RepositoryDefinition) -> None:
    verdict = repository.asset_graph.get(dg.AssetKey(["published", "run_verdict"]))
    assert not verdict.child_keys
    assert verdict.parent_keys == {dg.AssetKey(["published", "equity"]), dg.AssetKey(["published", "quality"])}
