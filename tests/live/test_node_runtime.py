"""Our Node runtime as a process: on every Node there is, with handlers in every style that AWS takes."""

from __future__ import annotations

import base64
import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.live.deadline import eventually
from tests.live.node_runtimes import NODES, needs_node, running

pytestmark = [pytest.mark.live, needs_node]

REPORT = {"DEVSERVE_REPORT_FILES": "1"}
MODERN = "nodejs24.x"
each_node = pytest.mark.parametrize("node", NODES)
both = pytest.mark.parametrize("runtime", ["nodejs20.x", MODERN])

ECHO = "exports.handler = async (event) => event;\n"


# -- handlers: where they are and what they are


@each_node
def test_a_function_runs_on_every_node_from_18_on(tmp_path: Path, node: str) -> None:
    source = """
exports.handler = async (event, context) => {
  if (event === "fail") throw new RangeError("é");
  console.warn("seen", { node: 1 });
  return [event, context.functionName, context.memoryLimitInMB];
};
"""
    with running(tmp_path, source, node=node, environ=REPORT) as runtime:
        assert runtime.ask({"é": ["😀", 1.5, None]}).json() == [{"é": ["😀", 1.5, None]}, "f", "128"]
        error = runtime.ask("fail").json()
        assert list(error) == ["errorType", "errorMessage", "trace"]
        assert (error["errorType"], error["errorMessage"]) == ("RangeError", "é")
        assert error["trace"][0] == "RangeError: é"
        assert f"{tmp_path}/app.js:3:" in error["trace"][1]
        assert not any("devserve_runtime" in line for line in error["trace"])
        assert runtime.api.wait("loaded").json() == [str(tmp_path / "app.js")]
        log = runtime.end()
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z\t0{8}-.*1\tWARN\tseen \{ node: 1 \}\n\Z", log[0])
    assert re.match(r'.*Z\t0{8}-.*2\tERROR\tInvoke Error \t\{"errorType":"RangeError","errorMessage":"é"', log[1])
    assert len(log) == 2


FOUND: dict[str, tuple[dict[str, str], str]] = {
    "CommonJS": ({"app.js": "exports.handler = async () => 'yes'"}, "app.handler"),
    "ES module by extension": ({"app.mjs": "export const handler = async () => 'yes'"}, "app.handler"),
    "ES module by package.json": (
        {"app.js": "export const handler = async () => 'yes'", "package.json": '{"type": "module"}'},
        "app.handler",
    ),
    "package.json further up": (
        {"a/b/app.js": "export const handler = async () => 'yes'", "package.json": '{"type": "module"}'},
        "a/b/app.handler",
    ),
    "CommonJS inside an ES package": (
        {"app.cjs": "exports.handler = async () => 'yes'", "package.json": '{"type": "module"}'},
        "app.handler",
    ),
    "without extension": ({"app": "exports.handler = async () => 'yes'"}, "app.handler"),
    "in a folder": ({"src/fn/app.js": "exports.handler = async () => 'yes'"}, "src/fn/app.handler"),
    "nested export": ({"app.js": "exports.a = { b: { c: async () => 'yes' } }"}, "app.a.b.c"),
    "index of a folder": ({"app/index.js": "exports.handler = async () => 'yes'"}, "app.handler"),
    "a package": ({"node_modules/pack/index.js": "exports.handler = async () => 'yes'"}, "pack.handler"),
    "top-level await": (
        {"app.mjs": "const word = await Promise.resolve('yes'); export const handler = async () => word"},
        "app.handler",
    ),
    "imports of both kinds": (
        {
            "app.mjs": "import a from './a.cjs'; import { b } from './b.mjs'; import p from 'pack';\n"
            "export const handler = async () => a.word + b + p.word",
            "a.cjs": "exports.word = 'y'",
            "b.mjs": "export const b = 'e'",
            "node_modules/pack/index.js": "exports.word = 's'",
        },
        "app.handler",
    ),
    "a default export's property": ({"app.cjs": "module.exports = { handler: async () => 'yes' }"}, "app.handler"),
}


@each_node
@both
@pytest.mark.parametrize("case", FOUND)
def test_a_handler_is_found_as_aws_finds_it(tmp_path: Path, case: str, node: str, runtime: str) -> None:
    files, handler = FOUND[case]
    if runtime == MODERN and case in ("without extension", "index of a folder") and "package.json" in files:
        pytest.skip("no CommonJS there")
    with running(tmp_path, files, handler, node=node, runtime=runtime) as started:
        assert started.ask().json() == "yes"


