"""Events from bytes, results to bytes, as AWS's runtime does it with simplejson.

The C halves of the standard `json` are used directly: importing `json` brings `re` along and costs as much as starting
Python. Whatever they cannot do (an error to report, Decimals, named tuples) goes to the module that can.
"""

import os

from devserve_runtime import Fault, late

try:
    import _json
except ImportError:  # another Python than CPython
    _json = None

#: Runtimes that leave text as it is instead of escaping everything beyond ASCII (AWS: from 3.12).
RAW_TEXT = os.environ.get("AWS_EXECUTION_ENV", "") in {f"AWS_Lambda_python3.{minor}" for minor in range(12, 20)}
_PLAIN = frozenset({str, int, float, bool, type(None)})


def loads(body: bytes) -> object:
    """The event. Raises Fault `Runtime.UnmarshalError`."""
    if _scan is not None:
        try:
            text = body.decode("utf-8").strip(" \t\n\r")
            value, end = _scan(text, 0)
            if end == len(text):
                return value
        except (Exception, StopIteration):
            pass  # said properly below
    return late("careful").loads(body)


def dumps(value: object) -> str:
    """JSON text, separators with a space. Raises whatever makes it impossible."""
    if _encode is not None:
        try:
            if not _has_named(value, 0):
                return "".join(_encode(value, 0))
        except Exception:
            _marks.clear()
    return late("careful").dumps(value, RAW_TEXT)


def result(value: object) -> "tuple[bytes, str]":
    """What a handler returned, as the body to post and its content type. Raises Fault `Runtime.MarshalError`."""
    if isinstance(value, bytes):
        return value, "application/unknown"
    try:
        return dumps(value).encode("utf-8"), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def _has_named(value: object, depth: int) -> bool:
    """Whether there is something that simplejson writes as an object and the standard encoder as a list."""
    kind = type(value)
    if kind in _PLAIN:
        return False
    if depth > 200:
        return True  # deep or circular: for the careful one to say
    if isinstance(value, dict):
        value = value.values()
    elif kind is not list and kind is not tuple:
        return hasattr(value, "_asdict")
    # A loop: `any` over a generator takes three times as long for the small results that most are.
    for item in value:  # noqa: SIM110
        if type(item) not in _PLAIN and _has_named(item, depth + 1):
            return True
    return False


class _Scanning:
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {}.__getitem__  # NaN and Infinity are no JSON


def _unknown(value: object) -> object:  # noqa: ARG001
    raise TypeError("not for the fast encoder")


_marks = {}
try:
    _scan = _json.make_scanner(_Scanning)
    _text = _json.encode_basestring if RAW_TEXT else _json.encode_basestring_ascii
    _encode = _json.make_encoder(_marks, _unknown, _text, None, ": ", ", ", False, False, True)
except (AttributeError, TypeError):  # these are not promised to anyone
    _scan = _encode = None
