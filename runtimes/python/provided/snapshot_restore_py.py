"""Calls to make before a SnapStart snapshot is taken and after it has been restored, by the names that AWS's runtime
gives this module. Both functions register a call with its arguments and give the function back, so that they can be
used as decorators."""

__all__ = ["register_after_restore", "register_before_snapshot"]

_before = []
_after = []


def register_before_snapshot(func, *args, **kwargs):
    """`func(*args, **kwargs)` before the snapshot; what was registered last is called first."""
    _before.append((func, args, kwargs))
    return func


def register_after_restore(func, *args, **kwargs):
    """`func(*args, **kwargs)` after each restore, in the order of registration."""
    _after.append((func, args, kwargs))
    return func


def get_before_snapshot():
    """`(function, arguments, keyword arguments)` of each call, for the runtime."""
    return _before


def get_after_restore():
    return _after
