import pytest

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.template_files import TemplateFiles, document_of
from localstack_lite.errors import UserError
from tests.config.samples import write


def files_in(folder, files):
    write(folder, files)
    return TemplateFiles(folder)


def test_paths_are_relative_to_the_file_that_they_stand_in(tmp_path):
    files = files_in(
        tmp_path,
        {
            "template.yaml": "A: 1",
            "sub/template.yaml": "B: 1",
            "sub/part.json": '{"C": 1}',
            "sub/deep/more.yaml": "D: 1",
        },
    )
    root = files.source(tmp_path / "template.yaml")
    child = root.child("sub/template.yaml")
    part = child.load("part.json")
    assert (root.name, child.name) == ("template.yaml", "sub/template.yaml")
    assert (root.document.values, child.document.values, part.values) == ({"A": 1}, {"B": 1}, {"C": 1})
    assert part.load("deep/more.yaml").load("../part.json").key == part.key
    assert child.files.at("deep").folder == tmp_path / "sub" / "deep"
    assert {"template.yaml", "part.json", "more.yaml"} <= {file.name for file in files.inputs}


@pytest.mark.parametrize("name", ["template.yaml", "template.yml", "template.json"])
def test_a_folder_stands_for_the_template_in_it(tmp_path, name):
    files = files_in(tmp_path, {"template.yaml": "A: 1", f"child/{name}": '{"B": 1}'})
    assert files.source(tmp_path / "template.yaml").child("./child").name == f"child/{name}"


def test_what_is_not_there_is_refused_and_awaited(tmp_path):
    root = files_in(tmp_path, {"template.yaml": "A: 1", "child.yaml": "", "empty/x": ""})
    source = root.source(tmp_path / "template.yaml")
    for path, missing in (("chlid.yaml", "chlid.yaml"), ("empty", "empty/template.yaml")):
        with pytest.raises(Refusal, match=f"there is no template {path}"):
            source.child(path)
        assert tmp_path / missing in root.inputs
    with pytest.raises(Refusal) as caught:
        source.load("chlid.yaml")
    assert caught.value.hint == "did you mean child.yaml?"


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
def test_what_is_no_path_is_refused(tmp_path, path):
    with pytest.raises(Refusal, match="is no path"):
        files_in(tmp_path, {"template.yaml": "A: 1"}).source(tmp_path / "template.yaml").child(path)


def test_a_file_that_cannot_be_read_names_itself(tmp_path):
    root = files_in(tmp_path, {"template.yaml": "A: 1", "broken.yaml": "a:\n- [\n"}).source(tmp_path / "template.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError) as caught:
        root.child("broken.yaml")
    assert caught.value.where.startswith("broken.yaml:")
    with pytest.raises(UserError, match=r"bytes\.yaml: not UTF-8"):
        root.child("bytes.yaml")


def test_a_file_is_read_once_and_prepared_content_wins(tmp_path):
    write(tmp_path, {"template.yaml": "A: 1", "child.yaml": "A: disk", "other.yaml": "A: disk"})
    files = TemplateFiles(tmp_path, {tmp_path / "child.yaml": {"A": "prepared"}})
    root = files.source(tmp_path / "template.yaml")
    assert root.child("child.yaml").document.values == {"A": "prepared"}
    assert root.child("other.yaml").document is root.child("other.yaml").document


def test_a_text_is_parsed_once():
    text = "Resources: {OnlyHere: {Type: T}}"
    assert document_of(text, "t.yaml") is document_of(text, "t.yaml")
    assert document_of(text, "t.yaml") == document_of(text, "u.yaml")
