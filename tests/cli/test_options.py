"""How options become the values that the readers and the application take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from localstack_lite.cli import options
from localstack_lite.errors import UserError
from localstack_lite.model.options import ServeOptions
from tests.builders import function, project


def chosen(**more: Any) -> dict[str, Any]:
    return {"template": None, "parameter_overrides": (), "env_vars": None, "env_file": None, "region": None, **more}


def test_nothing_given_is_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = options.read_options(None, chosen())
    assert (found.folder, found.target, found.template) == (tmp_path, ".", None)


def test_named_files_are_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("t.yaml", "vars.json", ".env"):
        (tmp_path / name).touch()
    found = options.read_options("x", chosen(template="t.yaml", env_vars="vars.json", env_file=".env"))
    assert (found.target, found.template) == ("x", Path("t.yaml"))
    assert (found.env_vars, found.env_file) == (tmp_path / "vars.json", tmp_path / ".env")


def test_a_folder_as_template_is_the_project_in_it(tmp_path: Path) -> None:
    found = options.read_options(None, chosen(template=str(tmp_path)))
    assert (found.target, found.template) == (str(tmp_path), None)


@pytest.mark.parametrize(("option", "key"), [("--env-vars", "env_vars"), ("--env-file", "env_file")])
def test_a_named_file_that_is_not_there_is_named(option: str, key: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "none")
    with pytest.raises(UserError, match="there is no such file") as raised:
        options.read_options(None, chosen(**{key: missing}))
    assert raised.value.where == f"{option} {missing}"
    with pytest.raises(UserError, match="is a folder"):
        options.read_options(None, chosen(**{key: str(tmp_path)}))


def test_overrides_and_region_are_passed_on() -> None:
    found = options.read_options(None, chosen(parameter_overrides=("A=1 B=2",), region="eu-west-2"))
    assert (dict(found.parameter_overrides), found.region) == ({"A": "1", "B": "2"}, "eu-west-2")


def test_the_front_door_is_passed_on() -> None:
    found = options.read_options(None, chosen())
    assert (found.event_kind, found.stage_prefix) == ("", None)
    found = options.read_options(None, chosen(event_kind="alb", stage_prefix=False))
    assert (found.event_kind, found.stage_prefix) == ("alb", False)


@click.command(cls=options.Command)
@click.argument("target", required=False)
@options.reading
@click.option("--count", callback=options.number(0, 9))
def example(target: str | None, count: int | None, **rest: Any) -> tuple[str | None, int | None, Any]:
    return target, count, rest["parameter_overrides"]


def parse(*arguments: str) -> Any:
    return example.main(list(arguments), standalone_mode=False)


def test_pairs_and_target_are_told_apart() -> None:
    assert parse("--parameter-overrides", "A=1", "B=2", "folder") == ("folder", None, ("A=1", "B=2"))


@pytest.mark.parametrize(("text", "expected"), [("0", 0), ("9", 9)])
def test_numbers_within_bounds_are_read(text: str, expected: int) -> None:
    assert parse("--count", text)[1] == expected


@pytest.mark.parametrize("text", ["10", "-1", "x", "", "1.5", "²"])
def test_other_numbers_are_refused_in_plain_words(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a number from 0 to 9"):
        parse("--count", text)


@click.command(cls=options.Command)
@options.reading
def door(**rest: Any) -> tuple[str, bool | None]:
    return rest["event_kind"], rest["stage_prefix"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ("", None)),
        (["--as", "REST", "--stage-prefix"], ("rest", True)),
        (["--as=alb", "--no-stage-prefix"], ("alb", False)),
    ],
)
def test_the_front_door_is_read(arguments: list[str], expected: tuple[str, bool | None]) -> None:
    assert door.main(arguments, standalone_mode=False) == expected


@pytest.mark.parametrize("word", ["soap", "", "http2"])
def test_another_front_door_is_refused_with_those_that_there_are(word: str) -> None:
    with pytest.raises(click.BadParameter, match="is not one of rest, http, http1, url, alb"):
        door.main(["--as", word], standalone_mode=False)


@click.command(cls=options.Command)
@options.sandbox
def running(**rest: Any) -> ServeOptions:
    return options.sandbox_options(rest)


def run(*arguments: str) -> ServeOptions:
    found = running.main(list(arguments), standalone_mode=False)
    assert isinstance(found, ServeOptions)
    return found


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ServeOptions()),
        (["--sandbox", "Docker"], ServeOptions(sandbox="docker")),
        (["-d", "5890"], ServeOptions(debug_port=5890)),
        (["--debug-port=1"], ServeOptions(debug_port=1)),
        (["--docker-network", "shop"], ServeOptions(docker_network="shop")),
        (["--container-host", "10.0.0.2"], ServeOptions(container_host="10.0.0.2")),
        (["--invoke-image", "a/b:1"], ServeOptions(invoke_images={"": "a/b:1"})),
        (["--invoke-image", "Fn=host:5000/b@sha256:ab"], ServeOptions(invoke_images={"Fn": "host:5000/b@sha256:ab"})),
        (
            ["--invoke-image", "one", "--invoke-image", "Fn=two", "--invoke-image", "three"],
            ServeOptions(invoke_images={"": "three", "Fn": "two"}),
        ),
        (["--no-credentials", "--profile", "p"], ServeOptions(credentials=False, profile="p")),
    ],
)
def test_what_says_how_functions_run_becomes_values(arguments: list[str], expected: ServeOptions) -> None:
    assert run(*arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sandbox", "cage"], "'cage' is not one of auto, process, docker"),
        (["-d", "0"], "'0' is not a number from 1 to 65535"),
        (["-d", "x"], "'x' is not a number from 1 to 65535"),
        (["--invoke-image", ""], "'' is neither IMAGE nor FUNCTION=IMAGE"),
        (["--invoke-image", "Fn="], "'Fn=' is neither IMAGE nor FUNCTION=IMAGE"),
        (["--invoke-image", "=image"], "'=image' is neither IMAGE nor FUNCTION=IMAGE"),
        (["--invoke-image", "an image"], "'an image' is neither IMAGE nor FUNCTION=IMAGE"),
        (["--docker-network", ""], "is empty"),
        (["--container-host", " "], "is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_plain_words(arguments: list[str], said: str) -> None:
    with pytest.raises(click.BadParameter) as raised:
        run(*arguments)
    assert raised.value.message == said


def test_functions_of_images_are_known_by_logical_id() -> None:
    shop = project(function("orders"), function("users"))
    found = options.known(ServeOptions(invoke_images={"orders": "a", "Users": "b", "": "c"}), shop)
    assert found.invoke_images == {"Orders": "a", "Users": "b", "": "c"}


def test_an_image_for_a_function_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(UserError, match="there is no such function") as raised:
        options.known(ServeOptions(invoke_images={"order": "a"}), project(function("orders")))
    assert raised.value.hint.startswith("did you mean orders?")


def test_a_named_folder_that_is_none_is_named(tmp_path: Path) -> None:
    assert options.existing_folder("--static-dir", "") is None
    assert options.existing_folder("--static-dir", str(tmp_path)) == tmp_path
    (tmp_path / "file").touch()
    for name, what in (("none", "there is no such folder"), ("file", "is a file, not a folder")):
        with pytest.raises(UserError, match=what) as raised:
            options.existing_folder("--static-dir", str(tmp_path / name))
        assert raised.value.where == f"--static-dir {tmp_path / name}"


@click.command(cls=options.Command)
@options.reading
def parameters(**rest: Any) -> dict[str, str]:
    return options.read_options(None, {**chosen(), "params": rest["params"]}).variables  # type: ignore[return-value]


def test_parameters_are_pairs_and_the_last_of_a_name_counts() -> None:
    given = ["--param", "a=1", "--param=b=x=y", "--param", "a=2"]
    assert parameters.main(given, standalone_mode=False) == {"a": "2", "b": "x=y"}
    assert parameters.main([], standalone_mode=False) == {}


@pytest.mark.parametrize("word", ["a", "=1", ""])
def test_a_parameter_without_name_or_value_is_refused(word: str) -> None:
    with pytest.raises(click.BadParameter, match="is not of the form NAME=VALUE"):
        parameters.main(["--param", word], standalone_mode=False)


def test_a_folder_of_extensions_has_extensions(tmp_path: Path) -> None:
    assert options.extensions_folder("") is None
    (tmp_path / "layer" / "extensions").mkdir(parents=True)
    with pytest.raises(UserError) as raised:
        options.extensions_folder(str(tmp_path / "layer"))
    assert raised.value.what == "there is no extension in this folder"
    assert raised.value.hint == f"did you mean {tmp_path}/layer/extensions?"
    (tmp_path / "layer" / "extensions" / ".hidden").write_text("")
    with pytest.raises(UserError, match="no extension"):
        options.extensions_folder(str(tmp_path / "layer" / "extensions"))
    (tmp_path / "layer" / "extensions" / "tracer").write_text("")
    assert options.extensions_folder(str(tmp_path / "layer" / "extensions")) == tmp_path / "layer" / "extensions"
