"""Our Python runtime as a process: on every interpreter there is, and with handlers that do as they like."""

from __future__ import annotations

import json
import os
import py_compile
import re
import signal
import sys
from pathlib import Path

import pytest

from tests.live.deadline import eventually
from tests.live.runtimes import running

pytestmark = pytest.mark.live

_OTHERS = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))
INTERPRETERS = [sys.executable, *(str(path) for path in _OTHERS if int(path.parts[-3].split(".")[1]) >= 9)]
REPORT = {"DEVSERVE_REPORT_FILES": "1"}


@pytest.mark.parametrize("python", INTERPRETERS)
def test_a_function_runs_on_every_interpreter_from_3_9_on(tmp_path: Path, python: str) -> None:
    source = """
import collections, logging, sys
Point = collections.namedtuple("Point", "x y")
def handler(event, context):
    if event == "fail":
        raise ValueError("é")
    if event == "named":
        return Point(1, {"a": b"b"})
    logging.warning("seen %s", sys.version_info[:2])
    return [event, context.function_name, context.memory_limit_in_mb, list(sys.version_info[:2])]
"""
    with running(tmp_path, source, python=python, environ=REPORT) as runtime:
        event, name, memory, version = runtime.ask({"é": ["😀", 1.5, None]}).json()
        assert (event, name, memory) == ({"é": ["😀", 1.5, None]}, "f", "128")
        assert runtime.ask("named").body == b'{"x": 1, "y": {"a": "b"}}'
        error = runtime.ask("fail").json()
        assert (error["errorType"], error["errorMessage"]) == ("ValueError", "é")
        line = source[: source.index("raise")].count("\n") + 1
        trace = f'  File "{tmp_path}/app.py", line {line}, in handler\n    raise ValueError("é")\n'
        assert error["stackTrace"] == [trace]
        assert runtime.api.wait("loaded").json() == [str(tmp_path / "app.py")]
        log = runtime.end()
    assert re.match(rf"\[WARNING\]\t.*Z\t0.*1\tseen \({version[0]}, {version[1]}\)\n\Z", log[0])
    assert log[1].startswith('[ERROR] ValueError: é\nTraceback (most recent call last):\n\xa0\xa0File "')
    assert len(log) == 2


@pytest.mark.parametrize("python", INTERPRETERS)
def test_errors_of_initialisation_are_posted_and_end_the_process_with_1(tmp_path: Path, python: str) -> None:
    with running(tmp_path, "def handler(event, context)\n", python=python) as runtime:
        posted = runtime.api.wait("init_error")
        assert runtime.wait() == 1
    assert posted.headers["lambda-runtime-function-error-type"] == "Runtime.UserCodeSyntaxError"
    assert posted.json()["errorMessage"].startswith("Syntax error in module 'app': ")
    assert posted.json()["stackTrace"][0].startswith(f'  File "{tmp_path}/app.py" Line 1\n    def handler(')
    assert runtime.log[0].split("\t")[3].startswith("LAMBDA_WARNING: Unhandled exception. ")
    assert runtime.log[1].startswith("[ERROR] Runtime.UserCodeSyntaxError: Syntax error")


ECHO = "def handler(event, context):\n    return event\n"


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [0, 1, 60_000, 70_000, 6_000_000])
def test_events_and_results_of_any_size_pass(tmp_path: Path, size: int, chunked: bool) -> None:
    with running(tmp_path, ECHO) as runtime:
        text = "x" * size
        assert runtime.api.ask(text, chunked=chunked).body == json.dumps(text).encode()
        assert runtime.ask({"then": "again"}).json() == {"then": "again"}


def test_an_event_that_is_no_json_is_an_error_of_the_runtime(tmp_path: Path) -> None:
    with running(tmp_path, ECHO) as runtime:
        for raw in (b"{", b"NaN", b"\xff", b"", b"1 2"):
            posted = runtime.api.ask(raw=raw)
            assert posted.json()["errorType"] == "Runtime.UnmarshalError"
            assert posted.json()["errorMessage"].startswith("Unable to unmarshal input: ")
        assert runtime.ask([1]).json() == [1]


CLOSED = {
    "sys.stdout.close()": "sys.stdout.close()",
    "os.close(1)": "os.close(1)",
    "both descriptors": "os.close(1); os.close(2)",
    "no stdout at all": "sys.stdout = sys.stderr = None",
    "every descriptor": "os.closerange(0, 256)",
}