def test_modules_are_found_over_node_path(tmp_path: Path) -> None:
    (tmp_path / "layer" / "shared").mkdir(parents=True)
    (tmp_path / "layer" / "shared" / "index.js").write_text("module.exports = 'of the layer'")
    task = tmp_path / "task"
    task.mkdir()
    source = "const word = require('shared'); exports.handler = async () => word"
    with running(task, source, environ={"NODE_PATH": str(tmp_path / "layer")}) as runtime:
        assert runtime.ask().json() == "of the layer"


# -- initialisation that fails

BROKEN: dict[str, tuple[dict[str, str], str, str, str]] = {
    "no module": (
        {},
        "app.handler",
        "Runtime.ImportModuleError",
        "Error: Cannot find module 'app'\nRequire stack:\n- ",
    ),
    "missing dependency": (
        {"app.js": "require('nowhere')"},
        "app.handler",
        "Runtime.ImportModuleError",
        "Error: Cannot find module 'nowhere'\nRequire stack:\n- ",
    ),
    "missing dependency of an ES module": (
        {"app.mjs": "import 'nowhere'"},
        "app.handler",
        "Error",
        "Cannot find package 'nowhere' imported from ",
    ),
    "no export": (
        {"app.js": "exports.other = 1"},
        "app.handler",
        "Runtime.HandlerNotFound",
        "app.handler is undefined or not exported",
    ),
    "no function": (
        {"app.js": "exports.handler = 1"},
        "app.handler",
        "Runtime.HandlerNotFound",
        "app.handler is not a function",
    ),
    "no dot": ({"app.js": ECHO}, "app", "Runtime.MalformedHandlerName", "Bad handler"),
    "two dots": (
        {"app.js": ECHO},
        "../app.handler",
        "Runtime.MalformedHandlerName",
        "'../app.handler' is not a valid handler name. "
        "Use absolute paths when specifying root directories in handler names.",
    ),
    "syntax": (
        {"app.js": "exports.handler = async () => {\n  return {;\n};\n"},
        "app.handler",
        "Runtime.UserCodeSyntaxError",
        "SyntaxError: Unexpected token ';'",
    ),
    "syntax of an ES module": (
        {"app.mjs": "export const handler = async () => {\n  return {;\n};\n"},
        "app.handler",
        "Runtime.UserCodeSyntaxError",
        "SyntaxError: Unexpected token ';'",
    ),
    "throws": ({"app.js": "throw new TypeError('at the top')"}, "app.handler", "TypeError", "at the top"),
    "throws in an ES module": (
        {"app.mjs": "await null; throw new TypeError('later')"},
        "app.handler",
        "TypeError",
        "later",
    ),
    "throws no error": ({"app.js": "throw 'a text'"}, "app.handler", "string", "a text"),
}


@each_node
@pytest.mark.parametrize("case", BROKEN)
def test_an_initialisation_that_fails_is_posted_and_ends_the_process(tmp_path: Path, case: str, node: str) -> None:
    files, handler, kind, text = BROKEN[case]
    with running(tmp_path, files, handler, node=node) as runtime:
        posted = runtime.api.wait("init_error")
        assert runtime.wait() == 129
    assert posted.headers["lambda-runtime-function-error-type"] == kind
    assert posted.json()["errorType"] == kind
    assert posted.json()["errorMessage"].startswith(text)
    assert not any("devserve_runtime" in line and " at " in line for line in posted.json()["trace"])
    assert re.match(r".*Z\tundefined\tERROR\tUncaught Exception \t\{", runtime.log[-1])


def test_a_syntax_error_says_where_it_is(tmp_path: Path) -> None:
    with running(tmp_path, BROKEN["syntax"][0]) as runtime:
        error = runtime.api.wait("init_error").json()
    assert any(f"{tmp_path}/app.js:2" in line for line in error["trace"])


def test_a_missing_module_is_required_by_whom_it_is_on_aws(tmp_path: Path) -> None:
    with running(tmp_path, {}) as runtime:
        text = runtime.api.wait("init_error").json()["errorMessage"]
    assert text == "Error: Cannot find module 'app'\nRequire stack:\n- /var/runtime/index.mjs"


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("app.js", "require('@aws-sdk/client-s3')"),
        ("app.mjs", "import '@aws-sdk/client-s3/commands'"),
        ("app.js", "require('aws-sdk')"),
    ],
)
def test_the_sdk_that_awss_runtime_brings_has_to_be_installed(tmp_path: Path, file: str, source: str) -> None:
    with running(tmp_path, {file: source}, environ={"DEVSERVE": "1"}) as runtime:
        runtime.api.wait("init_error")
        runtime.wait()
    name = source.split("'")[1].removesuffix("/commands")
    hint = f"{name} comes with AWS's runtime; here it has to be installed: npm install --save-dev {name}"
    assert runtime.log[0] == f"devserve: {hint}\n"


