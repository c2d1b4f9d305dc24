"""Which version of Node.js a project wants, and which one it gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.sandbox.node_versions import Installed, choose, defined, first_pin, pinned

OWN = Installed(Path("/usr/bin/node"), "20.20.2", "/usr/bin/node", ordinary=True)
NVM18 = Installed(Path("/nvm/18/bin/node"), "18.20.1", "nvm 18.20.1")
NVM22 = Installed(Path("/nvm/22/bin/node"), "22.3.0", "nvm 22.3.0")
NVM22_OLD = Installed(Path("/nvm/22a/bin/node"), "22.10.0", "nvm 22.10.0")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (".nvmrc", "v20.11.1\n", "20.11.1"),
        (".nvmrc", "20", "20"),
        (".nvmrc", "lts/iron", ""),
        (".nvmrc", "", ""),
        (".node-version", "22.3.0\n", "22.3.0"),
        (".tool-versions", "python 3.12.1\nnodejs 20.11.1\n", "20.11.1"),
        (".tool-versions", "node 22\n", "22"),
        (".tool-versions", "python 3.12.1\n", ""),
        ("package.json", '{"volta": {"node": "20.11.1"}}', "20.11.1"),
        ("package.json", '{"engines": {"node": ">=18"}}', ""),
        ("package.json", "{", ""),
        ("package.json", "[]", ""),
    ],
)
def test_a_pin_is_read_as_its_manager_reads_it(name: str, text: str, expected: str) -> None:
    assert pinned(name, text) == expected


def test_the_first_file_that_names_a_version_counts() -> None:
    assert first_pin([(".nvmrc", "lts/*"), (".node-version", "22"), (".nvmrc", "18")]) == "22"
    assert first_pin([]) == ""


def test_the_header_beside_node_tells_its_version() -> None:
    header = "#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 3\n#define NODE_PATCH_VERSION 1\n"
    assert defined(header) == "20.3.1"
    assert defined("#define NODE_MAJOR_VERSION 20\n") == ""


@pytest.mark.parametrize(
    ("runtime", "pin", "installed", "expected", "warning"),
    [
        ("nodejs20.x", "", [OWN, NVM18], OWN, ""),
        ("nodejs18.x", "", [OWN, NVM18], NVM18, ""),
        ("nodejs20.x", "18", [OWN, NVM18], NVM18, "nodejs20.x asked, running 18.20.1 from nvm 18.20.1"),
        ("nodejs20.x", "22.3.0", [OWN, NVM22_OLD, NVM22], NVM22, "nodejs20.x asked, running 22.3.0 from nvm 22.3.0"),
        ("nodejs20.x", "16", [OWN], OWN, ""),
        ("nodejs22.x", "", [OWN], OWN, "nodejs22.x asked, running 20.20.2 from /usr/bin/node"),
        ("nodejs22.x", "", [NVM18, NVM22, NVM22_OLD], NVM22_OLD, ""),
        ("nodejs24.x", "", [NVM18, NVM22], NVM22, "nodejs24.x asked, running 22.3.0 from nvm 22.3.0"),
    ],
)
def test_the_pinned_one_then_the_users_own_then_the_runtimes_version(
    runtime: str, pin: str, installed: list[Installed], expected: Installed, warning: str
) -> None:
    chosen = choose(runtime, pin, installed)
    assert chosen is not None
    assert (chosen.path, chosen.version, chosen.warning) == (expected.path, expected.version, warning)


def test_without_any_there_is_none() -> None:
    assert choose("nodejs20.x", "", []) is None


def test_one_of_unknown_version_gets_no_warning() -> None:
    chosen = choose("nodejs20.x", "", [Installed(Path("/x"), "", "x", ordinary=True)])
    assert chosen is not None
    assert chosen.warning == ""
