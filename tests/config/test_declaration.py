from contextlib import nullcontext
from pathlib import Path

import pytest

from localstack_lite.config.declaration import MEMORY, Awaited, check_bootstrap, check_handler, within
from localstack_lite.config.refusal import Refusal
from localstack_lite.model.function import Build, Code, Layer
from tests.config.samples import FilesInMemory

CODE = Code(Path("/project"))


@pytest.mark.parametrize(("figure", "used"), [(1, 128), (128, 128), (10_240, 10_240), (20_000, 10_240)])
def test_a_figure_moves_to_the_nearest_that_aws_takes(figure, used):
    assert within(figure, MEMORY) == used


def test_a_missing_module_names_the_file_that_is_waited_for():
    with pytest.raises(Awaited) as caught:
        check_handler(FilesInMemory(), CODE, "python3.13", "other.handler", ("Handler",))
    assert caught.value.file == Path("/project/other.py")
    assert caught.value.path == ("Handler",)
    assert caught.value.hint == "did you mean app.py?"


def test_a_missing_script_is_waited_for_with_any_ending():
    with pytest.raises(Awaited) as caught:
        check_handler(FilesInMemory(), CODE, "nodejs22.x", "other.handler", ())
    assert caught.value.file == Path("/project")


@pytest.mark.parametrize("runtime", ["ruby3.4", "java21", "provided.al2023"])
def test_handlers_of_other_languages_are_not_judged(runtime):
    check_handler(FilesInMemory(), CODE, runtime, "anything", ())


def test_code_that_is_built_is_not_judged_before():
    check_handler(FilesInMemory(), Code(Path("/b"), build=Build("esbuild", Path("/s"))), "nodejs22.x", "x.y", ())


FILES = FilesInMemory({".": ("app",), "layer": ("python/other.py",), "empty": ()})


@pytest.mark.parametrize(
    ("layer", "refused"),
    [
        (Layer("a", Path("/project/layer"), 9), False),
        (Layer("a", Path("/project/empty"), 9), True),
        (Layer("a", Path("/project/empty")), False),  # not fetched yet
        (Layer("a", Path("/project/empty"), 9, Build("makefile", Path("/s"))), False),
        (Layer("a"), True),
    ],
)
def test_the_handlers_module_may_come_from_a_layer(layer, refused):
    with pytest.raises(Awaited) if refused else nullcontext():
        check_handler(FILES, CODE, "python3.13", "other.handler", (), [layer])


def test_a_custom_runtime_without_its_program_is_told():
    with pytest.raises(Refusal, match="no program named bootstrap"):
        check_bootstrap(FILES, CODE, "provided.al2023", [])
    check_bootstrap(FilesInMemory({".": ("bootstrap",)}), CODE, "provided.al2023", [])
    check_bootstrap(FILES, CODE, "provided.al2023", [Layer("a", Path("/elsewhere"))])
    check_bootstrap(FILES, CODE, "python3.13", [])