@each_node
def test_from_24_on_a_failed_initialisation_is_called_so(tmp_path: Path, node: str) -> None:
    with running(tmp_path, BROKEN["no export"][0], node=node, runtime=MODERN) as runtime:
        assert runtime.api.wait("init_error").json()["errorType"] == "Runtime.HandlerNotFound"
        assert runtime.wait() == 1
    assert "\tERROR\tInit Error \t{" in runtime.log[0]


# -- how a handler says that it is done

STYLES = {
    "async": ("async (event) => 'done'", "done"),
    "promise": ("(event) => Promise.resolve('done')", "done"),
    "callback": ("(event, context, callback) => callback(null, 'done')", "done"),
    "late callback": ("(event, context, callback) => { setTimeout(callback, 10, null, 'done') }", "done"),
    "callback waits for the loop": (
        "(event, context, callback) => { const o = { done: false }; setTimeout(() => { o.done = true }, 30);"
        " callback(null, o) }",
        {"done": True},
    ),
    "callback that does not wait": (
        "(event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false;"
        " setInterval(() => {}, 1000); callback(null, 'done') }",
        "done",
    ),
    "first callback counts": ("(event, context, callback) => { callback(null, 'done'); callback('no') }", "done"),
    "done": ("(event, context) => context.done(null, 'done')", "done"),
    "succeed": ("(event, context) => { setInterval(() => {}, 1000); context.succeed('done') }", "done"),
    "nothing": ("(event) => { 'done' }", None),
    "a value without promise": ("(event) => 'not returned'", None),
    "undefined": ("async () => undefined", None),
    "a date": ("async () => new Date(0)", "1970-01-01T00:00:00.000Z"),
    "toJSON": ("async () => ({ toJSON: () => 'done' })", "done"),
}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_of_answering_works_again_and_again(tmp_path: Path, style: str) -> None:
    source, expected = STYLES[style]
    with running(tmp_path, f"exports.handler = {source};") as runtime:
        for _ in range(3):
            posted = runtime.ask({})
            assert (posted.kind, posted.json()) == ("response", expected)


FAILURES: dict[str, tuple[str, str, str]] = {
    "throw": ("(event) => { throw new TypeError('no') }", "TypeError", "no"),
    "reject": ("async () => { throw new TypeError('no') }", "TypeError", "no"),
    "callback": ("(event, context, callback) => callback(new TypeError('no'))", "TypeError", "no"),
    "text to callback": ("(event, context, callback) => callback('no')", "string", "no"),
    "fail": ("(event, context) => context.fail(new TypeError('no'))", "TypeError", "no"),
    "fail without a word": ("(event, context) => context.fail()", "string", "handled"),
    "reject with text": ("async () => { throw 'no' }", "string", "no"),
    "reject with a number": ("async () => { throw 7 }", "number", "7"),
    "own class": (
        "async () => { class Odd extends Error { constructor(m) { super(m); this.name = 'Odd' } } throw new Odd('x') }",
        "Odd",
        "x",
    ),
    "circular": ("async () => { const a = {}; a.a = a; return a }", "Error", "Unable to stringify response body"),
    "a BigInt": ("async () => 1n", "Error", "Unable to stringify response body"),
    "an error that cannot be read": (
        "async () => { throw Object.defineProperty(new Error(), 'message', { get() { throw 1 } }) }",
        "handled",
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, "
        "name, and stack",
    ),
}


@pytest.mark.parametrize("case", FAILURES)
def test_every_style_of_failing_is_an_error_and_the_process_lives_on(tmp_path: Path, case: str) -> None:
    source, kind, text = FAILURES[case]
    with running(tmp_path, f"exports.handler = {source};") as runtime:
        for _ in range(2):
            posted = runtime.ask({})
            assert (posted.kind, posted.json()["errorType"], posted.json()["errorMessage"]) == ("error", kind, text)
        assert sum("Invoke Error" in line for line in runtime.end()) == 2


@each_node
def test_a_promise_that_is_never_settled_is_told(tmp_path: Path, node: str) -> None:
    source = "exports.handler = async (event) => event || new Promise(() => {});"
    with running(tmp_path, source, node=node) as runtime:
        error = runtime.ask(None).json()
        assert error["errorType"] == "Runtime.NodeJsExit"
        assert error["errorMessage"].startswith("The Lambda runtime client detected an unexpected Node.js exit code.")
        assert runtime.ask("next").json() == "next"


@each_node
def test_from_24_on_it_ends_the_process(tmp_path: Path, node: str) -> None:
    with running(tmp_path, "exports.handler = () => new Promise(() => {});", node=node, runtime=MODERN) as runtime:
        runtime.api.give()
        assert runtime.wait() == 0
    assert runtime.api.posted == []


