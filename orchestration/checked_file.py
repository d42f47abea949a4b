"""A small YAML file read into a model, and any fault of it told in one line.

Belongs here: how a fault is worded. Does not belong here: what the files say (`orchestration.settings`).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

_Model = TypeVar("_Model", bound=BaseModel)


class SettingsError(Exception):
    """A setting is missing, unknown or wrong; the text is one line that names it."""


def checked(model: type[_Model], path: Path, variable: str, *, secret: bool = False, **unless_given: Any) -> _Model:
    """What a YAML file says, as `model`.

    Args:
        model: shape of the file.
        path: the file.
        variable: the environment variable that names it.
        secret: no value of the file is printed.
        unless_given: values for keys the file leaves out; None stands for no value.

    Raises:
        SettingsError: the file is missing, or something in it is wrong.
    """
    if not may_be_file(path):
        raise SettingsError(f"{path}: no such file; {variable} names it")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: can not be read ({error.strerror}); {variable} names it") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise SettingsError(f"{path}: is not YAML in UTF-8") from None
    except ValueError:
        raise SettingsError(f"{path}: expected days of the calendar, found one that does not exist") from None
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: expected `key: value` lines")
    defaults = {key: value for key, value in unless_given.items() if value is not None}
    try:
        return model.model_validate(defaults | content)
    except ValidationError as error:
        raise SettingsError(f"{path}: {_first_fault(error, secret=secret)}") from None


def may_be_file(path: Path) -> bool:
    """True for a file, and for whatever may not be looked at: opening it tells more."""
    try:
        return path.is_file()
    except OSError:
        return True


def _first_fault(error: ValidationError, *, secret: bool) -> str:
    """The first fault of a validation error in one line, without the value when it is a secret."""
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"]) or "the file"
    if fault["type"] == "extra_forbidden":
        return f"unknown key {place!r}"
    message = re.sub(r"^Value error, ", "", fault["msg"])
    found = "" if secret or fault["type"] in ("missing", "value_error") else f", found {fault['input']!r}"
    return f"{place}: {message[0].lower()}{message[1:]}{found}"
