"""Search paths: AWS's order on this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.interpreter import Interpreter
from localstack_lite.sandbox.search_paths import below_opt, search_paths

PYTHON = Interpreter(Path("/p/.venv/bin/python"), "3.12", ".venv")
NODE = Interpreter(Path("/nvm/bin/node"), "20.20.2", "nvm")
HOST = {"PATH": "/home/me/bin:/usr/bin", "PYTHONPATH": "/mine"}


def paths(
    runtime: str = "python3.12",
    environ: dict[str, str] | None = None,
    interpreter: Interpreter | None = PYTHON,
    opt: str = "",
    host: dict[str, str] = HOST,
) -> dict[str, str]:
    spec = SandboxSpec("t", runtime, "app.handler", Path("/p/src"), environ or {}, "127.0.0.1:9001", 128, Path("/tmp"))
    return search_paths(replace(spec, opt=Path(opt) if opt else None), interpreter, host)


def test_commands_are_found_beside_the_interpreter_first_then_where_the_user_finds_them() -> None:
    assert paths()["PATH"] == "/p/.venv/bin:/home/me/bin:/usr/bin"
    aws = "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin"
    assert paths(environ={"PATH": aws})["PATH"] == "/p/.venv/bin:/usr/local/bin:/usr/bin:/bin:/home/me/bin"
    assert paths(host={})["PATH"] == "/p/.venv/bin:/usr/local/bin:/usr/bin:/bin"


def test_search_paths_of_awss_image_are_translated() -> None:
    values = paths(
        environ={
            "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/task:/var/task/lib:/opt/lib:/mine",
            "PYTHONPATH": "/var/runtime:/var/task/vendor:/var/tasks",
        }
    )
    assert values["LD_LIBRARY_PATH"] == "/p/src:/p/src/lib:/mine"
    assert values["PYTHONPATH"] == "/p/src/vendor:/var/tasks"


def test_a_search_path_that_means_nothing_here_is_empty() -> None:
    values = paths(environ={"LD_LIBRARY_PATH": "/var/lang/lib", "PYTHONPATH": "/var/runtime"})
    assert (values["LD_LIBRARY_PATH"], values["PYTHONPATH"]) == ("", "")


def test_libraries_that_the_interpreter_needs_are_still_found() -> None:
    assert paths(host={"LD_LIBRARY_PATH": "/conda/lib"})["LD_LIBRARY_PATH"] == "/conda/lib"


def test_layers_come_behind_the_code_and_before_what_is_installed() -> None:
    values = paths(opt="/layers/f", environ={"PYTHONPATH": "/opt/extra"})
    assert values["PATH"] == "/p/.venv/bin:/home/me/bin:/usr/bin:/layers/f/bin"
    assert values["LD_LIBRARY_PATH"] == "/layers/f/lib"
    layers = "/layers/f/python/lib/python3.12/site-packages:/layers/f/python"
    assert values["PYTHONPATH"] == f"{layers}:/layers/f/extra"


def test_packages_of_a_layer_are_those_of_the_version_that_runs() -> None:
    unknown = replace(PYTHON, version="")
    assert "/python3.13/" in paths("python3.13", opt="/o", interpreter=unknown)["PYTHONPATH"]
    assert "/python3.12/" in paths("python3.13", opt="/o")["PYTHONPATH"]


def test_node_looks_into_its_own_folders_of_a_layer() -> None:
    values = paths("nodejs22.x", opt="/o", interpreter=NODE)
    assert values["NODE_PATH"] == "/o/nodejs/node22/node_modules:/o/nodejs/node_modules:/p/src"
    assert values["PYTHONPATH"] == ""
    assert paths("nodejs22.x", interpreter=NODE)["NODE_PATH"] == "/p/src"


def test_a_node_path_of_the_functions_own_replaces_ours() -> None:
    given = {"NODE_PATH": "/opt/nodejs/shared:/var/task/vendor:/var/runtime"}
    assert paths("nodejs22.x", given, NODE, opt="/o")["NODE_PATH"] == "/o/nodejs/shared:/p/src/vendor"
    assert paths("nodejs22.x", given, NODE)["NODE_PATH"] == "/p/src/vendor"


def test_programs_find_the_libraries_that_they_bring() -> None:
    assert paths("provided.al2023", interpreter=None)["LD_LIBRARY_PATH"] == "/p/src:/p/src/lib"


def test_only_opt_itself_is_translated() -> None:
    assert below_opt("/opt/x", Path("/o")) == "/o/x"
    assert below_opt("/opt", Path("/o")) == "/o"
    assert below_opt("/optional", Path("/o")) == "/optional"
    assert below_opt("/opt/x", None) == "/opt/x"


def test_the_modules_of_an_adapter_come_behind_all_of_the_functions_own() -> None:
    adapter = Adapter(AppKind.WSGI, "app:app", "apig-wsgi", (Path("/ours/adapters"),))
    environ = {"PYTHONPATH": "/var/task/vendor"}
    spec = SandboxSpec("t", "python3.12", "a.b", Path("/p/src"), environ, "127.0.0.1:9001", 128, Path("/tmp"))
    found = search_paths(replace(spec, opt=Path("/layers"), adapter=adapter), PYTHON, HOST)["PYTHONPATH"].split(":")
    assert found[-2:] == ["/p/src/vendor", "/ours/adapters"]
    assert found[0].startswith("/layers/")