@each_node
def test_from_24_on_callback_handlers_are_refused(tmp_path: Path, node: str) -> None:
    source = "exports.handler = async (event, context, callback) => 1;"
    with running(tmp_path, source, node=node, runtime=MODERN) as runtime:
        error = runtime.api.wait("init_error").json()
        assert runtime.wait() == 1
    assert error["errorType"] == "Runtime.CallbackHandlerDeprecated"
    assert error["errorMessage"].startswith("ERROR: AWS Lambda has removed support for callback-based")


def test_from_24_on_the_context_has_no_callbacks_and_results_are_awaited(tmp_path: Path) -> None:
    source = "exports.handler = (event, context) => [event, typeof context.done, typeof context.w3c];"
    with running(tmp_path, source, runtime=MODERN) as runtime:
        assert runtime.ask(1).json() == [1, "undefined", "function"]
        assert runtime.ask(2).json() == [2, "undefined", "function"]


def test_from_24_on_a_result_that_is_no_json_has_an_error_of_its_own(tmp_path: Path) -> None:
    with running(tmp_path, "exports.handler = async (event) => event || 1n;", runtime=MODERN) as runtime:
        assert runtime.ask(None).json()["errorType"] == "Runtime.JSONStringifyError"
        assert runtime.ask(1).json() == 1


def test_before_24_callback_handlers_are_warned_of(tmp_path: Path) -> None:
    source = "exports.handler = (event, context, callback) => callback(null, 1);"
    with running(tmp_path, source) as runtime:
        runtime.ask()
        assert "\tundefined\tWARN\tAWS Lambda plans to remove support for callback-based" in runtime.end()[0]


def test_the_warning_can_be_switched_off(tmp_path: Path) -> None:
    source = "exports.handler = (event, context, callback) => callback(null, 1);"
    with running(tmp_path, source, environ={"AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING": "1"}) as runtime:
        runtime.ask()
        assert runtime.end() == []


# -- what else ends an invocation


@each_node
def test_an_unhandled_rejection_during_the_invocation_is_its_error(tmp_path: Path, node: str) -> None:
    source = """
exports.handler = async () => {
  Promise.reject(new TypeError("nobody"));
  await new Promise((resolve) => setTimeout(resolve, 1000));
};
"""
    with running(tmp_path, source, node=node) as runtime:
        error = runtime.ask().json()
        assert (error["errorType"], error["errorMessage"]) == ("Runtime.UnhandledPromiseRejection", "TypeError: nobody")
        assert runtime.wait() == 128
    assert '\tERROR\tUnhandled Promise Rejection \t{"errorType":"Runtime.UnhandledPromiseRejection"' in runtime.log[0]
    assert '"reason":{"errorType":"TypeError","errorMessage":"nobody"' in runtime.log[0]


FORGOTTEN = "async function f() { throw new Error('x') }\nexports.handler = async () => { f(); return 'answer' };"


def test_a_result_is_out_before_a_forgotten_promise_ends_the_process(tmp_path: Path) -> None:
    with running(tmp_path, FORGOTTEN) as runtime:
        assert runtime.ask().body == b'"answer"'
        assert runtime.wait() == 128


@each_node
def test_from_24_on_the_forgotten_promise_comes_first(tmp_path: Path, node: str) -> None:
    with running(tmp_path, FORGOTTEN, node=node, runtime=MODERN) as runtime:
        runtime.api.give()
        assert runtime.wait() == 1
    assert [posted.kind for posted in runtime.api.posted] == []
    assert any("Runtime.UnhandledPromiseRejection: Error: x" in line for line in runtime.log)


def test_an_exception_outside_of_the_promise_is_the_invocations_error(tmp_path: Path) -> None:
    source = """
exports.handler = () => new Promise(() => {
  setTimeout(() => { throw new TypeError("in a timer") }, 5);
});
"""
    with running(tmp_path, source) as runtime:
        error = runtime.ask().json()
        assert (error["errorType"], error["errorMessage"]) == ("TypeError", "in a timer")
        assert runtime.wait() == 129
    assert "\tERROR\tUncaught Exception \t{" in runtime.log[0]


@pytest.mark.parametrize("code", [0, 3])
def test_process_exit_is_an_exit_with_all_that_was_printed(tmp_path: Path, code: int) -> None:
    source = f"exports.handler = async () => {{ console.log('last words'); process.exit({code}) }};"
    with running(tmp_path, source) as runtime:
        runtime.api.give()
        assert runtime.wait() == code
    assert runtime.log[0].endswith("\tlast words\n")
    assert runtime.api.posted == []


