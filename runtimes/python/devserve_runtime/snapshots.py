"""SnapStart: what runs before the snapshot of an initialised function is taken, and after it has been restored.

AWS's runtime brings a module `snapshot_restore_py` that functions register these calls with. Here it is found when
nothing else of that name is (`Provided`), so one that the project or a layer brings counts.
"""

import sys

NAME = "snapshot_restore_py"
#: Exit statuses of AWS's runtime.
BEFORE_SNAPSHOT, AFTER_RESTORE = 64, 65


class Provided:
    """The last finder: for the one module, and only when it is nowhere on the path."""

    def find_spec(self, name, path=None, target=None):  # noqa: ARG002  (the finders' signature)
        if name != NAME:
            return None
        import os
        from importlib.util import spec_from_file_location

        folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "provided")
        return spec_from_file_location(name, os.path.join(folder, name + ".py"))


def run_before_snapshot() -> None:
    """The last one registered first. Raises whatever one of them raises."""
    calls = _registered("get_before_snapshot")
    while calls:
        call, positional, named = calls.pop()
        call(*positional, **named)


def run_after_restore() -> None:
    for call, positional, named in _registered("get_after_restore"):
        call(*positional, **named)


def _registered(name: str) -> list:
    module = sys.modules.get(NAME)
    return [] if module is None else getattr(module, name)()
