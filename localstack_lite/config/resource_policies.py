"""The resource policy of a REST API: its own `Policy`, or the one in its body. Pure.

A policy that cannot be read denies everybody: what it should have kept out never comes in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource

_EXTENSION = "x-amazon-apigateway-policy"
_NOBODY: Mapping[str, object] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def resource_policy(api: Resource, body: Mapping[str, object]) -> Mapping[str, object] | None:
    """None when there is none: everybody may call the API."""
    for path, declared in ((("Policy",), api.properties.get("Policy")), (("Body", _EXTENSION), body.get(_EXTENSION))):
        if declared is None:
            continue
        try:
            found = api.resolve(declared, path)
            if isinstance(found, str):
                found = _parsed(found)
            if found in (None, {}):
                continue
            if not isinstance(found, Mapping):
                raise Refusal("the resource policy is no mapping", "", path)
        except Refusal as refusal:
            api.warn(refusal.at(path), "; every request is denied")
            return _NOBODY
        return found
    return None


def _parsed(text: str) -> object:
    try:
        return json.loads(text) if text.strip() else None
    except ValueError:
        raise Refusal("the resource policy is text that is no JSON") from None
