import zipfile

import pytest

from localstack_lite.config.code import Disk
from localstack_lite.config.declaration import Awaited
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


def test_a_layer_is_its_folder_or_what_its_zip_holds(disk, tmp_path):
    content = disk.layer("src")
    assert (content.folder, content.source) == (tmp_path / "src", tmp_path / "src")
    assert content.size == len(HANDLER)
    with zipfile.ZipFile(tmp_path / "layer.zip", "w") as archive:
        archive.writestr("python/lib.py", "x = 1")
    packed = disk.layer("layer.zip")
    assert packed.source == tmp_path / "layer.zip"
    assert packed.folder.parent == tmp_path / ".devserve" / "cache" / "layers"
    assert packed.size == 5
    assert packed.digest == packed.folder.name


def test_a_layer_that_is_not_there_is_waited_for(disk, tmp_path):
    with pytest.raises(Awaited, match="there is no layer at far") as caught:
        disk.layer("far")
    assert caught.value.file == tmp_path / "far"
    with pytest.raises(Refusal, match=r"the layer notes\.txt is a file but no zip"):
        disk.layer("notes.txt")


@pytest.mark.parametrize(
    ("handler", "missing"),
    [
        ("index.handler", ""),
        ("lib/web.handler", ""),
        ("lib/web.nested.handler", ""),
        ("pack.handler", ""),
        ("typed.handler", "typed.js"),
        ("lib/wbe.handler", "lib/wbe.js"),
    ],
)
def test_the_file_of_a_node_handler_has_any_of_nodes_endings(disk, tmp_path, handler, missing):
    write(tmp_path, {"js/index.mjs": "", "js/lib/web.cjs": "", "js/pack/index.js": "", "js/typed.ts": ""})
    assert disk.missing_module(tmp_path / "js", handler, "nodejs22.x") == missing


def test_a_node_handler_without_a_function_is_refused(disk, tmp_path):
    with pytest.raises(Refusal, match=r"file\.function"):
        disk.missing_module(tmp_path, "index", "nodejs22.x")


def test_hints_for_node_name_its_files_and_typescript(disk, tmp_path):
    write(tmp_path, {"js/index.mjs": "", "js/lib/web.js": "", "js/typed.ts": ""})
    assert disk.near(tmp_path / "js", "web.js") == "did you mean lib/web.js?"
    assert disk.near(tmp_path / "js", "indx.js") == "did you mean index.mjs?"
    assert "BuildMethod: esbuild" in disk.near(tmp_path / "js", "typed.js")
    assert disk.near(tmp_path / "js", "quite-other.js").startswith("the code folder has ")
    assert "no JavaScript file" in disk.near(tmp_path / "src", "x.js")


def test_what_is_in_a_folder(disk, tmp_path):
    assert disk.has(tmp_path / "src", "app.py")
    assert not disk.has(tmp_path / "src", "bootstrap")
    assert disk.state == tmp_path / ".devserve"
