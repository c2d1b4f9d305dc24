"""Frozen values as plain JSON data, and back, by the types of their fields. Pure.

Dataclasses become objects, tuples lists, paths and enums text. Reading is strict: data that does not fit its type is a
ValueError, so a file that was edited or cut never becomes a half-made value.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dumped(value: object) -> Any:
    """What `json.dumps` takes."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: dumped(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): dumped(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [dumped(one) for one in value]
    return str(value) if isinstance(value, Path | StrEnum) else value


def loaded(wanted: type[T], data: object) -> T:
    """The value of that type. Fields that the data does not have get their defaults."""
    made: T = _read(wanted, data)
    return made


def _read(wanted: Any, data: Any) -> Any:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        return _either(arguments, data)
    if origin is tuple:
        # Only tuples of one type are used: `tuple[X, ...]`.
        return tuple(_read(arguments[0], one) for one in _expect(list, data))
    if origin is not None and issubclass(origin, Mapping):
        return {str(key): _read(arguments[1], one) for key, one in _expect(dict, data).items()}
    if is_dataclass(wanted):
        return _record(wanted, _expect(dict, data))
    if wanted in (object, Any):
        return data
    if isinstance(wanted, type) and issubclass(wanted, Path | StrEnum):
        return wanted(_expect(str, data))
    if wanted is float:
        return float(_expect((int, float), data))
    return _expect(wanted, data)


def _either(choices: tuple[Any, ...], data: Any) -> Any:
    if data is None and type(None) in choices:
        return None
    (choice,) = (one for one in choices if one is not type(None))
    return _read(choice, data)


def _record(wanted: Any, data: Mapping[str, Any]) -> Any:
    hints = _hints(wanted)
    try:
        return wanted(**{name: _read(hints[name], one) for name, one in data.items() if name in hints})
    except TypeError as missing:
        raise ValueError(str(missing)) from missing


@cache
def _hints(wanted: Any) -> Mapping[str, Any]:
    names = {one.name for one in fields(wanted)}
    return {name: hint for name, hint in get_type_hints(wanted).items() if name in names}


def _expect(wanted: Any, data: Any) -> Any:
    if not isinstance(data, wanted) or (isinstance(data, bool) and wanted is not bool):
        raise ValueError(f"{data!r:.60} is no {getattr(wanted, '__name__', wanted)}")
    return data
