"""What devserve ships beside its code is found."""

from __future__ import annotations

from localstack_lite import shipped


def test_the_sample_events_are_there() -> None:
    assert (shipped.sample_events() / "apigw.json").is_file()


def test_the_python_bootstrap_is_there() -> None:
    assert (shipped.runtimes() / "python").is_dir()
