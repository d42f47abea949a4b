"""Stand-ins for what dbt gives a model while sqlfluff renders it.

Belongs here: only what makes our models renderable. Does not belong here: any SQL of ours.
"""

from collections.abc import Callable
from typing import Any

_VARIABLES = {
    "first_month": "2022-03",
    "last_month": "2025-09",
    "as_of": "2025-10-15",
    "atom_measures": ["mha_detention_rate", "workforce_representation"],
    "estimate_measures": ["section_2_length_mean", "section_2_length_median"],
    "feeds": {"census": {"is_monthly": False, "is_optional": True, "due_days": 0}},
}


class _Adapter:
    """dbt's `adapter`: a dispatched macro renders as a function call over its arguments, or as nothing."""

    def dispatch(self, name: str, _namespace: str | None = None) -> Callable[..., str]:
        """The macro of that name."""
        return lambda *arguments: f"{name}({', '.join(map(str, arguments))})" if arguments else ""


class _Dbt:
    """dbt's own cross-database macros, as far as the models use them."""

    def __getattr__(self, name: str) -> Callable[..., str]:
        """A type is its name; anything else a function call over its arguments."""
        if name.startswith("type_"):
            return lambda: name.removeprefix("type_")
        return lambda *arguments: f"{name}({', '.join(map(str, arguments))})"


adapter = _Adapter()
dbt = _Dbt()
execute = False


def var(name: str, default: Any = None) -> Any:
    """A project variable, as the demonstration trust has it."""
    return _VARIABLES.get(name, default or "DEM0")
