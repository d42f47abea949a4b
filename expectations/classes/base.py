"""What all our expectations share: they see counted slices, one row each, and say which of them do not hold.

Belongs here: the metric that picks an expectation's rows out of the batch of its suite, the verdict, the list of
failing slices and how Data Docs show them. Does not belong here: any rule of the field.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import pandas as pd
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.render import CollapseContent, RenderedStringTemplateContent, RenderedTableContent
from great_expectations.render.components import LegacyDiagnosticRendererType, LegacyRendererType
from great_expectations.render.renderer.renderer import renderer
from great_expectations.render.renderer_configuration import RendererConfiguration

METRIC = "counted_slices"
ENGINE_FAULT = "the expectation could not be judged"
WORST_SHOWN = 10
"""Failing slices that Data Docs list; all of them are in `quality.check_result`."""
Z_95 = 1.959964


class FaultyTableError(Exception):
    """What an expectation is held on could not be read; the text says which table."""


class CountedSlices(TableMetricProvider):
    """The rows of one expectation, out of the batch that holds the slices of its whole suite."""

    metric_name = METRIC
    value_keys = ("check", "fault")

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805 - the library binds the class
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> pd.DataFrame:
        if metric_value_kwargs["fault"]:
            raise FaultyTableError(metric_value_kwargs["fault"])
        batch, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        return batch[batch["expectation"] == metric_value_kwargs["check"]]


class SliceExpectation(BatchExpectation, ABC):
    """An expectation on every slice of a table, judged on the current ones.

    Attributes:
        check: name of the expectation, which its rows of the batch carry.
        fault: why its rows could not be read; judging it then raises, which is an error and never bad data.
        rule: what must hold of a slice, in the field's words.
        worst_is_low: whether a slice is the worse the lower its share lies beside its target.
        adds_up: whether the counts of the slices sum to a share that says something of the whole.
    """

    check: str
    fault: str | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("check", "fault")
    args_keys: ClassVar[tuple[str, ...]] = ("check",)
    rule: ClassVar[str]
    worst_is_low: ClassVar[bool] = True
    adds_up: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def holds(cls, slices: pd.DataFrame, limit: pd.Series) -> pd.Series:
        """Whether the expectation holds of each slice.

        Args:
            slices: `numerator`, `denominator` and `share` of each; what is NULL holds of nothing.
            limit: the share each is held against: its target, or its amber value.
        """

    @classmethod
    def limit(cls, slices: pd.DataFrame) -> pd.Series:
        """The better end of the 95% range of each share, so that a slice of few is not the worst by chance.

        By Wilson (JASA 22, 1927, 209-212), as `stat_wilson` has it; the share itself where it is none of two counts.
        """
        n, share = slices["denominator"], slices["share"]
        square = Z_95**2
        half = Z_95 * (share * (1 - share) / n + square / (4 * n * n)) ** 0.5
        limit = (share + square / (2 * n) + (half if cls.worst_is_low else -half)) / (1 + square / n)
        return limit.clip(0, 1).where(slices["numerator"].between(0, n) & (n > 0), share)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        slices: pd.DataFrame = metrics[METRIC]
        met = self.holds(slices, slices["target"]).astype(bool)
        nearly = self.holds(slices, slices["amber"]).astype(bool)
        rated = slices["amber"].notna()
        current = slices[slices["is_current"]]
        failing = (
            current[~met[current.index]]
            .assign(missed_by=lambda rows: self.limit(rows) - rows["target"].fillna(0))
            .sort_values(
                ["missed_by", "denominator", "unit_code"],
                ascending=[self.worst_is_low, False, True],
                na_position="first",
            )
        )
        return {
            "success": failing.empty,
            "result": {
                "observed_value": f"{len(current) - len(failing):,} of {len(current):,}",
                "element_count": len(current),
                "unexpected_count": len(failing),
                # Positions in the batch, never a value of it.
                "worst_first": failing.index.tolist(),
                "failing": slices.index[~met].tolist(),
                "amber": slices.index[rated & ~met & nearly].tolist(),
                "rated": slices.index[rated].tolist(),
                "details": {"worst": [_shown(row) for row in failing.head(WORST_SHOWN).itertuples()]},
            },
        }

    @classmethod
    def _prescriptive_template(cls, renderer_configuration: RendererConfiguration) -> RendererConfiguration:
        renderer_configuration.template_str = cls.rule
        return renderer_configuration

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[RenderedStringTemplateContent]:
        kwargs = (configuration or result.expectation_config).kwargs
        return [
            RenderedStringTemplateContent(
                content_block_type="string_template",
                string_template={"template": "$check: $rule.", "params": {"check": kwargs["check"], "rule": cls.rule}},
            )
        ]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.OBSERVED_VALUE)
    def _diagnostic_observed_value_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> str:
        return str(result.result["observed_value"]) if result and result.result else "not judged"

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_STATEMENT)
    def _diagnostic_unexpected_statement_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[RenderedStringTemplateContent | CollapseContent]:
        failing = (result.result or {}).get("unexpected_count", 0) if result else 0
        text = f"{failing:,} do not; those whose 95% range misses it by most:" if failing else ""
        if result and not result.result:
            text = result.exception_info["exception_message"]
        return [
            RenderedStringTemplateContent(
                content_block_type="string_template", string_template={"template": text, "params": {}}
            )
        ]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_TABLE)
    def _diagnostic_unexpected_table_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[RenderedTableContent | CollapseContent] | None:
        worst = (result.result or {}).get("details", {}).get("worst") if result else None
        if not worst:
            return None
        return [
            RenderedTableContent(
                content_block_type="table",
                table=[list(row.values()) for row in worst],
                header_row=[column.replace("_", " ") for column in worst[0]],
                styling={"body": {"classes": ["table-bordered", "table-sm", "mt-3"]}},
            )
        ]


class AtLeast(SliceExpectation, ABC):
    """A share that should be high: at its target or above it."""

    @classmethod
    def holds(cls, slices: pd.DataFrame, limit: pd.Series) -> pd.Series:
        """The share is there and not below the limit."""
        return slices["share"].notna() & (slices["share"] >= limit)


class AtMost(SliceExpectation, ABC):
    """A share that should be low: at its limit or below it."""

    worst_is_low: ClassVar[bool] = False

    @classmethod
    def holds(cls, slices: pd.DataFrame, limit: pd.Series) -> pd.Series:
        """The share is there and not above the limit."""
        return slices["share"].notna() & (slices["share"] <= limit)


class SomethingThere(SliceExpectation, ABC):
    """A count that must not be nought."""

    adds_up: ClassVar[bool] = False

    @classmethod
    def holds(cls, slices: pd.DataFrame, limit: pd.Series) -> pd.Series:
        """At least one is counted."""
        return slices["numerator"].fillna(0) > 0


def _shown(row: Any) -> dict[str, str]:
    """A failing slice as Data Docs list it."""
    return {
        "level": row.unit_level,
        "slice": row.unit_name,
        "month": row.month if isinstance(row.month, str) else "",
        "counted": _number(row.numerator),
        "of": _number(row.denominator),
        "share": _percentage(row.share),
        "target": _percentage(row.target),
    }


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{int(value):,}"


def _percentage(value: float) -> str:
    return "" if pd.isna(value) else f"{100 * value:.1f}%"
