"""Records: small values that are made anew for every request (what is asked, what happens, what is told).

They are as immutable as all values here, but the type checker alone sees to it. The guard that `frozen=True` adds at
run time makes construction three times as slow, and a warm request makes some twenty-five of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """A dataclass with slots, equal and hashable by its fields, that nobody may change."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
