"""Our Python runtime beside AWS's own client: the same handler gives the same payloads, errors and log events."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.live import runtimes
from tests.live.fake_runtime_api import Posted

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(importlib.util.find_spec("awslambdaric") is None, reason="needs awslambdaric"),
]

# A recursion ends some frames earlier or later: the runtimes' own count, too.
_REPEATED = re.compile(r"repeated \d+ more times")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")

RESULTS = """
import collections, datetime, decimal, enum
Point = collections.namedtuple("Point", "x y")
class Colour(enum.IntEnum):
    RED = 1
class Rich(dict):
    pass
class Plain:
    def _asdict(self):
        return {"z": 1}
round = []
round.append(round)
deep = []
for _ in range(100000):
    deep = [deep]
def handler(event, context):
    return eval(event)
"""

EXPRESSIONS = (
    "None",
    "{'a': [1, 2.5, True, None, 'x']}",
    "'plain'",
    "''",
    "[]",
    "(1, (2, 3))",
    "b'raw bytes'",
    "b''",
    "{1, 2}",
    "{'a': {1}}",
    "{'a': b'text', b'k': 1}",
    "{'a': b'\\xff'}",
    "Point(1, [Point(2, 3)])",
    "{'a': [Point(1, decimal.Decimal('1.10'))]}",
    "Plain()",
    "Rich(a=1)",
    "collections.OrderedDict(b=1, a=2)",
    "collections.Counter('aab')",
    "decimal.Decimal('1.10')",
    "decimal.Decimal('1E+3')",
    "[decimal.Decimal('NaN'), decimal.Decimal('-Infinity')]",
    "float('nan')",
    "[float('inf'), -float('inf')]",
    "{1.5: 1, True: 2, None: 3, 2: 4}",
    "{float('nan'): 1, float('inf'): 2}",
    "{(1, 2): 3}",
    "{decimal.Decimal('1'): 2}",
    "Colour.RED",
    "{Colour.RED: Colour.RED}",
    "datetime.date(2020, 1, 1)",
    "object",
    "range(3)",
    "bytearray(b'x')",
    "round",
    "deep",
    "'\\u2028 é 😀 \\x7f / <'",
    "{'é': 'ü'}",
    "10 ** 30",
    "10 ** 5000",
    "1e300 * 1e10",
    "iter([1])",
)

FAILURES = """
class Odd(Exception):
    pass
def inner(kind):
    if kind == "value":
        raise ValueError("one\\n  two")
    if kind == "empty":
        raise KeyError()
    if kind == "class":
        raise Odd
    if kind == "chain":
        try:
            1 / 0
        except ZeroDivisionError as cause:
            raise Odd("é") from cause
    if kind == "recursion":
        inner(kind)
    if kind == "eval":
        eval("1 +")
    if kind == "fault":
        import missing_module
    raise Exception({"a": 1})
def handler(event, context):
    return inner(event)
"""

BROKEN = {
    "import error": ("import not_there\n", "app.handler"),
    "import of a sibling that fails": ("import broken_sibling\n", "app.handler"),
    "no such module": (None, "nothere.handler"),
    "no such package": (None, "a/b.handler"),
    "no such handler": ("x = 1\n", "app.handler"),
    "no dot": ("x = 1\n", "app"),
    "empty": ("x = 1\n", ""),
    "built-in": ("x = 1\n", "sys.handler"),
    "built-in package": ("x = 1\n", "time.app.handler"),
    "syntax error": ("def handler(event, context:\n    pass\n", "app.handler"),
    "indentation error": ("def handler(event, context):\npass\n", "app.handler"),
    "null byte": ("x = 1\x00\n", "app.handler"),
    "exception": ("def f():\n    raise ValueError('at import')\nf()\n", "app.handler"),
    "exception without text": ("raise Exception\n", "app.handler"),
    "exception in JSON": ("raise ValueError('at import')\n", "app.handler"),
    "dots in the path": ("x = 1\n", "app.sub.handler"),
}

LOGGING = """
import logging, sys
print("at import")
logging.warning("early")
log = logging.getLogger("mine")
def handler(event, context):
    print("out", 1)
    print("error output", file=sys.stderr)
    log.info("not shown by default")
    log.warning("two\\nlines %s", event)
    log.error("with extra", extra={"order": 7})
    log.log(35, "own level")
    log.critical({"a": 1})
    print("partial", end="")
    try:
        raise ValueError("inner")
    except ValueError:
        log.exception("failed")
    context.log("from the context")
    logging.basicConfig(level="DEBUG")
    logging.debug("basicConfig changes nothing")
    raise LookupError("the end")
