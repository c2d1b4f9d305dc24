"""What one sandbox of an environment does; a later one has a higher number, and an old one is no longer heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_lite.ports import SandboxExited

if TYPE_CHECKING:
    from localstack_lite.lambdas.environments.slot import Slot


class SandboxEar:
    """A `ports.SandboxListener`."""

    __slots__ = ("_number", "_slot")

    def __init__(self, slot: Slot, number: int) -> None:
        self._slot = slot
        self._number = number

    def wrote(self, messages: list[str]) -> None:
        self._slot.wrote(messages)

    def extension_wrote(self, messages: list[str]) -> None:
        self._slot.wrote(messages, "extension")

    def launched(self, names: tuple[str, ...]) -> None:
        if self._slot.is_current(self._number):
            self._slot.launched(names)

    def extension_exited(self, name: str, code: int | None, signal: int | None, *, denied: bool = False) -> None:
        if self._slot.is_current(self._number):
            self._slot.extension_exited(name, code, signal, denied=denied)

    def runtime_exited(self, exit: SandboxExited) -> None:
        if self._slot.is_current(self._number):
            self._slot.runtime_exited(exit)

    def started(self) -> None:
        if self._slot.is_current(self._number):
            self._slot.started()

    def exited(self, exit: SandboxExited) -> None:
        if self._slot.is_current(self._number):
            self._slot.exited(exit)
