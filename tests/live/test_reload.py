"""Save a file, send a request: the answer is of the new code, never of the old, and only what changed restarts."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

COUNTING = """
import os
import {module}
seen = 0
def handler(event, context):
    global seen
    seen += 1
    return {{"answer": {module}.ANSWER, "seen": seen, "pid": os.getpid()}}
"""

TEMPLATE = sam(
    {
        "One": function("one.handler", "GET /one", FunctionName="one"),
        "Two": function("two.handler", "GET /two", FunctionName="two"),
    }
)


def two_functions() -> dict[str, str]:
    return {
        "template.json": TEMPLATE,
        "one.py": COUNTING.format(module="first"),
        "first.py": 'ANSWER = "1"\n',
        "two.py": COUNTING.format(module="second"),
        "second.py": 'ANSWER = "1"\n',
    }


def answers(server: Devserve, name: str, answer: str) -> None:
    eventually(
        lambda: server.invoke(name).reply.status == 200 and server.invoke(name).payload.get("answer") == answer,
        what=f"{name} answers {answer}",
    )


def test_a_saved_file_is_answered_with_the_new_code(tmp_path: Path) -> None:
    with devserve(tmp_path, two_functions()) as server:
        assert server.get("/one").json()["answer"] == "1"
        server.save("first.py", 'ANSWER = "two"\n')
        eventually(lambda: server.get("/one").json().get("answer") == "two", what="the new answer")
        reload = server.fact("reload")
        assert reload["functions"] == ["one"]
        assert [Path(file).name for file in reload["files"]] == ["first.py"]


def test_only_the_function_that_loaded_the_file_reloads(tmp_path: Path) -> None:
    with devserve(tmp_path, two_functions()) as server:
        before = {name: server.invoke(name).payload["pid"] for name in ("one", "two")}
        server.save("first.py", 'ANSWER = "two"\n')
        answers(server, "one", "two")
        assert server.invoke("one").payload["pid"] != before["one"]
        assert server.invoke("two").payload["pid"] == before["two"]


def test_the_replacement_is_started_before_it_is_asked_for(tmp_path: Path) -> None:
    with devserve(tmp_path, two_functions()) as server:
        server.invoke("one")
        starts = len(server.facts("initStart"))
        server.save("first.py", 'ANSWER = "two"\n')
        eventually(lambda: len(server.facts("initStart")) > starts, what="an environment that nobody asked for")
        assert server.invoke("one").payload == {"answer": "two", "seen": 1, "pid": server.invoke("one").payload["pid"]}


def test_a_save_of_the_same_size_in_the_same_second_is_never_served_stale(tmp_path: Path) -> None:
    with devserve(tmp_path, two_functions()) as server:
        file = server.folder / "first.py"
        assert server.invoke("one").payload["answer"] == "1"
        stamp = file.stat()
        for answer in "23456":
            server.save("first.py", f'ANSWER = "{answer}"\n')
            os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
            answers(server, "one", answer)
        beside = [file for file in server.folder.rglob("*.pyc") if ".devserve" not in file.parts]
        assert not beside, "nothing is written beside the sources"


def test_requests_in_flight_finish_on_the_old_code(tmp_path: Path) -> None:
    slow = """
import os, pathlib, time
import first
def handler(event, context):
    answer = first.ANSWER
    gate = pathlib.Path(event["gate"]) if event.get("gate") else None
    if gate:
        gate.with_suffix(".started").touch()
    while gate and not gate.exists():
        time.sleep(0.01)
    return {"answer": answer, "pid": os.getpid()}
