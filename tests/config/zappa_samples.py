"""Zappa's settings for tests: one stage, as `check` makes it of a table."""

from __future__ import annotations

from typing import Any

from localstack_lite.config.zappa.keys import Given, check


def given_of(stage: str = "dev", **settings: Any) -> Given:
    """Lines of messages are the settings' names."""
    return check(stage, settings, lambda *path: ":".join(("zappa_settings.json", *path)))
