from __future__ import annotations

import pytest

from localstack_lite.builds.pinned import direct, folder, git, normal, pin


@pytest.mark.parametrize("name", ["My_Package", "my.package", "my--package"])
def test_names_are_one_however_they_are_written(name: str) -> None:
    assert normal(name) == "my-package"


def test_lines_are_pips() -> None:
    assert pin("a", "1.0", ["sha256:b", "sha256:a", "sha256:a", "none"], ["y", "x"]) == (
        "a[x,y]==1.0 --hash=sha256:a --hash=sha256:b"
    )
    assert pin("a", "1.0") == "a==1.0"
    assert [folder(path) for path in ("libs/a", "../a", "/a", ".")] == ["./libs/a", "../a", "/a", "."]
    assert git("a", "https://host/a.git", "c0ffee", "sub") == "a @ git+https://host/a.git@c0ffee#subdirectory=sub"
    assert git("a", "git+ssh://host/a", "") == "a @ git+ssh://host/a"
    assert direct("a", "https://host/a.zip", ["sha256:1"]) == "a @ https://host/a.zip --hash=sha256:1"
