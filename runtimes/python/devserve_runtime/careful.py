"""The JSON that the fast path leaves: errors with their texts, Decimals, named tuples, bytes inside results.

The rules are simplejson's, which AWS's runtime uses: objects with `_asdict` are JSON objects, bytes are UTF-8 text, a
Decimal is written digit for digit, Decimal's NaNs are `NaN`. The texts of errors are those of both libraries.
"""

import json
import sys

from devserve_runtime import Fault

_CONSTANTS = {None: "null", True: "true", False: "false"}


def loads(body: bytes) -> object:
    """The event. Raises Fault `Runtime.UnmarshalError`."""
    try:
        text = body.decode("utf-8")
        return json.loads(text[1:] if text.startswith("\ufeff") else text, parse_constant=_refuse)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None


def dumps(value: object, raw_text: bool) -> str:
    """JSON text. Raises what simplejson would."""
    try:
        out = []
        text = json.encoder.encode_basestring if raw_text else json.encoder.encode_basestring_ascii
        _write(value, out.append, set(), text)
        return "".join(out)
    except RecursionError:
        # The C encoder goes deeper than Python code can, and has the words for too deep.
        return json.JSONEncoder(ensure_ascii=not raw_text).encode(value)


def _write(value, put, containers, text) -> None:
    if isinstance(value, bytes):
        value = value.decode("utf-8")
    if isinstance(value, str):
        put(text(value))
    elif value is None or value is True or value is False:
        put(_CONSTANTS[value])
    elif isinstance(value, int):
        put(int.__repr__(value))
    elif isinstance(value, float):
        put(_number(value))
    elif _is_decimal(value):
        put("NaN" if value.is_nan() else str(value))
    else:
        _write_container(value, put, containers, text)


def _write_container(value, put, containers, text) -> None:
    if not isinstance(value, (dict, list, type)) and callable(getattr(value, "_asdict", None)):
        value = value._asdict()
    if not isinstance(value, (dict, list, tuple)):
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
    if id(value) in containers:
        raise ValueError("Circular reference detected")
    containers.add(id(value))
    mapping = isinstance(value, dict)
    put("{" if mapping else "[")
    between = ""
    for item in value.items() if mapping else value:
        put(between)
        between = ", "
        if mapping:
            name, item = item
            put(text(_key(name)))
            put(": ")
        _write(item, put, containers, text)
    put("}" if mapping else "]")
    containers.discard(id(value))


def _key(key) -> str:
    if isinstance(key, bytes):
        return key.decode("utf-8")
    if isinstance(key, str):
        return key
    if key is None or key is True or key is False:
        return _CONSTANTS[key]
    if isinstance(key, int):
        return int.__repr__(key)
    if isinstance(key, float):
        return _number(key)
    raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")


def _number(value) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), -float("inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return float.__repr__(value)


def _is_decimal(value) -> bool:
    decimal = sys.modules.get("decimal")  # there is none unless somebody imported it
    return decimal is not None and isinstance(value, decimal.Decimal)


def _refuse(name):
    raise ValueError(f"Expecting value: {name} is not JSON")
