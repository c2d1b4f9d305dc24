"""Looking for Node.js: in folders as version managers lay them out, and what each Node says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.sandbox.node import Nodes


def fake(file: Path, says: str = "") -> Path:
    """A Node that says its version, and keeps count of how often it was asked."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'#!/bin/sh\necho x >> "{file}.asked"\necho {says}\n')
    file.chmod(0o755)
    return file


def asked(file: Path) -> int:
    count = Path(f"{file}.asked")
    return len(count.read_text().split()) if count.exists() else 0


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (".nvm/versions/node/v22.3.0/bin/node", "nvm 22.3.0"),
        (".local/share/fnm/node-versions/v22.3.0/installation/bin/node", "fnm 22.3.0"),
        (".volta/tools/image/node/22.3.0/bin/node", "volta 22.3.0"),
        (".asdf/installs/nodejs/22.3.0/bin/node", "asdf 22.3.0"),
        (".local/share/mise/installs/node/22.3.0/bin/node", "mise 22.3.0"),
    ],
)
def test_a_version_managers_node_is_found_without_starting_it(tmp_path: Path, place: str, reason: str) -> None:
    node = fake(tmp_path / place)
    found = Nodes({"HOME": str(tmp_path), "PATH": ""}).find("nodejs22.x", tmp_path, tmp_path)
    assert found is not None
    assert (found.path, found.version, found.reason, found.warning) == (node, "22.3.0", reason, "")
    assert asked(node) == 0


def test_a_manager_may_live_elsewhere(tmp_path: Path) -> None:
    node = fake(tmp_path / "nvm" / "versions/node/v20.1.0/bin/node")
    found = Nodes({"NVM_DIR": str(tmp_path / "nvm"), "PATH": ""}).find("nodejs20.x", tmp_path, tmp_path)
    assert found is not None
    assert found.path == node


def test_the_one_on_the_path_is_asked_once_until_it_changes(tmp_path: Path) -> None:
    node = fake(tmp_path / "bin" / "node", "v20.20.2")
    nodes = Nodes({"PATH": str(tmp_path / "bin")})
    for _ in range(3):
        found = nodes.find("nodejs20.x", tmp_path, tmp_path)
        assert found is not None
        assert (found.path, found.version) == (node, "20.20.2")
    assert asked(node) == 1


def test_a_header_beside_it_spares_the_question(tmp_path: Path) -> None:
    node = fake(tmp_path / "bin" / "node", "v1.2.3")
    header = tmp_path / "include" / "node" / "node_version.h"
    header.parent.mkdir(parents=True)
    parts = {"MAJOR": 20, "MINOR": 3, "PATCH": 1}
    header.write_text("".join(f"#define NODE_{name}_VERSION {number}\n" for name, number in parts.items()))
    found = Nodes({"PATH": str(tmp_path / "bin")}).find("nodejs20.x", tmp_path, tmp_path)
    assert found is not None
    assert (found.version, asked(node)) == ("20.3.1", 0)


def test_the_pin_nearest_to_the_code_counts(tmp_path: Path) -> None:
    for version in ("18.1.0", "20.1.0", "22.1.0"):
        fake(tmp_path / f".nvm/versions/node/v{version}/bin/node")
    code = tmp_path / "project" / "src"
    code.mkdir(parents=True)
    (tmp_path / "project" / ".nvmrc").write_text("18\n")
    nodes = Nodes({"HOME": str(tmp_path), "PATH": ""})
    found = nodes.find("nodejs22.x", code, tmp_path / "project")
    assert found is not None
    assert found.version == "18.1.0"
    (code / ".node-version").write_text("20.1.0\n")
    found = nodes.find("nodejs22.x", code, tmp_path / "project")
    assert found is not None
    assert found.version == "20.1.0"


def test_a_broken_one_has_no_version(tmp_path: Path) -> None:
    node = tmp_path / "bin" / "node"
    node.parent.mkdir()
    node.write_text("#!/nonexistent\n")
    node.chmod(0o755)
    found = Nodes({"PATH": str(tmp_path / "bin")}).find("nodejs20.x", tmp_path, tmp_path)
    assert found is not None
    assert (found.version, found.warning) == ("", "")


def test_none_is_none(tmp_path: Path) -> None:
    assert Nodes({"PATH": str(tmp_path), "HOME": str(tmp_path)}).find("nodejs20.x", tmp_path, tmp_path) is None
