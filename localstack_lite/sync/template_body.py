"""What GetTemplate answers, as a mapping. Pure. Templates that this program deployed are JSON, others may be YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def template_of(body: object) -> Mapping[str, Any]:
    """`body` is a mapping (boto3 reads JSON by itself) or text. Empty for what is no template at all: it is then taken
    for different from everything, and deployed anew."""
    if isinstance(body, Mapping):
        return dict(body)
    text = str(body or "")
    try:
        read = json.loads(text)
    except ValueError:
        read = _yaml(text)
    return read if isinstance(read, dict) else {}


def _yaml(text: str) -> object:
    import yaml

    class Loader(yaml.SafeLoader):
        """Knows CloudFormation's short forms and leaves dates as they are written."""

    def short_form(loader: Any, name: str, node: Any) -> dict[str, Any]:
        value: Any
        match node:
            case yaml.ScalarNode():
                value = loader.construct_scalar(node)
            case yaml.SequenceNode():
                value = loader.construct_sequence(node, deep=True)
            case _:
                value = loader.construct_mapping(node, deep=True)
        if name == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}

    def as_written(loader: Any, node: Any) -> Any:
        return loader.construct_scalar(node)

    Loader.add_multi_constructor("!", short_form)
    Loader.add_constructor("tag:yaml.org,2002:timestamp", as_written)
    try:
        return yaml.load(text, Loader)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return None
