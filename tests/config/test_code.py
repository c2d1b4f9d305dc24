import zipfile

import pytest

from localstack_lite.config.code import Disk
from localstack_lite.config.refusal import Refusal
from tests.config.samples import HANDLER, write


@pytest.fixture
def disk(tmp_path):
    write(tmp_path, {"src/app.py": HANDLER, "src/pkg/__init__.py": "", "src/pkg/web.py": "", "notes.txt": "x"})
    return Disk(tmp_path, tmp_path, tmp_path / "template.yaml")


def test_a_folder_is_itself(disk, tmp_path):
    assert disk.at("src/").folder == tmp_path / "src"


def test_a_zip_is_unpacked_and_remembered_as_the_source(disk, tmp_path):
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("app.py", HANDLER)
    code = disk.at("code.zip")
    assert (code.folder / "app.py").read_text() == HANDLER
    assert code.source == tmp_path / "code.zip"


def test_inline_code_is_a_file_named_index(disk, tmp_path):
    code = disk.inline(HANDLER, ".py")
    assert (code.folder / "index.py").read_text() == HANDLER
    assert code.source == tmp_path / "template.yaml"


@pytest.mark.parametrize(
    ("path", "hint"), [("srcs", "did you mean src?"), ("notes.txt", "zip"), ("far/away", "look at the path")]
)
def test_code_that_is_not_there_is_refused_with_a_hint(disk, path, hint):
    with pytest.raises(Refusal) as caught:
        disk.at(path)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("handler", "missing"),
    [
        ("app.handler", ""),
        ("pkg.handler", ""),
        ("pkg/web.handler", ""),
        ("pkg.web.handler", ""),
        ("ap.handler", "ap.py"),
        ("pkg/wbe.handler", "pkg/wbe.py"),
    ],
)
def test_the_module_of_a_handler_is_a_file_or_a_package(disk, tmp_path, handler, missing):
    assert disk.missing_module(tmp_path / "src", handler) == missing


@pytest.mark.parametrize("handler", ["handler", "", ".handler"])
def test_a_handler_without_a_module_is_refused(disk, tmp_path, handler):
    with pytest.raises(Refusal, match=r"module\.function"):
        disk.missing_module(tmp_path / "src", handler)


def test_an_extension_module_is_a_module(disk, tmp_path):
    (tmp_path / "src" / "fast.cpython-313-x86_64-linux-gnu.so").write_bytes(b"")
    assert disk.missing_module(tmp_path / "src", "fast.handler") == ""


@pytest.mark.parametrize(
    ("file", "hint"),
    [("apps.py", "did you mean app.py?"), ("web.py", "did you mean pkg/web.py?"), ("zzz.py", "has app.py")],
)
def test_a_near_miss_is_named(disk, tmp_path, file, hint):
    assert hint in disk.near(tmp_path / "src", file)