def test_a_result_that_was_given_before_the_exit_is_out(tmp_path: Path) -> None:
    source = "exports.handler = (event, context) => { context.succeed('out'); process.exit(1) };"
    with running(tmp_path, source) as runtime:
        assert runtime.ask().json() == "out"
        assert runtime.wait() == 1


# -- events and results


@each_node
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [0, 1, 65_400, 200_000, 6_000_000])
def test_events_and_results_of_any_size_pass(tmp_path: Path, size: int, chunked: bool, node: str) -> None:
    with running(tmp_path, ECHO, node=node) as runtime:
        text = "xé"[size % 2] * size
        assert runtime.api.ask(text, chunked=chunked).json() == text
        assert runtime.ask({"then": "again"}).json() == {"then": "again"}


def test_a_result_that_is_too_long_is_refused_and_the_process_lives_on(tmp_path: Path) -> None:
    with running(tmp_path, "exports.handler = async (n) => 'x'.repeat(n);") as runtime:
        assert runtime.ask(7_000_000).kind == "response"
        assert runtime.ask(1).json() == "x"


def test_an_event_that_is_no_json_is_an_error(tmp_path: Path) -> None:
    with running(tmp_path, ECHO) as runtime:
        for raw in (b"{", b"NaN", b"", b"1 2"):
            assert runtime.api.ask(raw=raw).json()["errorType"] == "SyntaxError"
        assert runtime.ask([1]).json() == [1]


def test_the_context_says_what_aws_says(tmp_path: Path) -> None:
    source = """
exports.handler = async (event, context) => ({
  ...JSON.parse(JSON.stringify(context)), left: context.getRemainingTimeInMillis(),
});
"""
    headers = {
        "client_context": '{"custom": {"a": 1}, "w3c": {"traceparent": "00"}}',
        "cognito_identity": '{"cognitoIdentityId": "me"}',
        "aws_tenant_id": "tenant",
    }
    with running(tmp_path, source) as runtime:
        posted = runtime.ask(None, **headers)
    context = posted.json()
    assert 0 < context.pop("left") <= 30_000
    assert context == {
        "callbackWaitsForEmptyEventLoop": True,
        "functionVersion": "$LATEST",
        "functionName": "f",
        "memoryLimitInMB": "128",
        "logGroupName": "/aws/lambda/f",
        "logStreamName": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
        "clientContext": {"custom": {"a": 1}, "w3c": {"traceparent": "00"}},
        "identity": {"cognitoIdentityId": "me"},
        "invokedFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f",
        "awsRequestId": posted.request_id,
        "tenantId": "tenant",
    }


def test_from_24_on_the_trace_context_is_seen_through_a_method_alone(tmp_path: Path) -> None:
    source = "exports.handler = async (event, context) => [context.w3c(), context.clientContext];"
    with running(tmp_path, source, runtime=MODERN) as runtime:
        given = '{"w3c": {"traceparent": "00-1", "odd": 1, "baggage": 2}, "custom": {}}'
        assert runtime.ask(None, client_context=given).json() == [{"traceparent": "00-1"}, {"custom": {}}]


def test_a_client_context_that_is_no_json_is_an_error(tmp_path: Path) -> None:
    with running(tmp_path, ECHO) as runtime:
        error = runtime.ask(None, client_context="{").json()
        assert error["errorMessage"].startswith("Cannot parse ClientContext as json: SyntaxError")
        assert runtime.ask(1).json() == 1


def test_the_trace_id_is_set_for_the_invocation_and_not_before(tmp_path: Path) -> None:
    source = """
const before = process.env._X_AMZN_TRACE_ID ?? null;
exports.handler = async () => [before, process.env._X_AMZN_TRACE_ID ?? null];
"""
    with running(tmp_path, source, environ={"_X_AMZN_TRACE_ID": "left over"}) as runtime:
        assert runtime.ask(trace_id="Root=1").json() == [None, "Root=1"]
        assert runtime.ask(trace_id="Root=2").json() == [None, "Root=2"]
        assert runtime.ask().json() == [None, None]


# -- logs


def test_levels_lines_and_the_ids_of_invocations(tmp_path: Path) -> None:
    source = """
console.log("at init");
exports.handler = async () => {
  console.trace("t"); console.debug("d"); console.info("i"); console.log("l"); console.warn("w");
  console.error("e"); console.fatal("f");
  console.log("%s is %d", "x", 1, { a: [1] });
  console.log("one\\n  two\\n");
  process.stdout.write("raw\\n");
  process.stderr.write("to stderr\\n");
};
"""
    with running(tmp_path, source) as runtime:
        request_id = runtime.ask().request_id
        log = runtime.end()
    assert log[0].endswith("\tundefined\tINFO\tat init\n")
    assert all(line.startswith("20") for line in log[1:8]), "a time, and no frame in front of it"
    heads = [tuple(line.rstrip("\n").split("\t")[1:4]) for line in log[1:8]]
    levels = ["TRACE", "DEBUG", "INFO", "INFO", "WARN", "ERROR", "FATAL"]
    assert heads == [(request_id, level, letter) for level, letter in zip(levels, "tdilwef", strict=True)]
    assert log[8].endswith("\tx is 1 { a: [ 1 ] }\n")
    assert log[9].endswith("\tINFO\tone\n  two\n\n")
    assert log[10:] == ["raw\n", "to stderr\n"]


