"""What Node handlers do that they should not, and what AWS answers: as async functions unless a body says otherwise.
`send` is a request to the Runtime API by hand: `[status, error type]`; `own(context)` is the path of the invocation
that runs. What follows `//sync` is a handler with a callback, what follows `//stream` one that streams."""

from __future__ import annotations

# ruff: noqa: E501 - a table, one case a line
from tests.live.misbehaviour import (
    NO_REASON,
    SILENT,
    Table,
    by_signal,
    exits,
    fine,
    for_good,
    raised,
    times_out,
    too_large,
)

PRELUDE = """
const fs = require("fs"), http = require("http"), net = require("net"), os = require("os"), path = require("path");
const { spawn, spawnSync, execSync, fork } = require("child_process");
const { Worker } = require("worker_threads");
const API = process.env.AWS_LAMBDA_RUNTIME_API, BASE = "/2018-06-01/runtime/";
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const own = (context) => BASE + "invocation/" + context.awsRequestId;
const [HOST, PORT] = API.split(":");
const send = (method, path, body = "", headers = {}) => new Promise((resolve, reject) => {
  const sent = http.request({ host: HOST, port: PORT, method, path, headers, agent: false }, (reply) => {
    let text = "";
    reply.on("data", (data) => (text += data));
    reply.on("end", () => resolve([reply.statusCode, text[0] === "{" ? JSON.parse(text).errorType : text]));
  });
  sent.on("error", reject);
  sent.end(body);
});
const kept = [];
"""

RESULTS: Table = {
    "undefined": ("return undefined;", fine(None)),
    "null": ("return null;", fine(None)),
    "nothing": ("", fine(None)),
    "function": ("return () => 1;", fine(None)),
    "symbol": ("return Symbol('s');", fine(None)),
    "big int": ("return 1n;", raised("Error", "Unable to stringify response body")),
    "big int inside": ("return { a: [1n] };", raised("Error", "Unable to stringify response body")),
    "circular": ("const x = {}; x.x = x; return x;", raised("Error", "Unable to stringify response body")),
    "to json that throws": (
        "return { toJSON() { throw new Error('t'); } };",
        raised("Error", "Unable to stringify response body"),
    ),
    "a proxy that throws": (
        "return new Proxy({}, { ownKeys() { throw new Error('p'); } });",
        raised("Error", "Unable to stringify response body"),
    ),
    "nan": ("return [NaN, Infinity, undefined];", fine([None, None, None])),
    "date": ("return new Date(0);", fine("1970-01-01T00:00:00.000Z")),
    "invalid date": ("return new Date(NaN);", fine(None)),
    "map and set": ("return [new Map([[1, 2]]), new Set([1])];", fine([{}, {}])),
    "buffer": ("return Buffer.from('a');", fine({"type": "Buffer", "data": [97]})),
    "lone surrogate": ("return '\\ud800';", fine("\ud800")),
    "nul": ("return 'a\\0b';", fine("a\x00b")),
    "an error as a result": ("return new Error('x');", fine({})),
    "too deep": (
        "let x = []; for (let i = 0; i < 100000; i++) x = [x]; return x;",
        raised("Error", "Unable to stringify response body"),
    ),
    "seven megabytes": ("return 'x'.repeat(7 << 20);", too_large()),
    "the context": ("return Object.keys(context).length > 5;", fine(True)),
    "a promise of a promise": ("return Promise.resolve(Promise.resolve(1));", fine(1)),
    "a thenable": ("return { then(resolve) { resolve('then'); } };", fine("then")),
    "a generator": ("return (function* () { yield 1; })();", fine({})),
    "a class": ("return class A {};", fine(None)),
}

