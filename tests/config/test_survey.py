import os

from localstack_lite.config.survey import survey
from tests.config.samples import write


def test_the_size_is_that_of_all_files(tmp_path):
    write(tmp_path, {"python/a.py": "12345", "b": "123", "__pycache__/a.pyc": "x" * 99})
    assert survey(tmp_path)[0] == 8


def test_the_digest_changes_with_every_save_and_stays_without(tmp_path):
    write(tmp_path, {"a.py": "1", "b.py": "2"})
    seen = {survey(tmp_path)[1]}
    assert survey(tmp_path)[1] in seen
    for change in (
        lambda: os.utime(tmp_path / "a.py", (1, 1)),
        lambda: (tmp_path / "a.py").write_text("longer"),
        lambda: (tmp_path / "b.py").rename(tmp_path / "c.py"),
        lambda: (tmp_path / "c.py").chmod(0o755),
        lambda: (tmp_path / "link").symlink_to("c.py"),
    ):
        change()
        digest = survey(tmp_path)[1]
        assert digest not in seen
        seen.add(digest)


def test_links_are_not_followed(tmp_path):
    (tmp_path / "layer").mkdir()
    (tmp_path / "big").write_text("x" * 1000)
    (tmp_path / "layer" / "up").symlink_to("..")
    assert survey(tmp_path / "layer")[0] < 100