@pytest.mark.parametrize("case", CLOSED)
@pytest.mark.parametrize("framed", [False, True])
def test_a_handler_may_close_its_output(tmp_path: Path, case: str, framed: bool) -> None:
    source = f"""
import logging, os, sys
def handler(event, context):
    {CLOSED[case] if case != "both descriptors" else "os.close(1 + event)"}
    logging.error("still here")
    if event:
        raise ValueError("after")
    return "fine"
"""
    with running(tmp_path, source, framed=framed) as runtime:
        assert runtime.ask(0).json() == "fine"
        if "os.close(1)" not in case:
            assert runtime.ask(1).json()["errorMessage"] in ("after", "I/O operation on closed file.")


def test_a_child_that_the_handler_forks_does_not_answer_in_its_place(tmp_path: Path) -> None:
    source = """
import os
def handler(event, context):
    pid = os.fork()
    if event == "raise" and not pid:
        raise ValueError("in the child")
    if pid:
        os.waitpid(pid, 0)
    return "parent" if pid else "child"
"""
    with running(tmp_path, source) as runtime:
        for event in ("return", "raise", "return"):
            assert runtime.ask(event).json() == "parent"
        assert [posted.body for posted in runtime.api.posted] == [b'"parent"'] * 3


def test_prints_are_out_before_the_process_dies(tmp_path: Path) -> None:
    source = """
import os, sys
def handler(event, context):
    print("a", end="")
    sys.stderr.write("b")
    sys.stdout.buffer.write(b"c")
    os.write(1, b"d")
    os._exit(5)
"""
    with running(tmp_path, source) as runtime:
        runtime.api.give()
        assert runtime.wait() == 5
    assert runtime.log == ["abcd"]


def test_prints_records_and_children_keep_their_order(tmp_path: Path) -> None:
    source = """
import logging, subprocess
def handler(event, context):
    for number in range(50):
        print("print", number)
        logging.error("record %d", number)
        subprocess.run(["echo", "child", str(number)]) if number % 10 == 0 else None
"""
    with running(tmp_path, source) as runtime:
        runtime.ask()
        log = [event.rsplit("\t", 1)[-1].strip() for event in runtime.end()]
    expected = [[f"print {n}", f"record {n}", *([f"child {n}"] if n % 10 == 0 else [])] for n in range(50)]
    assert log == [event for group in expected for event in group]


def test_logging_is_set_up_whoever_imports_it_and_however(tmp_path: Path) -> None:
    source = """
import importlib.util, sys
found = importlib.util.find_spec("logging")
before = "logging" in sys.modules
def handler(event, context):
    import logging
    logging.basicConfig(format="mine")
    logging.warning("one")
    return [before, len(logging.getLogger().handlers), type(logging.__loader__).__name__]
"""
    with running(tmp_path, source) as runtime:
        assert runtime.ask().json() == [False, 1, "SourceFileLoader"]
        log = runtime.end()
    assert len(log) == 1
    assert log[0].endswith("\tone\n")


def test_any_text_can_be_printed(tmp_path: Path) -> None:
    source = """
import sys
def handler(event, context):
    print("\\ud800 \\udcff é 😀")
    return [sys.stdout.encoding, sys.stdout.isatty(), sys.stdout.fileno(), sys.stderr.fileno()]
"""
    with running(tmp_path, source) as runtime:
        assert runtime.ask().json() == ["utf-8", False, 1, 2]
        assert runtime.end() == ["\\ud800 \\udcff é 😀\n"]


def test_without_frames_errors_are_one_line_with_carriage_returns(tmp_path: Path) -> None:
    source = "def handler(event, context):\n    print('out')\n    raise ValueError('no')\n"
    with running(tmp_path, source, framed=False) as runtime:
        runtime.ask()
        log = runtime.end()
    assert log[0] == "out\n"
    assert log[1].startswith("[ERROR] ValueError: no\rTraceback (most recent call last):\r\xa0\xa0File")


