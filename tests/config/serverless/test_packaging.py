import pytest

from localstack_lite.builds.excludes import Excludes
from localstack_lite.config.serverless.packaging import excluded


@pytest.mark.parametrize(
    ("package", "patterns"),
    [
        ({"patterns": ["!node_modules/**", "!x.txt"]}, ("/node_modules/**", "/node_modules/", "/x.txt")),
        (
            {"exclude": ["tests/**"], "include": ["tests/keep.py"]},
            ("/tests/**", "/tests/", "!/tests/", "!/tests/keep.py"),
        ),
        ({"patterns": ["!./a/b.py"]}, ("/a/b.py",)),
        ({"patterns": ["!**/*.md"]}, ("**/*.md",)),
        ({"patterns": ["!{a,b}/x"]}, ("/a/x", "/b/x")),
        ({"patterns": [""], "individually": True}, ()),
        ({}, ()),
    ],
)
def test_the_frameworks_patterns_are_the_opposite_of_what_is_excluded(package, patterns):
    assert excluded(package) == patterns


@pytest.mark.parametrize(
    ("path", "folder", "left_out"),
    [
        ("src", True, False),
        ("src/a.py", False, False),
        ("src/deep", True, False),
        ("other", True, True),
        ("top.py", False, True),
    ],
)
def test_all_but_one_folder_may_be_left_out(path, folder, left_out):
    patterns = excluded({"patterns": ["!**", "src/**"]})
    assert Excludes(patterns).leaves_out(path, folder=folder) is left_out