EXCEPTIONS: Table = {
    "throws": ("throw new RangeError('no');", raised("RangeError", "no")),
    "throws a text": ("throw 'text';", raised("string", "text")),
    "throws a number": ("throw 42;", raised("number", "42")),
    "throws null": ("throw null;", raised("string", "handled")),
    "throws undefined": ("throw undefined;", raised("string", "handled")),
    "throws an object": ("throw { a: 1 };", raised("object", "[object Object]")),
    "an error without a stack": (
        "const e = new Error('x'); delete e.stack; e.stack = undefined; throw e;",
        raised("Error", "x"),
    ),
    "an error whose message throws": (
        "const e = new Error(); Object.defineProperty(e, 'message', { get() { throw 1; } }); throw e;",
        raised("handled", "callback called with Error argument"),
    ),
    "an error whose name is no header": (
        "const e = new Error('x'); e.name = 'a\\r\\nb'; throw e;",
        raised("a\r\nb", "x"),
    ),
    "an aggregate": ("throw new AggregateError([new Error('a')], 'many');", raised("AggregateError", "many")),
    "a cause that is a circle": ("const e = new Error('x'); e.cause = e; throw e;", raised("Error", "x")),
    "recursion": ("const f = () => f() + 1; return f();", raised("RangeError", "Maximum call stack size exceeded")),
    "a reference error": ("return nothing;", raised("ReferenceError", "nothing is not defined")),
    "a syntax error": ("return eval('{;');", raised("SyntaxError")),
    "a rejection that nobody handles": (
        "Promise.reject(new TypeError('nobody')); await sleep(5000);",
        raised("Runtime.UnhandledPromiseRejection", "TypeError: nobody"),
    ),
    "an exception of a timer": (
        "setTimeout(() => { throw new TypeError('later'); }, 5); await sleep(5000);",
        raised("TypeError", "later"),
    ),
    "an error event": ("new (require('events'))().emit('error', new Error('emitted'));", raised("Error", "emitted")),
    "never settles": ("await new Promise(() => {});", raised("Runtime.NodeJsExit", "a Promise that was never settled")),
    "a module that is missing": ("require('no-such-module');", raised("Error", "Cannot find module 'no-such-module'")),
    "a callback with an error": ("//sync\ncallback(new TypeError('told'));", raised("TypeError", "told")),
    "a callback with a text": ("//sync\ncallback('told');", raised("string", "told")),
    "a callback twice": ("//sync\ncallback(null, 1); callback(null, 2);", fine(1)),
    "a callback and a throw": ("//sync\ncallback(null, 1); throw new Error('x');", fine(1)),
    "no callback": ("//sync", fine(None)),
    "context fail": ("//sync\ncontext.fail(new Error('failed'));", raised("Error", "failed")),
    "context done": ("//sync\ncontext.done(null, 'done');", fine("done")),
    "a callback much later": ("//sync\nsetTimeout(callback, 100, null, 'later');", fine("later")),
}

LEAVING: Table = {
    "exit 0": ("process.exit(0);", exits(NO_REASON)),
    "exit 3": ("process.exit(3);", exits(SILENT(3))),
    "really exit": ("process.reallyExit(4);", exits(SILENT(4))),
    "abort": ("process.abort();", by_signal("aborted")),
    "sigterm": ("process.kill(process.pid, 'SIGTERM'); await sleep(5000);", by_signal("terminated")),
    "sigkill": ("process.kill(process.pid, 'SIGKILL'); await sleep(5000);", by_signal("killed")),
    "sigint": ("process.kill(process.pid, 'SIGINT'); await sleep(5000);", by_signal("interrupt")),
    "sighup": ("process.kill(process.pid, 'SIGHUP'); await sleep(5000);", by_signal("hangup")),
    "sigsegv": ("process.kill(process.pid, 'SIGSEGV'); await sleep(5000);", times_out()),
    "exit in a hook": ("process.on('exit', () => console.log('bye')); process.exit(5);", exits(SILENT(5))),
    "a worker exits": (
        "await new Promise((r) => new Worker('process.exit(7)', { eval: true }).on('exit', r)); return 'alive';",
        fine("alive"),
    ),
    "a worker throws": (
        "const w = new Worker('throw new Error(1)', { eval: true }); await new Promise((r) => w.on('error', r)); return 'alive';",
        fine("alive"),
    ),
}

