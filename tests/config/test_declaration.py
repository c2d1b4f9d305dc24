from pathlib import Path

import pytest

from localstack_lite.config.declaration import MEMORY, Awaited, check_handler, within
from localstack_lite.model.function import Code
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


def test_handlers_of_other_languages_are_not_judged():
    check_handler(FilesInMemory(), CODE, "nodejs22.x", "anything", ())