def test_without_frames_an_event_of_several_lines_is_one_line(tmp_path: Path) -> None:
    source = "exports.handler = async () => { console.log('one\\ntwo') };"
    with running(tmp_path, source, framed=False) as runtime:
        runtime.ask()
        log = runtime.end()
    assert len(log) == 1
    assert log[0].endswith("\tINFO\tone\rtwo\n")


def logged(folder: Path, statement: str, level: str = "INFO") -> list[Any]:
    source = f"exports.handler = async () => {{ {statement} }};"
    environ = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": level}
    with running(folder, source, environ=environ) as runtime:
        request_id = runtime.ask(aws_tenant_id="t").request_id
        events = [json.loads(line) for line in runtime.end()]
    for event in events:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event.pop("timestamp"))
        assert (event.pop("requestId"), event.pop("tenantId")) == (request_id, "t")
    return events


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("console.log('text')", {"level": "INFO", "message": "text"}),
        ("console.warn({ a: [1] })", {"level": "WARN", "message": {"a": [1]}}),
        ("console.log('%s', 1, 2)", {"level": "INFO", "message": "1 2"}),
        ("const a = {}; a.a = a; console.log(a)", {"level": "INFO", "message": "<ref *1> { a: [Circular *1] }"}),
        ("console.log('one\\ntwo')", {"level": "INFO", "message": "one\ntwo"}),
    ],
)
def test_json_logs_keep_what_is_an_object(tmp_path: Path, statement: str, expected: Any) -> None:
    assert logged(tmp_path, statement) == [expected]


def test_errors_in_json_logs_have_type_message_and_stack(tmp_path: Path) -> None:
    alone, among = logged(tmp_path, "const e = new TypeError('no'); console.error(e); console.error('for', e)")
    assert (alone["message"]["errorType"], alone["message"]["errorMessage"]) == ("TypeError", "no")
    assert alone["message"]["stackTrace"][0] == "TypeError: no"
    assert (among["errorType"], among["errorMessage"], among["stackTrace"][0]) == ("TypeError", "no", "TypeError: no")
    assert among["message"].startswith("for TypeError: no\n")


def test_levels_below_the_configured_one_are_left_out(tmp_path: Path) -> None:
    every = "for (const m of ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal']) console[m](m)"
    assert [event["message"] for event in logged(tmp_path, every, "WARN")] == ["warn", "error", "fatal"]


def test_a_failed_invocation_in_json_logs_is_its_error(tmp_path: Path) -> None:
    (event,) = logged(tmp_path, "throw new TypeError('no')")
    assert (event["level"], event["message"]["errorType"]) == ("ERROR", "TypeError")


def test_a_flood_of_output_comes_through_in_order(tmp_path: Path) -> None:
    source = """
exports.handler = async () => {
  for (let i = 0; i < 3000; i++) {
    console.log(`${i} ` + "x".repeat(500));
    if (i % 100 === 0) process.stdout.write("");
  }
  return "done";
};
"""
    with running(tmp_path, source) as runtime:
        assert runtime.ask().json() == "done"
        log = runtime.end()
    assert [int(line.split("\t")[3].split(" ")[0]) for line in log] == list(range(3000))


# -- streaming


@each_node
@both
def test_a_streamed_response_is_posted_in_chunks(tmp_path: Path, node: str, runtime: str) -> None:
    source = """
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
  stream.setContentType("text/plain");
  stream.write("Hello, ");
  await new Promise((resolve) => setTimeout(resolve, 5));
  stream.write(Buffer.from("wor"));
  stream.end("ld " + context.functionName);
});
"""
    with running(tmp_path, source, node=node, runtime=runtime) as started:
        for _ in range(3):
            posted = started.ask()
            assert (posted.kind, posted.body) == ("response", b"Hello, world f")
            assert posted.headers["lambda-runtime-function-response-mode"] == "streaming"
            assert posted.headers["content-type"] == "text/plain"
            assert posted.headers["transfer-encoding"] == "chunked"


