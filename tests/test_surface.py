"""What a user can type is explained and documented, all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from localstack_lite.cli import later, options, program
from localstack_lite.config import devserve_toml, gateway_settings
from localstack_lite.config.find import TEMPLATES
from localstack_lite.config.zero import FILES

ROOT = Path(__file__).resolve().parents[1]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by what is typed, sub-commands included."""
    context = click.Context(program.program)
    for name in program.COMMANDS:
        command = program.program.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", found) for inner, found in command.commands.items())


def every_option() -> list[tuple[str, click.Option]]:
    return [(name, one) for name, command in commands() for one in command.params if isinstance(one, click.Option)]


def document(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, command: str) -> str:
    """The part of docs/cli.md about a command, and the part about the options that several commands share."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    heading = "`devserve [OPTIONS]" if command == "serve" else f"`devserve {command.split()[0]}"
    return "".join(part for part in parts if part.startswith((heading, "Which project")))


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_says_what_it_does(name: str) -> None:
    command = dict(commands())[name]
    assert command.help
    assert command.help.strip().split("\n")[0].endswith(".")


@pytest.mark.parametrize(("name", "option"), every_option(), ids=lambda value: getattr(value, "name", value))
def test_every_option_has_a_help_text(name: str, option: click.Option) -> None:
    assert option.help, f"{name} {option.opts}"
    assert not option.hidden


@pytest.mark.parametrize(("name", "option"), every_option(), ids=lambda value: getattr(value, "name", value))
def test_every_spelling_of_an_option_is_documented_with_its_command(name: str, option: click.Option) -> None:
    text = section(document("docs/cli.md"), name)
    for word in (*option.opts, *option.secondary_opts):
        assert re.search(rf"`{re.escape(word)}[` ]", text), f"{word} of {name} is not in docs/cli.md"


def test_the_documentation_names_no_option_that_does_not_exist() -> None:
    known = {word for _, option in every_option() for word in (*option.opts, *option.secondary_opts)}
    known |= {"-h", "--help", "--version"}
    for file in ("README.md", "docs/cli.md", "docs/configuration.md", "docs/differences.md"):
        found = set(
            re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"```sh.*?```", "", document(file), flags=re.DOTALL))
        )
        assert found - known == set(), file


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_is_documented(name: str) -> None:
    words = "devserve [OPTIONS]" if name == "serve" else f"devserve {name}"
    assert words in document("docs/cli.md")


def test_the_list_of_commands_says_what_their_helps_say_or_less() -> None:
    assert all(entry.summary.endswith(".") for entry in program.COMMANDS.values())


SETTINGS = [
    *(devserve_toml._TOP, devserve_toml._FUNCTION, devserve_toml._STAGE),
    *(gateway_settings.IDENTITY, gateway_settings.AUTHORIZER, gateway_settings.WEBSOCKET),
]


@pytest.mark.parametrize("key", sorted({key for table in SETTINGS for key in table}))
def test_every_key_of_the_settings_is_documented(key: str) -> None:
    assert f"| `{key}` |" in document("docs/configuration.md")


def test_no_key_is_documented_that_does_not_exist() -> None:
    keys = set(re.findall(r"^\| `([a-z0-9_]+)` \|", document("docs/configuration.md"), flags=re.MULTILINE))
    assert keys == {key for table in SETTINGS for key in table}


@pytest.mark.parametrize("file", [*TEMPLATES, *FILES, "devserve.toml", "pyproject.toml"])
def test_every_file_that_makes_a_project_is_documented(file: str) -> None:
    assert f"`{file}`" in document("docs/configuration.md")


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 70, 130])
def test_every_exit_code_is_documented(code: int) -> None:
    assert f"\n| {code} | " in document("docs/cli.md")


def test_links_between_the_documents_lead_somewhere() -> None:
    for file in ("README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\((?!http)([^)#]+)", document(file)):
            assert (ROOT / file).parent.joinpath(target).exists(), f"{file} → {target}"


def test_the_two_front_door_commands_are_in_the_readme() -> None:
    readme = document("README.md")
    assert "python -m pip install . && devserve tests/examples/hello" in readme
    assert 'python -m pip install ".[test]" && python -m pytest' in readme


def test_what_comes_later_is_not_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["--help"]) == 0
    words = set(re.findall(r"(?<![\w-])--?[a-z-]+", capsys.readouterr().out))
    assert words & later.OPTIONS.keys() == set()


def test_sandboxes_that_can_be_asked_for_are_documented() -> None:
    words = r"\|".join(options.SANDBOXES)
    assert f"`--sandbox {words}`" in document("docs/cli.md")
