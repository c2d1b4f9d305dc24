"""Interpreters that a test needs on this machine: without one it is skipped, or fails where it has to be there."""

from __future__ import annotations

import os
import shutil

import pytest


def require_node() -> None:
    if shutil.which("node") is None:
        if os.environ.get("DEVSERVE_REQUIRE_NODE") == "1":
            pytest.fail("DEVSERVE_REQUIRE_NODE=1, but there is no node on PATH", pytrace=False)
        pytest.skip("needs node on PATH")