def test_a_response_with_status_and_headers_has_a_prelude(tmp_path: Path) -> None:
    source = """
const { pipeline } = require("stream/promises");
const { Readable } = require("stream");
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: "b" } });
  await pipeline(Readable.from(["one", "two"]), stream);
});
"""
    with running(tmp_path, source) as runtime:
        posted = runtime.ask()
    assert posted.body == b'{"statusCode":201,"headers":{"a":"b"}}' + bytes(8) + b"onetwo"
    assert posted.headers["content-type"] == "application/vnd.awslambda.http-integration-response"


def test_a_stream_of_megabytes_passes(tmp_path: Path) -> None:
    source = """
const { once } = require("events");
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  for (let i = 0; i < 100; i++) if (!stream.write("x".repeat(100000))) await once(stream, "drain");
  stream.end();
});
"""
    with running(tmp_path, source) as runtime:
        assert len(runtime.ask().body) == 10_000_000


def test_an_error_in_the_middle_of_a_stream_is_told_in_trailers(tmp_path: Path) -> None:
    source = """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write("begun");
  throw new TypeError("midway");
});
"""
    with running(tmp_path, source) as runtime:
        for _ in range(2):
            posted = runtime.ask()
            assert (posted.kind, posted.body) == ("response", b"begun")
            assert posted.headers["lambda-runtime-function-error-type"] == "TypeError"
            body = json.loads(base64.b64decode(posted.headers["lambda-runtime-function-error-body"]))
            assert (body["errorType"], body["errorMessage"]) == ("TypeError", "midway")


def test_an_error_before_the_first_byte_is_an_error(tmp_path: Path) -> None:
    source = "exports.handler = awslambda.streamifyResponse(async () => { throw new TypeError('at once') });"
    with running(tmp_path, source) as runtime:
        for _ in range(2):
            posted = runtime.ask()
            assert (posted.kind, posted.json()["errorMessage"]) == ("error", "at once")


STREAM_MISTAKES = {
    "not async": ("(event, stream) => { stream.end('x') }", "Streaming does not support non-async handlers."),
    "not ended": ("async (event, stream) => { stream.write('x') }", "Response stream is not finished."),
    "content type too late": (
        "async (event, stream) => { stream.write('x'); stream.setContentType('a/b') }",
        "Cannot set content-type, too late.",
    ),
}


@pytest.mark.parametrize("case", STREAM_MISTAKES)
def test_a_stream_that_is_not_used_as_it_must_be_is_an_error(tmp_path: Path, case: str) -> None:
    source, text = STREAM_MISTAKES[case]
    with running(tmp_path, f"exports.handler = awslambda.streamifyResponse({source});") as runtime:
        for _ in range(2):
            runtime.ask()
        eventually(lambda: sum(text in line for line in runtime.log) == 2, what="the error in the log")


# -- the process


def test_children_of_the_handler_run_and_print(tmp_path: Path) -> None:
    files = {
        "child.js": "console.log('of the child'); process.send('sent')",
        "app.js": """
const { fork, execFileSync } = require("child_process");
exports.handler = async () => {
  const child = fork(__dirname + "/child.js");
  const message = await new Promise((resolve) => child.once("message", resolve));
  await new Promise((resolve) => child.once("exit", resolve));
  return [message, execFileSync("echo", ["hi"]).toString()];
};
""",
    }
    with running(tmp_path, files) as runtime:
        assert runtime.ask().json() == ["sent", "hi\n"]
        assert runtime.end() == ["of the child\n"]


def test_a_handler_may_close_its_output(tmp_path: Path) -> None:
    source = """
const fs = require("fs");
exports.handler = async (event) => {
  for (const descriptor of event) fs.closeSync(descriptor);
  console.log("still here");
  return "fine";
};
"""
    with running(tmp_path, source) as runtime:
        assert runtime.ask([1, 2]).json() == "fine"
        assert runtime.ask([]).json() == "fine"


def test_the_user_sees_an_interpreter_of_their_own(tmp_path: Path) -> None:
    source = """
exports.handler = async () => ({
  variables: Object.keys(process.env).filter((name) => /^(DEVSERVE|_LAMBDA|_X_AMZN)/.test(name)),
  main: require.main === module,
  handles: process.listenerCount("SIGTERM"),
  tty: !!process.stdout.isTTY,
});
"""
    with running(tmp_path, source, environ=REPORT) as runtime:
        assert runtime.ask().json() == {"variables": [], "main": False, "handles": 0, "tty": False}


def test_signals_are_handled_while_the_runtime_waits(tmp_path: Path) -> None:
    source = "process.on('SIGTERM', () => console.log('asked to end')); exports.handler = async () => 1;"
    with running(tmp_path, source) as runtime:
        runtime.api.wait_for_polls(1)
        runtime.process.send_signal(signal.SIGTERM)
        eventually(lambda: any("asked to end" in line for line in runtime.log), what="the handler of the signal")
        assert runtime.ask().json() == 1


