"""What a REST method demands of a request before anything is called. A value, as far as its validator looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Validation:
    """`required`: `method.request.header.X`, `.querystring.Y`, `.path.Z`, in the order of their declaration; empty when
    the validator does not look at parameters. `models`: JSON schemas (draft 4) by content type, with other models that
    they refer to inside; empty when it does not look at bodies."""

    required: tuple[str, ...] = ()
    models: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.required or self.models)
