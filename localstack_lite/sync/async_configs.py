"""What becomes of asynchronous invocations, set by its own call. Pure."""

from __future__ import annotations

from localstack_lite.sync.ground import Ground, parted
from localstack_lite.sync.steps import UpdateAsyncConfig
from localstack_lite.sync.values import names

ASYNC_CONFIG = "AWS::Lambda::EventInvokeConfig"
#: Properties that are set, all of them at once.
SETTINGS = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")


def async_config_step(ground: Ground, id: str) -> UpdateAsyncConfig:
    """LookupError as `Resolve`."""
    wanted = ground.wanted(id)
    found = ground.resolved(id, {name: wanted[name] for name in SETTINGS if name in wanted})
    settings = {name: found[name] if name == "DestinationConfig" else int(found[name]) for name in found}
    return UpdateAsyncConfig(
        id, _function(ground, id), str(ground.value(id, "Qualifier") or "$LATEST"), settings, "its settings changed"
    )


def _function(ground: Ground, id: str) -> str:
    path = parted(id)[0]
    for name in names(ground.wanted(id).get("FunctionName")):
        if function := ground.remote.functions.get(path + name):
            return function.name
    found = ground.value(id, "FunctionName")
    if not found:
        raise LookupError("AWS does not tell its function")
    return str(found)
