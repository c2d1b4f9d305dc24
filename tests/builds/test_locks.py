from __future__ import annotations

import pytest

from localstack_lite.builds.locks import NAMES, format_of, local_sources


def test_each_lock_has_its_reader_and_its_tool() -> None:
    assert NAMES == ("uv.lock", "poetry.lock", "Pipfile.lock")
    tools = {lock.export[0] for name in NAMES if (lock := format_of(name)) is not None}
    assert tools == {"uv", "poetry", "pipenv"}
    assert format_of("requirements.txt") is None


def test_exports_leave_out_what_is_for_developers() -> None:
    uv, poetry = format_of("uv.lock"), format_of("poetry.lock")
    assert uv is not None
    assert poetry is not None
    assert {"--frozen", "--no-dev"} <= set(uv.export)
    assert poetry.export[poetry.export.index("--only") + 1] == "main"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", 'source = { directory = "libs/a" }\n'),
        ("poetry.lock", '[package.source]\ntype = "directory"\nurl = "libs/a"\n'),
        ("Pipfile.lock", '{"default": {"a": {"path": "libs/a"}}}'),
    ],
)
def test_local_sources_are_each_formats(name: str, text: str) -> None:
    assert list(local_sources(name, text)) == ["libs/a"]
    assert list(local_sources("requirements.txt", text)) == []