TIME: Table = {
    "loop": ("for (;;);", times_out()),
    "sleeps": ("await sleep(60000);", times_out()),
    "ignores sigterm": ("process.on('SIGTERM', () => {}); await sleep(60000);", times_out()),
    "microtasks for ever": ("const f = () => Promise.resolve().then(f); await f();", times_out()),
    "waits for memory": ("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);", times_out()),
    "waits for a child": ("spawnSync('sleep', ['60']);", times_out()),
    "stops itself": ("process.kill(process.pid, 'SIGSTOP'); await sleep(60000);", times_out()),
    "a timer left and a callback": ("//sync\nsetInterval(() => {}, 1000); callback(null, 1);", times_out()),
}

PROCESS: Table = {
    "closes stdout": ("fs.closeSync(1); fs.closeSync(2); return 'closed';", fine("closed")),
    "ends stdout": ("process.stdout.end(); console.log('x'); return 'ended';", fine("ended")),
    "prints noise": ("fs.writeSync(1, Buffer.alloc(1000, 0xff)); return 'noise';", fine("noise")),
    "prints a megabyte": ("console.log('x'.repeat(1 << 20)); return 'printed';", fine("printed")),
    "prints ten thousand lines": ("for (let i = 0; i < 10000; i++) console.log(i); return 'printed';", fine("printed")),
    "prints what cannot be": (
        "console.log({ get a() { throw 1; }, [Symbol('s')]: 1n }); return 'printed';",
        fine("printed"),
    ),
    "no console": ("globalThis.console = undefined; return 'lost';", fine("lost")),
    "reads stdin": ("return fs.readFileSync(0, 'utf8');", fine("")),
    "a child left": ("spawn('sleep', ['600']).unref(); return 'left';", fine("left")),
    "a daemon left": (
        "spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref(); return 'left';",
        fine("left"),
    ),
    "a worker left": (
        "kept.push(new Worker('setInterval(() => {}, 1000)', { eval: true })); return 'left';",
        fine("left"),
    ),
    "a timer left": ("setInterval(() => {}, 10); return 'left';", fine("left")),
    "a server left": ("kept.push(http.createServer().listen(0)); return 'left';", fine("left")),
    "changes directory": ("process.chdir('/'); return process.cwd();", fine("/")),
    "clears the environment": (
        "for (const name in process.env) delete process.env[name]; return 'cleared';",
        fine("cleared"),
    ),
    "breaks globals": (
        "globalThis.setImmediate = globalThis.setTimeout = globalThis.Buffer = null; return 'broken';",
        fine("broken"),
    ),
    "breaks json": (
        "const { stringify } = JSON; setTimeout(() => (JSON.stringify = stringify), 0); return 'json';",
        fine("json"),
    ),
    "breaks the prototype": ("Object.prototype.extra = 1; return { a: 1 };", fine({"a": 1})),
    "freezes everything": (
        "Object.freeze(Object.prototype); Object.freeze(globalThis); return 'frozen';",
        fine("frozen"),
    ),
    "no listeners": (
        "process.removeAllListeners('uncaughtException'); process.removeAllListeners('unhandledRejection'); return 'none';",
        fine("none"),
    ),
    "another exit code": ("process.exitCode = 9; return 'set';", fine("set")),
    "another title": ("process.title = 'x'; return 'set';", fine("set")),
    "changes the context": ("context.awsRequestId = null; return 'changed';", fine("changed")),
    "deletes the module cache": (
        "for (const file in require.cache) delete require.cache[file]; return 'deleted';",
        fine("deleted"),
    ),
}

