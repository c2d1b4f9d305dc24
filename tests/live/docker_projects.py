"""Projects for containers: the settings that put the test images in the place of AWS's."""

from __future__ import annotations

from collections.abc import Mapping

from tests.images.recipes import NODE, PROVIDED, PYTHON
from tests.live.docker_engine import require_images

IMAGES: Mapping[str, str] = {"python3.11": PYTHON, "nodejs20.x": NODE, "provided.al2023": PROVIDED}
"""The image of each runtime that the templates of the tests name, whichever version the image has inside."""


def settings(template: str, images: Mapping[str, str] = IMAGES) -> dict[str, str]:
    """The files of a project with this template, whose runtimes' images are those of the tests. The test is skipped
    (or fails, where it is demanded) without an engine."""
    require_images()
    lines = ["[tool.devserve]", 'template = "template.json"', "[tool.devserve.images]"]
    lines += [f'"{runtime}" = "{name}"' for runtime, name in images.items()]
    return {"template.json": template, "pyproject.toml": "\n".join(lines) + "\n"}
