import stat
import zipfile

import pytest

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.unpack import MOST_UNPACKED, unpack, unpacked, written


def archive(folder, *entries):
    file = folder / "code.zip"
    with zipfile.ZipFile(file, "w") as made:
        for entry in entries:
            made.writestr(entry, "text")
    return file


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def test_files_and_their_permissions_come_out(tmp_path):
    tool = zipfile.ZipInfo("bin/tool")
    tool.create_system = 3
    tool.external_attr = (stat.S_IFREG | 0o755) << 16
    folder = unpacked(tmp_path, archive(tmp_path, "app.py", tool))
    assert (folder / "app.py").read_text() == "text"
    assert (folder / "bin" / "tool").stat().st_mode & 0o111
    assert folder.is_relative_to(tmp_path / ".devserve" / "cache" / "code")


def test_the_same_content_is_unpacked_once(tmp_path):
    file = archive(tmp_path, "app.py")
    first = unpacked(tmp_path, file)
    (first / "mark").touch()
    assert (unpacked(tmp_path, file) / "mark").exists()


@pytest.mark.parametrize("entry", ["../evil.py", "/etc/evil", "a/../../evil", "..\\evil", "C:evil"])
def test_an_entry_that_leads_outside_refuses_the_archive(tmp_path, entry):
    inside = tmp_path / "project"
    inside.mkdir()
    with pytest.raises(Refusal):
        unpacked(inside, archive(inside, "app.py", entry))
    assert not list(tmp_path.rglob("*evil*"))
    assert list((inside / ".devserve" / "cache" / "code").iterdir()) == []


@pytest.mark.parametrize("target", ["../evil", "/etc/passwd", "a/../../evil", "here/.."])
def test_a_link_that_leads_outside_refuses_the_archive(tmp_path, target):
    file = tmp_path / "code.zip"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("app.py", "text")
        made.writestr(link("here"), ".")
        made.writestr(link("l"), target)
    with pytest.raises(Refusal, match="link that leads outside: l"):
        unpacked(tmp_path, file)


def test_nothing_is_written_through_a_link(tmp_path):
    file = tmp_path / "code.zip"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(link("l"), ".")
        made.writestr("l/app.py", "text")
    with pytest.raises(Refusal, match="leads outside"):
        unpacked(tmp_path, file)


def test_a_link_that_stays_inside_is_kept(tmp_path):
    file = tmp_path / "code.zip"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(link("lib/libx.so"), "../real/libx.so.1")
        made.writestr("real/libx.so.1", "text")
    folder = unpacked(tmp_path, file, "layers")
    assert (folder / "lib" / "libx.so").is_symlink()
    assert (folder / "lib" / "libx.so").read_text() == "text"
    assert folder.parent == tmp_path / ".devserve" / "cache" / "layers"


def test_unpacking_elsewhere_says_why_not(tmp_path):
    (tmp_path / "no.zip").write_text("x")
    target = tmp_path / "there"
    target.mkdir()
    assert "cannot be unpacked" in unpack(tmp_path / "no.zip", target)
    assert unpack(archive(tmp_path, "a"), target) == ""
    assert (target / "a").read_text() == "text"


def test_more_than_lambda_takes_is_refused(tmp_path):
    file = tmp_path / "code.zip"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("big", "text")
        made.infolist()[0].file_size = MOST_UNPACKED + 1  # what the archive's directory will say
    with pytest.raises(Refusal, match="250 MB"):
        unpacked(tmp_path, file)


def test_a_damaged_archive_is_refused(tmp_path):
    file = archive(tmp_path, "app.py")
    data = bytearray(file.read_bytes())
    data[data.index(b"text")] ^= 0xFF
    file.write_bytes(data)
    with pytest.raises(Refusal, match="cannot be unpacked"):
        unpacked(tmp_path, file)


def test_inline_text_is_one_file(tmp_path):
    folder = written(tmp_path, "x = 1\n", ".py")
    assert [file.name for file in folder.iterdir()] == ["index.py"]
    assert written(tmp_path, "x = 1\n", ".py") == folder


def test_a_state_folder_that_cannot_be_made_is_a_refusal(tmp_path):
    (tmp_path / ".devserve").write_text("a file is in the way")
    with pytest.raises(Refusal, match="cannot be unpacked"):
        written(tmp_path, "x", ".py")