def test_a_runtime_whose_api_is_gone_exits_quietly(tmp_path: Path) -> None:
    with running(tmp_path, "setInterval(() => {}, 10); exports.handler = async () => 1;") as runtime:
        runtime.ask()
        runtime.api.wait_for_polls(2)
        runtime.api.hang_up()
        assert runtime.wait() == 0
    assert runtime.log == []


def test_a_stack_names_the_source_where_there_is_a_map(tmp_path: Path) -> None:
    # One line of output that stands for the third line of its source.
    (tmp_path / "app.js.map").write_text('{"version":3,"sources":["app.ts"],"names":[],"mappings":"AAEA"}')
    source = "exports.handler = async () => { throw new Error('x') };\n//# sourceMappingURL=app.js.map\n"
    with running(tmp_path, source, options=("--enable-source-maps",)) as runtime:
        assert any("app.ts:3:" in line for line in runtime.ask().json()["trace"])


# -- which files were read


@each_node
def test_files_are_told_when_they_have_been_read(tmp_path: Path, node: str) -> None:
    files = {
        "app.js": """
const fs = require("fs");
require("./lib/part");
require("installed");
fs.readFileSync("/etc/hostname");
exports.handler = async (event) => {
  if (event !== "read") return;
  fs.readFileSync(__dirname + "/data.txt");
  await fs.promises.readFile(__dirname + "/more.txt");
  fs.writeFileSync(__dirname + "/written.txt", "");
  require("./late");
};
""",
        "lib/part.js": "exports.x = require('./values.json')",
        "lib/values.json": "{}",
        "late.js": "",
        "data.txt": "",
        "more.txt": "",
        "node_modules/installed/index.js": "",
    }
    with running(tmp_path, files, node=node, environ=REPORT) as runtime:
        runtime.api.wait_for_polls(1)
        at_init = [posted.json() for posted in runtime.api.posted]
        runtime.ask("nothing")
        runtime.ask("read")
        runtime.ask("read")
        runtime.api.wait_for_polls(4)
        told = [posted.json() for posted in runtime.api.posted if posted.kind == "loaded"]
    assert [[Path(path).name for path in paths] for paths in at_init] == [["app.js", "part.js", "values.json"]]
    assert [sorted(Path(path).name for path in paths) for paths in told[1:]] == [["data.txt", "late.js", "more.txt"]]


@each_node
def test_es_modules_are_told_or_nothing_is(tmp_path: Path, node: str) -> None:
    files = {
        "app.mjs": "import './part.mjs'; import './old.cjs'; export const handler = async () => process.version;",
        "part.mjs": "export default 1",
        "old.cjs": "",
    }
    with running(tmp_path, files, node=node, environ=REPORT) as runtime:
        version = tuple(int(part) for part in runtime.ask().json().lstrip("v").split("."))
        told = [name for posted in runtime.api.posted if posted.kind == "loaded" for name in posted.json()]
    expected = ["app.mjs", "old.cjs", "part.mjs"] if version >= (22, 15) else []
    assert sorted(Path(name).name for name in told) == expected


def test_a_late_import_counts_every_file_as_read(tmp_path: Path) -> None:
    files = {
        "app.js": "exports.handler = async () => { require('./late'); return process.versions.node }",
        "late.js": "exports.load = () => import('./part.mjs')",
        "part.mjs": "",
        "src/deep.js": "",
        "node_modules/installed/index.js": "",
    }
    with running(tmp_path, files, environ=REPORT) as runtime:
        version = tuple(int(part) for part in runtime.ask().json().split("."))
        runtime.api.wait_for_polls(2)
        told = [name for posted in runtime.api.posted if posted.kind == "loaded" for name in posted.json()]
    expected = {"app.js", "late.js"} | ({"part.mjs", "deep.js"} if version < (22, 15) else set())
    assert {Path(name).name for name in told} == expected


def test_files_are_told_before_the_error_of_a_broken_initialisation(tmp_path: Path) -> None:
    with running(tmp_path, {"app.js": "require('./other'); throw 1", "other.js": ""}, environ=REPORT) as runtime:
        runtime.api.wait("init_error")
        kinds = [posted.kind for posted in runtime.api.posted]
        told = runtime.api.wait("loaded").json()
    assert kinds == ["loaded", "init_error"]
    assert [Path(name).name for name in told] == ["app.js", "other.js"]


def test_nothing_is_told_elsewhere(tmp_path: Path) -> None:
    with running(tmp_path, ECHO) as runtime:
        runtime.ask()
        assert [posted.kind for posted in runtime.api.posted] == ["response"]
