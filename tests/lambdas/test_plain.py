"""Values as JSON data and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pytest

from localstack_lite.lambdas.plain import dumped, loaded
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.alias import Alias, EventInvoke, Provisioned
from localstack_lite.model.function import Build, Code, Dockerfile, Function, Image, Layer, LogFormat, Logging


class Kind(StrEnum):
    ONE = "one"


@dataclass(frozen=True, slots=True)
class Part:
    path: Path
    kind: Kind = Kind.ONE


@dataclass(frozen=True, slots=True)
class Whole:
    name: str
    count: int = 0
    share: float = 0.0
    on: bool = False
    parts: tuple[Part, ...] = ()
    named: Mapping[str, Part | None] = field(default_factory=dict)
    one: Part | None = None
    free: Mapping[str, object] = field(default_factory=dict)


WHOLE = Whole("w", 1, 0.5, True, (Part(Path("/a")),), {"x": Part(Path("b")), "y": None}, Part(Path("/c")), {"k": [1]})


def test_what_is_written_is_read_again_the_same() -> None:
    assert loaded(Whole, json.loads(json.dumps(dumped(WHOLE)))) == WHOLE


def test_a_function_with_everything_is_read_again_the_same() -> None:
    function = Function(
        "Hello",
        "hello",
        "python3.13",
        "app.handler",
        Code(Path("/c"), Path("/s"), Build("esbuild", Path("/b"), {"Minify": True, "EntryPoints": ["a"]})),
        environment={"A": "é"},
        layers=(Layer("arn", Path("/l"), 3),),
        opt=Path("/o"),
        image=Image("uri", Dockerfile(Path("/d"), arguments={"A": "B"}), ("entry",)),
        logging=Logging(LogFormat.JSON, "DEBUG"),
        adapter=Adapter(AppKind.WSGI, "app:app", "WSGI", (Path("/f"),)),
        reserved_concurrency=5,
        aliases=(Alias("live", "", weights={"1": 0.5}),),
        provisioned=(Provisioned("live", 2),),
        event_invokes=(EventInvoke(retries=1),),
        cold_starts=(1.5, 2.0),
    )
    assert loaded(Function, json.loads(json.dumps(dumped(function)))) == function


def test_fields_that_are_not_there_have_their_defaults_and_unknown_ones_are_passed_over() -> None:
    assert loaded(Whole, {"name": "w", "new": 1}) == Whole("w")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"name": 1},
        {"name": "w", "count": "1"},
        {"name": "w", "count": True},
        {"name": "w", "on": 1},
        {"name": "w", "parts": {}},
        {"name": "w", "parts": [{"path": 1}]},
        {"name": "w", "parts": [{"path": "a", "kind": "two"}]},
        {"name": "w", "named": []},
        {"name": "w", "one": "x"},
        {"name": "w", "share": "x"},
    ],
)
def test_data_that_does_not_fit_is_refused(data: object) -> None:
    with pytest.raises(ValueError):
        loaded(Whole, data)


def test_whole_numbers_are_numbers_where_fractions_are_wanted() -> None:
    assert loaded(Whole, {"name": "w", "share": 1}).share == 1.0