"""


def _both(folder: Path, source: str, handler: str, events: tuple[Any, ...], environ: dict[str, str]) -> list[Any]:
    """What each of the two runtimes posted and logged."""
    seen = []
    for runtime in (runtimes.OURS, runtimes.AWS):
        with runtimes.running(folder, source, handler, runtime=runtime, environ=environ) as running:
            posted = [_told(running.ask(event)) for event in events]
            seen.append((posted, _log(running.end())))
    return seen


def _told(posted: Posted) -> Any:
    body = json.loads(_REPEATED.sub("repeated", posted.body.decode())) if posted.kind == "error" else posted.body
    return posted.kind, posted.request_id, posted.headers.get("content-type") if posted.kind == "response" else "", body


def _log(events: list[str]) -> list[str]:
    return [_REPEATED.sub("repeated", _TIME.sub("TIME", event)) for event in events]


@pytest.mark.parametrize("version", ["3.11", "3.13"])
def test_results_are_written_as_awss_runtime_writes_them(tmp_path: Path, version: str) -> None:
    environ = {"AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}"}
    ours, aws = _both(tmp_path, RESULTS, "app.handler", EXPRESSIONS, environ)
    for expression, our, their in zip(EXPRESSIONS, ours[0], aws[0], strict=True):
        assert our == their, expression
    assert ours[1] == aws[1]


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_errors_of_the_function_are_told_and_logged_alike(tmp_path: Path, log_format: str) -> None:
    kinds = ("value", "empty", "class", "chain", "recursion", "eval", "fault", "other")
    ours, aws = _both(tmp_path, FAILURES, "app.handler", kinds, {"AWS_LAMBDA_LOG_FORMAT": log_format})
    for kind, our, their in zip(kinds, ours[0], aws[0], strict=True):
        assert our == their, kind
    if log_format == "Text":
        assert ours[1] == aws[1]
    else:
        assert [json.loads(event) for event in ours[1]] == [json.loads(event) for event in aws[1]]


@pytest.mark.parametrize("case", BROKEN)
def test_errors_of_initialisation_are_told_and_logged_alike(tmp_path: Path, case: str) -> None:
    source, handler = BROKEN[case]
    (tmp_path / "broken_sibling.py").write_text("from app import nothing\n")
    seen = []
    for runtime in (runtimes.OURS, runtimes.AWS):
        log_format = "JSON" if "JSON" in case else "Text"
        with runtimes.running(
            tmp_path, source, handler, runtime=runtime, environ={"AWS_LAMBDA_LOG_FORMAT": log_format}
        ) as running:
            posted = running.api.wait("init_error")
            code = running.wait()
            error_type = posted.headers["lambda-runtime-function-error-type"]
            seen.append((posted.json(), error_type, code, _log(running.log), running.api.polls))
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"AWS_LAMBDA_LOG_LEVEL": "DEBUG"},
        {"AWS_LAMBDA_LOG_FORMAT": "JSON"},
        {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "TRACE"},
        {"AWS_LAMBDA_LOG_FORMAT": "json", "AWS_LAMBDA_LOG_LEVEL": "FATAL"},
    ],
)
def test_prints_and_records_make_the_same_log_events_in_the_same_order(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    ours, aws = _both(tmp_path, LOGGING, "app.handler", ({"n": 1}, {"n": 2}), settings)
    assert ours == aws


CONTEXT = """
import json, os, sys
at_init = os.environ.get("_X_AMZN_TRACE_ID")
def handler(event, context):
    told = {name: getattr(context, name) for name in (
        "aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb",
        "function_version", "invoked_function_arn", "tenant_id")}
    client = context.client_context
    if client:
        told["client"] = [client.custom, client.env, client.client and client.client.app_title]
    told["identity"] = [context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id]
    told["repr"] = repr(context)
    told["type"] = type(context).__name__
    told["w3c"] = context.w3c()
    told["time"] = 25_000 < context.get_remaining_time_in_millis() <= 30_000
    told["trace"] = [at_init, os.environ.get("_X_AMZN_TRACE_ID")]
    told["telemetry"] = os.environ.get("_LAMBDA_TELEMETRY_LOG_FD")
    told["cwd"] = os.getcwd() == os.environ["LAMBDA_TASK_ROOT"]
    return told
"""


def test_the_context_has_the_same_attributes(tmp_path: Path) -> None:
    client = json.dumps(
        {"custom": {"é": "b"}, "env": {"c": 1}, "client": {"app_title": "t"}, "w3c": {"traceparent": "00-1", "x": "y"}},
        ensure_ascii=False,
    )
    sent: tuple[dict[str, str], ...] = (
        {},
        {"trace_id": "Root=1-2-3", "client_context": client, "cognito_identity": '{"cognitoIdentityId":"i"}'},
        {"client_context": "not json"},
        {"cognito_identity": "{", "aws_tenant_id": "tenant"},
        {"aws_tenant_id": "tenant", "trace_id": "Root=1-2-4"},
        {"client_context": "{}"},
    )
    seen = []
    for runtime in (runtimes.OURS, runtimes.AWS):
        with runtimes.running(tmp_path, CONTEXT, runtime=runtime) as running:
            seen.append([_told(running.ask(1, **headers)) for headers in sent])
    for our, their in zip(*seen, strict=True):
        assert _json(our) == _json(their)


def _json(told: Any) -> Any:
    kind, request_id, _, body = told
    return kind, request_id, json.loads(body) if isinstance(body, bytes) else body


EXITS = {
    "sys.exit(0) in the handler": "import sys\ndef handler(event, context):\n    sys.exit(0)\n",
    "sys.exit(3) in the handler": "import sys\ndef handler(event, context):\n    sys.exit(3)\n",
    "sys.exit with a text": "import sys\ndef handler(event, context):\n    sys.exit('bye')\n",
    "os._exit": "import os\ndef handler(event, context):\n    print('last', end='')\n    os._exit(9)\n",
    "sys.exit at import": "import sys\nprint('x')\nsys.exit(4)\n",
    "7 MB": "def handler(event, context):\n    return 'x' * 7_000_000\n",
}


@pytest.mark.parametrize("case", EXITS)
def test_a_function_that_ends_its_process_ends_it_with_the_same_status(tmp_path: Path, case: str) -> None:
    seen = []
    for runtime in (runtimes.OURS, runtimes.AWS):
        with runtimes.running(tmp_path, EXITS[case], runtime=runtime) as running:
            running.api.give({})
            code = running.wait()
            posted = [(p.kind, p.request_id, len(p.body)) for p in running.api.posted]
            # Of the 413 the first words are compared: AWS's client goes on with a traceback of its own.
            log = [re.sub(r"\[\d+\]", "[MS]", event.partition(" {")[0].strip()) for event in running.log]
            if case == "7 MB":
                del log[1:]
            seen.append((code, posted, log))
    assert seen[0] == seen[1]
