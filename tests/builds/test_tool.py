from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from localstack_lite.builds.tool import Tools, find, of_project, places

ENVIRON = {"PATH": os.environ["PATH"], "GREETING": "hello"}


def script(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


def python(tools: Tools, text: str, folder: Path, seconds: float = 30) -> tuple[int, str]:
    ran = tools.run([sys.executable, "-c", text], folder, seconds, EXTRA="!")
    return ran.code, ran.output


def test_a_tool_gets_the_environment_and_its_output_is_one_text(tmp_path: Path) -> None:
    text = "import os, sys; print(os.environ['GREETING'] + os.environ['EXTRA']); print(os.getcwd(), file=sys.stderr)"
    code, output = python(Tools(ENVIRON), text, tmp_path)
    assert code == 0
    assert set(output.split()) == {"hello!", str(tmp_path)}


def test_a_tool_gets_no_input_and_its_exit_code_is_told(tmp_path: Path) -> None:
    assert python(Tools(ENVIRON), "import sys; sys.exit(len(sys.stdin.read()) + 3)", tmp_path) == (3, "")


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    code, output = python(Tools(ENVIRON), "import time; time.sleep(60)", tmp_path, seconds=0.2)
    assert code == 124
    assert "longer than 0 s" in output


def test_what_is_not_there_is_no_crash(tmp_path: Path) -> None:
    ran = Tools(ENVIRON).run([str(tmp_path / "nothing")], tmp_path, 1)
    assert ran.code == 127
    assert "No such file" in ran.output


def test_closing_ends_what_runs_and_starts_nothing_more(tmp_path: Path) -> None:
    tools = Tools(ENVIRON)
    os.mkfifo(tmp_path / "up")
    codes: list[int] = []
    text = "open('up', 'w').close(); import time; time.sleep(60)"
    thread = threading.Thread(target=lambda: codes.append(python(tools, text, tmp_path)[0]))
    thread.start()
    (tmp_path / "up").open().close()  # it runs now
    tools.close()
    thread.join(10)
    assert codes == [-9]
    assert python(tools, "", tmp_path)[0] == 127


def test_the_projects_own_tool_goes_before_the_paths(tmp_path: Path) -> None:
    on_path = script(tmp_path / "bin" / "esbuild")
    environ = {"PATH": str(tmp_path / "bin")}
    source = tmp_path / "project" / "src" / "deep"
    source.mkdir(parents=True)
    root = tmp_path / "project"
    assert find("esbuild", environ) == str(on_path)
    assert of_project("esbuild", source, root, environ) == str(on_path)
    above = script(root / "node_modules" / ".bin" / "esbuild")
    assert of_project("esbuild", source, root, environ) == str(above)
    beside = script(source / "node_modules" / ".bin" / "esbuild")
    assert of_project("esbuild", source, root, environ) == str(beside)
    assert find("esbuild", {"PATH": str(tmp_path)}) == ""


def test_places_go_up_to_the_project_and_no_further() -> None:
    assert places(Path("/p/a/b"), Path("/p")) == [Path("/p/a/b"), Path("/p/a"), Path("/p")]
    assert places(Path("/p"), Path("/p")) == [Path("/p")]
    assert places(Path("/q"), Path("/p")) == [Path("/q"), Path("/p")]
