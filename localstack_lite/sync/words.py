"""What a person calls the steps of a push, in the middle of a sentence. Pure."""

from __future__ import annotations

from localstack_lite.sync.steps import Step, UpdateAlias

_WORDS = {
    "upload_object": "upload of",
    "push_image": "image of",
    "upload_code": "code of",
    "update_config": "configuration of",
    "update_concurrency": "concurrency of",
    "update_async_config": "async settings of",
    "update_layer": "layer",
    "update_api": "API",
    "update_state_machine": "state machine",
    "publish_version": "version of",
    "deploy_stack": "stack",
}


def named(step: Step) -> str:
    """`code of Orders`."""
    if isinstance(step, UpdateAlias):
        return f"alias {step.alias} of {step.function}"
    return f"{_WORDS[step.kind]} {step.id}"
