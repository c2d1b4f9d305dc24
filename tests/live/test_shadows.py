"""Initialisation that fails in our own modules, or by no exception: the user's files are named, and none of ours."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from localstack_lite import shipped
from tests.live.runtimes import running
from tests.live.test_python_runtime import INTERPRETERS

pytestmark = pytest.mark.live

APP = {
    "PYTHONPATH": str(shipped.runtimes() / "python" / "adapters"),
    "DEVSERVE_APP": '{"app": "app:app", "kind": "wsgi"}',
}


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("raise ImportError('mine')", "Runtime.ImportModuleError", "Unable to import module 'json.py': mine"),
        ("import not_there", "Runtime.ImportModuleError", "'json.py': No module named 'not_there'"),
        ("raise ValueError('mine')", "ValueError", "mine"),
        ("def (", "Runtime.UserCodeSyntaxError", "Syntax error in module 'json.py': invalid syntax"),
    ],
)
@pytest.mark.parametrize("python", INTERPRETERS)
def test_a_module_that_hides_pythons_own_is_named_with_its_line(
    tmp_path: Path, python: str, text: str, kind: str, told: str
) -> None:
    (tmp_path / "json.py").write_text(text + "\n")
    with running(tmp_path, "app = None\n", "devserve_app.handler", python=python, environ=APP) as runtime:
        posted = runtime.api.wait("init_error").json()
        assert runtime.wait() == 1
    assert posted["errorType"] == kind
    assert told in posted["errorMessage"]
    (line,) = posted["stackTrace"]
    assert f'File "{tmp_path}/json.py"' in line
    assert "devserve_" not in "".join(runtime.log)


def test_a_module_that_lacks_what_pythons_own_has_is_named(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("x = 1\n")
    with running(tmp_path, "app = None\n", "devserve_app.handler", environ=APP) as runtime:
        message = runtime.api.wait("init_error").json()["errorMessage"]
    assert message.startswith("module 'json' has no attribute 'loads'")
    assert message.endswith("(json.py hides Python's own module json)")


@pytest.mark.parametrize("python", INTERPRETERS)
@pytest.mark.parametrize("adapted", [False, True])
def test_an_interrupt_at_import_is_logged_without_our_frames(tmp_path: Path, python: str, adapted: bool) -> None:
    handler, environ = ("devserve_app.handler", APP) if adapted else ("app.handler", {})
    with running(tmp_path, "raise KeyboardInterrupt('me')\n", handler, python=python, environ=environ) as runtime:
        assert runtime.wait() == -signal.SIGINT, runtime.log
        assert runtime.api.posted == []
    log = "".join(runtime.log)
    assert f'File "{tmp_path}/app.py", line 1, in <module>' in log
    assert log.endswith("KeyboardInterrupt: me\n")
    assert str(shipped.runtimes()) not in log


def test_a_hook_of_the_users_gets_the_interrupt(tmp_path: Path) -> None:
    source = "import sys\nsys.excepthook = lambda kind, *rest: print('mine', kind.__name__)\nraise KeyboardInterrupt\n"
    with running(tmp_path, source) as runtime:
        runtime.wait()
    assert "".join(runtime.log) == "mine KeyboardInterrupt\n"


def test_an_exit_at_import_says_its_text_only(tmp_path: Path) -> None:
    with running(tmp_path, "raise SystemExit('bye')\n", "devserve_app.handler", environ=APP) as runtime:
        assert runtime.wait() == 1
    assert "".join(runtime.log) == "bye\n"
