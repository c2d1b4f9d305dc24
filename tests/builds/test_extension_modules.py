from __future__ import annotations

import pytest

from localstack_lite.builds.extension_modules import foreign
from localstack_lite.builds.platform_tags import Target


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a/_x.cpython-312-x86_64-linux-gnu.so", ""),
        ("a/_x.abi3.so", ""),
        ("a/lib.so.1", ""),
        ("a/_x.so", ""),
        ("a/_x.cpython-311-darwin.so", "macOS"),
        ("a/_x.cpython-311-x86_64-linux-gnu.so", "Python 3.11"),
        ("a/_x.cpython-312-aarch64-linux-gnu.so", "Linux on aarch64"),
        ("a/_x.cpython-312-x86_64-linux-musl.so", "musl on x86_64"),
        ("a/_x.cp312-win_amd64.pyd", "Windows"),
        ("a/libx.dylib", "macOS"),
    ],
)
def test_a_modules_name_says_what_it_is_for(name: str, what: str) -> None:
    assert list(foreign([name], Target("3.12"))) == ([(name, what)] if what else [])


def test_a_module_that_is_there_for_lambda_too_is_fine() -> None:
    names = [f"a/_x.cpython-3{minor}-x86_64-linux-gnu.so" for minor in (10, 11, 12)]
    assert list(foreign(names, Target("3.12"))) == []
    assert len(list(foreign(names, Target("3.13")))) == 3