def test_the_user_sees_an_interpreter_of_their_own(tmp_path: Path) -> None:
    for name in ("bootstrap", "loop", "output", "payload", "context"):
        (tmp_path / f"{name}.py").write_text(f"who = 'the user, {name}'\n")
    source = """
import __main__, os, sys
import bootstrap, loop, output, payload, context as own
from multiprocessing import get_context
def handler(event, context):
    return {
        "modules": [m.who for m in (bootstrap, loop, output, payload, own)],
        "main": sorted(name for name in vars(__main__) if not name.startswith("__")),
        "path": [sys.path[0], any("runtimes" in entry for entry in sys.path)],
        "argv": len(sys.argv),
        "variables": sorted(name for name in os.environ if name.startswith(("DEVSERVE", "_LAMBDA", "_X_AMZN"))),
        "bytecode": sys.dont_write_bytecode,
        "logging": "json" in sys.modules,
    }
"""
    with running(tmp_path, source, environ=REPORT) as runtime:
        told = runtime.ask().json()
    assert told["modules"] == [f"the user, {name}" for name in ("bootstrap", "loop", "output", "payload", "context")]
    assert told["main"] == ["main", "os", "sys"]
    assert told["path"] == [str(tmp_path), False]
    assert (told["argv"], told["variables"], told["bytecode"]) == (1, [], True)
    assert not list(tmp_path.rglob("__pycache__"))


@pytest.mark.parametrize("handler", ["a/b.handler", "a.b.handler"])
def test_handlers_in_packages_are_found_with_dots_and_slashes(tmp_path: Path, handler: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.py").write_text(ECHO)
    with running(tmp_path, None, handler) as runtime:
        assert runtime.ask("x").json() == "x"


def test_the_trace_id_is_set_for_the_invocation_and_not_before(tmp_path: Path) -> None:
    source = """
import os
before = os.environ.get("_X_AMZN_TRACE_ID")
def handler(event, context):
    return [before, os.environ.get("_X_AMZN_TRACE_ID")]
"""
    with running(tmp_path, source, environ={"_X_AMZN_TRACE_ID": "left over"}) as runtime:
        assert runtime.ask(trace_id="Root=1").json() == [None, "Root=1"]
        assert runtime.ask(trace_id="Root=2").json() == [None, "Root=2"]
        assert runtime.ask().json() == [None, None]


def test_files_are_told_when_they_have_been_read(tmp_path: Path) -> None:
    task, layer = tmp_path / "task", tmp_path / "layer"
    for folder in (task / "package", task / "site-packages", layer):
        folder.mkdir(parents=True)
    (task / "package" / "__init__.py").write_text("")
    (task / "package" / "part.py").write_text("x = 1\n")
    (task / "late.py").write_text("x = 1\n")
    (task / "site-packages" / "installed.py").write_text("x = 1\n")
    (task / "data.txt").write_text("text")
    (layer / "shared.txt").write_text("text")
    source = f"""
import json, os, sys
sys.path.append("site-packages")
import installed
import package.part
open({str(layer / "shared.txt")!r}).close()
def handler(event, context):
    open("/etc/hostname").close()
    open(f"/tmp/devserve-test-{{os.getpid()}}", "w").close()
    os.remove(f"/tmp/devserve-test-{{os.getpid()}}")
    if event == "read":
        open("data.txt").close()
        open("written.txt", "w").close()
        import late
"""
    with running(task, source, environ=REPORT | {"DEVSERVE_WATCH_ROOTS": str(layer)}) as runtime:
        runtime.api.wait_for_polls(1)
        at_init = [posted.json() for posted in runtime.api.posted]
        runtime.ask("nothing")
        runtime.ask("read")
        runtime.ask("read")
        runtime.api.wait_for_polls(4)
        reports = [posted.json() for posted in runtime.api.posted if posted.kind == "loaded"]
    expected = [layer / "shared.txt", task / "app.py", task / "package/__init__.py", task / "package/part.py"]
    assert at_init == [[str(path) for path in expected]]
    assert reports[1:] == [[str(task / "data.txt"), str(task / "late.py")]]


def test_files_are_told_before_the_error_of_a_broken_initialisation(tmp_path: Path) -> None:
    (tmp_path / "sibling.py").write_text("import other\nx = (\n")
    (tmp_path / "other.py").write_text("")
    with running(tmp_path, "import sibling\n", environ=REPORT) as runtime:
        runtime.api.wait("init_error")
        kinds = [posted.kind for posted in runtime.api.posted]
        told = runtime.api.wait("loaded").json()
    assert kinds == ["loaded", "init_error"]
    assert told == [str(tmp_path / "app.py"), str(tmp_path / "sibling.py")]


def test_nothing_is_told_elsewhere(tmp_path: Path) -> None:
    with running(tmp_path, ECHO) as runtime:
        runtime.ask()
        assert [posted.kind for posted in runtime.api.posted] == ["response"]


USES_PART = "import part\ndef handler(event, context):\n    return part.x\n"


@pytest.mark.parametrize("kept", [True, False])
def test_byte_code_that_looks_right_and_is_not_is_never_believed(tmp_path: Path, kept: bool) -> None:
    project = tmp_path / "project"
    project.mkdir()
    module = project / "part.py"
    module.write_text("x = 1\n")
    py_compile.compile(str(module))
    then = module.stat().st_mtime
    folder = {"DEVSERVE_BYTECODE": str(tmp_path / ".devserve" / "cache" / "bytecode")} if kept else {}
    with running(project, USES_PART, environ=REPORT | folder) as runtime:
        assert runtime.ask().json() == 1
    module.write_text("x = 2\n")
    os.utime(module, (then, then))  # the same size, and an editor that keeps the time
    with running(project, USES_PART, environ=REPORT | folder) as runtime:
        assert runtime.ask().json() == 2


def test_byte_code_is_kept_in_devserves_own_folder_and_used_again(tmp_path: Path) -> None:
    project = tmp_path / "project"
    installed = project / ".venv" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "thing.py").write_text("x = 1\n")
    (project / "part.py").write_text(f"import sys\nsys.path.append({str(installed)!r})\nfrom thing import x\n")
    kept = tmp_path / ".devserve" / "cache" / "bytecode"
    environ = REPORT | {"DEVSERVE_BYTECODE": str(kept)}
    times = []
    for _ in range(2):
        with running(project, USES_PART, environ=environ) as runtime:
            assert runtime.ask().json() == 1
        times.append({path.name.partition(".")[0]: path.stat().st_mtime_ns for path in kept.rglob("*.pyc")})
    assert {"part", "thing"} <= times[0].keys()
    assert times[0] == times[1], "the second start compiled nothing"
    assert (tmp_path / ".devserve" / ".gitignore").read_text() == "*\n"
    assert not list(project.rglob("*.pyc")), "nothing is written beside the sources"
    for path in kept.rglob("*.pyc"):
        path.write_bytes(b"")  # half written when the machine went down
    with running(project, USES_PART, environ=environ) as runtime:
        assert runtime.ask().json() == 1