"""
    gate = tmp_path / "gate"
    with devserve(tmp_path, two_functions() | {"one.py": slow}) as server:
        results: list[object] = []
        caller = threading.Thread(target=lambda: results.append(server.invoke("one", {"gate": str(gate)}).payload))
        caller.start()
        eventually(gate.with_suffix(".started").exists, what="the request is inside the handler")
        server.save("first.py", 'ANSWER = "two"\n')
        answers(server, "one", "two")
        assert results == []
        gate.touch()
        caller.join(10)
        assert [result["answer"] for result in results if isinstance(result, dict)] == ["1"]
        assert server.invoke("one", {}).payload["answer"] == "two"


def test_a_broken_edit_answers_with_the_error_and_the_next_good_save_heals_it(tmp_path: Path) -> None:
    with devserve(tmp_path, two_functions()) as server:
        assert server.get("/one").status == 200
        server.save("one.py", "def handler(event, context)\n    return 1\n")
        eventually(lambda: server.get("/one").status == 500, what="the broken edit is answered")
        assert server.invoke("one").payload["errorType"] == "Runtime.UserCodeSyntaxError"
        assert server.get("/two").status == 200
        server.save("one.py", COUNTING.format(module="first"))
        eventually(lambda: server.get("/one").status == 200, what="healed")


def test_a_module_that_was_missing_heals_when_it_is_created(tmp_path: Path) -> None:
    files = two_functions()
    del files["first.py"]
    with devserve(tmp_path, files) as server:
        assert server.invoke("one").payload["errorType"] == "Runtime.ImportModuleError"
        server.save("first.py", 'ANSWER = "made"\n')
        answers(server, "one", "made")


def test_an_error_deep_in_an_imported_module_heals_there(tmp_path: Path) -> None:
    with devserve(tmp_path, two_functions()) as server:
        server.invoke("one")
        server.save("first.py", "ANSWER = 1 / 0\n")
        eventually(lambda: server.invoke("one").error == "Unhandled", what="the broken edit is answered")
        server.save("first.py", 'ANSWER = "healed"\n')
        answers(server, "one", "healed")


@pytest.mark.parametrize("how", ["rename", "remove and create"])
def test_saves_as_editors_make_them(tmp_path: Path, how: str) -> None:
    with devserve(tmp_path, two_functions()) as server:
        server.invoke("one")
        file = server.folder / "first.py"
        if how == "rename":
            server.save("first.py~new", 'ANSWER = "saved"\n')
            (server.folder / "first.py~new").replace(file)
        else:
            file.unlink()
            server.save("first.py", 'ANSWER = "saved"\n')
        answers(server, "one", "saved")


def test_a_template_edit_reads_the_project_again(tmp_path: Path) -> None:
    with devserve(tmp_path, two_functions()) as server:
        assert server.get("/three").status == 404
        three = function("two.handler", "GET /three", FunctionName="three", Environment={"Variables": {"A": "b"}})
        server.save(
            "template.json", TEMPLATE.replace('"Resources": {', '"Resources": {"Three": ' + json.dumps(three) + ",")
        )
        eventually(lambda: server.get("/three").status == 200, what="the new route")
        assert server.get("/one").status == 200
        assert server.fact("reload", lambda fact: bool(fact["reread"]))


def test_a_changed_setting_reaches_the_function(tmp_path: Path) -> None:
    show = 'import os\ndef handler(event, context):\n    return os.environ.get("COLOUR")\n'
    coloured = {
        colour: sam(
            {"Fn": function("show.handler", FunctionName="show", Environment={"Variables": {"COLOUR": colour}})}
        )
        for colour in ("red", "blue")
    }
    with devserve(tmp_path, {"template.json": coloured["red"], "show.py": show}) as server:
        assert server.invoke("show").payload == "red"
        server.save("template.json", coloured["blue"])
        eventually(lambda: server.invoke("show").payload == "blue", what="the new value")


def test_a_broken_template_keeps_the_old_project_serving(tmp_path: Path) -> None:
    with devserve(tmp_path, two_functions()) as server:
        pid = server.get("/one").json()["pid"]
        server.save("template.json", '{"Resources": {')
        rejected = server.fact("projectRejected")
        assert "template.json" in rejected["where"]
        assert rejected["what"]
        assert server.get("/one").json()["pid"] == pid
        server.save("template.json", TEMPLATE.replace("/one", "/uno"))
        eventually(lambda: server.get("/uno").status == 200, what="the mended template")


@pytest.mark.parametrize(
    "ignored",
    [
        ".git/index",
        ".venv/lib/thing.py",
        "node_modules/x/index.js",
        "__pycache__/one.cpython-311.pyc",
        ".aws-sam/build/One/one.py",
        ".devserve/state",
        "notes.md",
    ],
)
def test_a_file_that_no_function_loaded_does_not_trigger(tmp_path: Path, ignored: str) -> None:
    files: dict[str, str | bytes] = {**two_functions(), ignored: "1", ".venv/pyvenv.cfg.example": ""}
    with devserve(tmp_path, files) as server:
        server.invoke("two")
        pid = server.invoke("one").payload["pid"]
        server.save(ignored, "2")
        # a save that counts, made after it, must be the only reload that is ever told
        server.save("second.py", 'ANSWER = "marker"\n')
        answers(server, "two", "marker")
        told = [Path(file).name for fact in server.facts("reload") for file in fact["files"]]
        assert set(told) <= {"second.py"}
        assert server.invoke("one").payload["pid"] == pid


def test_no_reload_means_no_reload(tmp_path: Path) -> None:
    with devserve(tmp_path, two_functions(), "--no-reload") as server:
        pid = server.invoke("one").payload["pid"]
        server.save("first.py", 'ANSWER = "two"\n')
        assert [server.invoke("one").payload["pid"] for _ in range(20)] == [pid] * 20
        assert server.facts("reload") == []
