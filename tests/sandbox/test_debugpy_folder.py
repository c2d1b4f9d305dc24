"""Where the Python debugger is looked for."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import pytest

from localstack_lite.sandbox import debugpy_folder
from localstack_lite.sandbox.interpreter import Interpreter


def test_the_functions_own_comes_first(tmp_path: Path) -> None:
    package = tmp_path / "lib" / "python3.12" / "site-packages" / "debugpy"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text("")
    assert debugpy_folder.find(Interpreter(tmp_path / "bin" / "python", "3.12", "test")) == package


@pytest.mark.skipif(importlib.util.find_spec("debugpy") is None, reason="needs debugpy")
def test_then_devserves(tmp_path: Path) -> None:
    found = debugpy_folder.find(Interpreter(tmp_path / "bin" / "python", "3.12", "test"))
    assert found is not None
    assert (found / "__main__.py").is_file()


def test_a_free_port_can_be_listened_on() -> None:
    port = debugpy_folder.free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert 0 < port < 65536