def test_a_runtime_whose_api_is_gone_exits_quietly_with_all_its_threads(tmp_path: Path) -> None:
    source = """
import threading
threading.Thread(target=threading.Event().wait).start()
def handler(event, context):
    return 1
"""
    with running(tmp_path, source) as runtime:
        runtime.ask()
        runtime.api.wait_for_polls(2)
        runtime.api.hang_up()
        assert runtime.wait() == 0
    assert runtime.log == []


def test_signals_are_handled_while_the_runtime_waits(tmp_path: Path) -> None:
    source = """
import signal
signal.signal(signal.SIGTERM, lambda *_: print("asked to end"))
def handler(event, context):
    return 1
"""
    with running(tmp_path, source) as runtime:
        runtime.api.wait_for_polls(1)
        runtime.process.send_signal(signal.SIGTERM)
        eventually(lambda: runtime.log == ["asked to end\n"], what="the handler of the signal")
        assert runtime.ask().json() == 1


def test_a_handler_without_a_working_folder_still_reads_and_fails_in_its_own_way(tmp_path: Path) -> None:
    source = """
import os, tempfile
def handler(event, context):
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)
    try:
        open("nothing.txt")
    except FileNotFoundError:
        return open("/etc/hostname").read() != ""
"""
    with running(tmp_path, source, environ=REPORT) as runtime:
        assert runtime.ask().json() is True
        assert runtime.ask().kind == "response"


def test_a_handler_that_cannot_be_called_so_is_a_type_error_without_our_frames(tmp_path: Path) -> None:
    with running(tmp_path, "def handler(event):\n    return 1\n") as runtime:
        error = runtime.ask().json()
    assert error["errorType"] == "TypeError"
    assert error["stackTrace"] == []