RUNTIME_API: Table = {
    "answers twice": ("await send('POST', own(context) + '/response', '\"first\"'); return 'second';", fine("first")),
    "answers and throws": (
        "await send('POST', own(context) + '/response', '\"first\"'); throw new Error('x');",
        fine("first"),
    ),
    "a request id of nobody's": (
        "return send('POST', BASE + 'invocation/nobody/response', '1');",
        fine([400, "InvalidRequestID"]),
    ),
    "an init error too late": (
        "return send('POST', BASE + 'init/error', '{}');",
        fine([403, "InvalidStateTransition"]),
    ),
    "the wrong method": ("return (await send('DELETE', own(context) + '/response'))[0];", fine(405)),
    "half a body": (
        "const s = net.connect(PORT, HOST); s.write(`POST ${own(context)}/response HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 9\\r\\n\\r\\n1`);"
        " await sleep(50); s.destroy(); return 'whole';",
        fine("whole"),
    ),
}

STREAMS: Table = {
    "a stream": ("//stream\nstream.write('a'); stream.end('b');", fine(b"ab")),
    "a stream of nothing": ("//stream\nstream.end();", fine(b"")),
    "a stream that throws at once": ("//stream\nthrow new TypeError('at once');", raised("TypeError", "at once")),
    "a stream that is not ended": (
        "//stream\nstream.setContentType('a/b');",
        raised("Error", "Response stream is not finished."),
    ),
}

INIT: Table = {
    "init throws": ("throw new RangeError('at import');", for_good(raised("RangeError", "at import"))),
    "init exits 0": ("process.exit(0);", for_good(exits(NO_REASON))),
    "init exits 9": ("process.exit(9);", for_good(exits(SILENT(9)))),
    "init sigkill": ("process.kill(process.pid, 'SIGKILL'); for (;;);", for_good(by_signal("killed"))),
    "init requires nothing": (
        "require('no-such');",
        for_good(raised("Runtime.ImportModuleError", "Error: Cannot find module 'no-such'")),
    ),
    "init syntax": (
        "exports.handler = async () => {{;",
        for_good(raised("Runtime.UserCodeSyntaxError", "SyntaxError: ")),
    ),
    "init no handler": (
        "exports.x = 1;",
        for_good(raised("Runtime.HandlerNotFound", "init_no_handler.handler is undefined or not exported")),
    ),
    "init handler is a text": (
        "exports.handler = 'x';",
        for_good(raised("Runtime.HandlerNotFound", "init_handler_is_a_text.handler is not a function")),
    ),
    "init rejects": (
        "Promise.reject(new Error('r')); exports.handler = async () => 1;",
        for_good(raised("Runtime.UnhandledPromiseRejection", "Error: r")),
    ),
    "init is another language": (
        "def handler(event, context):\n    return 1\n",
        for_good(raised("Runtime.UserCodeSyntaxError")),
    ),
}

TABLES: dict[str, Table] = {
    "results": RESULTS,
    "exceptions": EXCEPTIONS,
    "leaving": LEAVING,
    "time": TIME,
    "process": PROCESS,
    "runtime api": RUNTIME_API,
    "streams": STREAMS,
}


def module(bodies: Table) -> str:
    """All handlers of these tables in one CommonJS module; the export's name is its case's."""
    parts = [PRELUDE]
    for case, (body, _) in bodies.items():
        name = identifier(case)
        if body.startswith("//sync"):
            made = f"(event, context, callback) => {{ if (event === 'again') return callback(null, 'fine');\n{body}\n}}"
        elif body.startswith("//stream"):
            again = (
                "if (event === 'again') { stream.setContentType('application/json'); stream.end('\"fine\"'); return; }"
            )
            made = f"awslambda.streamifyResponse(async (event, stream, context) => {{ {again}\n{body}\n}})"
        else:
            made = f"async (event, context) => {{ if (event === 'again') return 'fine';\n{body}\n}}"
        parts.append(f"exports.{name} = {made};\n")
    return "\n".join(parts)


def identifier(case: str) -> str:
    return "case_" + "".join(letter if letter.isalnum() else "_" for letter in case)
