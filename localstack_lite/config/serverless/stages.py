"""A stage of a service: the framework takes any name for one. I/O: reads the service.

The stack is the framework's own, `SERVICE-STAGE` or `provider.stackName`, so that a stage which it deployed is the one
that is pushed to.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.files import Asked, open_service
from localstack_lite.config.stage_settings import StageSettings
from localstack_lite.errors import UserError
from localstack_lite.model.stage import StageSource


def service_stage(file: Path, root: Path, name: str, environ: Mapping[str, str]) -> dict[str, StageSettings]:
    """The stage by its name; none when the service cannot be read, which is told where it is read to be run."""
    try:
        service = open_service(file, root, Asked(environ, name)).service
    except UserError:
        return {name: StageSettings(name, StageSource.SERVERLESS, file.name)}
    tags = service.provider.get("stackTags")
    settings = StageSettings(
        name,
        StageSource.SERVERLESS,
        file.name,
        stack_name=service.stack_name,
        region=service.region,
        profile=as_text(service.provider.get("profile")),
        tags={str(key): as_text(value) for key, value in tags.items()} if isinstance(tags, dict) else {},
    )
    return {name: settings}
