"""What Python handlers do that they should not, and what AWS answers. `send` is a request to the Runtime API by hand:
`(status, error type)`; `own` is the path of the invocation that runs."""

from __future__ import annotations

# ruff: noqa: E501 - a table, one case a line
import re
from dataclasses import replace

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

#: Before the handlers.
PRELUDE = """
import os
API = os.environ["AWS_LAMBDA_RUNTIME_API"]
BASE = "/2018-06-01/runtime/"
def send(method, path, body=b"", **headers):
    import http.client, json
    connection = http.client.HTTPConnection(API, timeout=10)
    connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
    reply = connection.getresponse()
    text = reply.read()
    return [reply.status, json.loads(text).get("errorType") if text[:1] == b"{" else text.decode()]
def own(context):
    return f"{BASE}invocation/{context.aws_request_id}"
"""
#: Each handler imports those that it names, so that starting all these functions does not take the machine's time.
MODULES = [
    "asyncio",
    "atexit",
    "collections",
    "ctypes",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "faulthandler",
    "gc",
    "http.client",
    "io",
    "json",
    "logging",
    "resource",
    "signal",
    "socket",
    "subprocess",
    "sys",
    "threading",
    "time",
    "uuid",
    "warnings",
]

RESULTS: Table = {
    "none": ("return None", fine(None)),
    "no return": ("pass", fine(None)),
    "set": ("return {1}", raised("Runtime.MarshalError", "Unable to marshal response: Object of type set is not JSON")),
    "object": ("return object()", raised("Runtime.MarshalError", "Object of type object is not JSON serializable")),
    "function": ("return handler", raised("Runtime.MarshalError", "Object of type function is not JSON serializable")),
    "class": ("return dict", raised("Runtime.MarshalError", "Object of type type is not JSON serializable")),
    "generator": ("return (x for x in 'ab')", raised("Runtime.MarshalError", "Object of type generator is not JSON")),
    "coroutine": (
        "async def later(): return 1\n    return later()",
        raised("Runtime.MarshalError", "Object of type coroutine is not JSON serializable"),
    ),
    "datetime": (
        "return {'at': datetime.datetime(2026, 1, 1)}",
        raised("Runtime.MarshalError", "Object of type datetime is not JSON serializable"),
    ),
    "uuid": ("return uuid.UUID(int=1)", raised("Runtime.MarshalError", "Object of type UUID is not JSON serializable")),
    "exception as a result": ("return ValueError('x')", raised("Runtime.MarshalError", "Object of type ValueError")),
    "bytes": ("return b'\\xff\\x00'", fine(b"\xff\x00")),
    "bytes inside": ("return {'b': b'text'}", fine({"b": "text"})),
    "bytes inside that are no text": ("return {'b': b'\\xff'}", raised("Runtime.MarshalError", "Unable to marshal")),
    "bytearray": ("return bytearray(b'x')", raised("Runtime.MarshalError", "Object of type bytearray is not JSON")),
    "decimal": ("return {'d': decimal.Decimal('1.10')}", fine({"d": 1.10})),
    "nan": ("return float('nan')", fine(b"NaN")),
    "infinity": ("return [float('inf')]", fine(b"[Infinity]")),
    "circular list": ("x = []; x.append(x); return x", raised("Runtime.MarshalError", "Circular reference detected")),
    "circular dictionary": ("x = {}; x['x'] = x; return x", raised("Runtime.MarshalError", "Circular reference")),
    "too deep": ("x = []\n    for _ in range(100000): x = [x]\n    return x", raised("Runtime.MarshalError")),
    "keys of tuples": (
        "return {(1, 2): 3}",
        raised("Runtime.MarshalError", "keys must be str, int, float, bool or None"),
    ),
    "keys of numbers": ("return {1: 2, None: 3, True: 4}", fine({"1": 4, "null": 3})),
    "named tuple": ("return collections.namedtuple('P', 'x y')(1, 2)", fine({"x": 1, "y": 2})),
    "enum": (
        "return enum.Enum('E', 'A').A",
        raised("Runtime.MarshalError", "Object of type E is not JSON serializable"),
    ),
    "int enum": ("return enum.IntEnum('E', 'A').A", fine(1)),
    "dataclass": (
        "return dataclasses.make_dataclass('D', ['x'])(1)",
        raised("Runtime.MarshalError", "Object of type D is not JSON serializable"),
    ),
    "lone surrogate": ("return '\\ud800'", fine("\ud800")),
    "nul": ("return 'a\\x00b'", fine("a\x00b")),
    "huge integer": ("return 10 ** 4000", fine(10**4000)),
    "integer too long for text": (
        "return 10 ** 5000",
        raised("Runtime.MarshalError", "Exceeds the limit (4300 digits)"),
    ),
    "seven megabytes": ("return 'x' * (7 << 20)", too_large()),
    "seven megabytes of bytes": ("return b'x' * (7 << 20)", too_large()),
    "just too long": ("return 'x' * 6291555", too_large()),
    "just short enough": ("return 'x' * 6291554", fine("x" * 6291554)),
    "a dictionary that lies": (
        "class D(dict):\n        def items(self): raise KeyError('lied')\n    return D(x=1)",
        raised("Runtime.MarshalError", "Unable to marshal response: "),
    ),
    "a response of a gateway that is none": (
        "return {'statusCode': 'abc', 'body': 1}",
        fine({"statusCode": "abc", "body": 1}),
    ),
    "the event itself": ("event['self'] = event; return event", raised("Runtime.MarshalError", "Circular reference")),
    "the context": ("return context", raised("Runtime.MarshalError", "Object of type LambdaContext is not JSON")),
}

EXCEPTIONS: Table = {
    "raises": ("raise ValueError('no')", raised("ValueError", "no")),
    "raises nothing to say": ("raise ValueError", raised("ValueError", "")),
    "raises its own kind": ("class Odd(Exception): pass\n    raise Odd(1, 2)", raised("Odd", "(1, 2)")),
    "cannot be printed": (
        "class Odd(Exception):\n        def __str__(self): raise ValueError\n    raise Odd()",
        raised("Odd", "<unprintable Odd object>"),
    ),
    "prints as a number": (
        "class Odd(Exception):\n        def __str__(self): return 1\n    raise Odd()",
        raised("Odd", "<unprintable Odd object>"),
    ),
    "surrogates in its text": ("raise ValueError('\\udc80')", raised("ValueError")),
    "lines in its text": ("raise ValueError('a\\r\\nb: c\\n')", raised("ValueError", "a\r\nb: c\n")),
    "a megabyte of text": ("raise ValueError('x' * (1 << 20))", raised("ValueError", "x" * 100)),
    "a name that is no header": ("raise type('Ä\\r\\nB', (Exception,), {})('x')", raised("Ä\r\nB", "x")),
    "no class of exceptions": ("raise 'text'", raised("TypeError", "exceptions must derive from BaseException")),
    "a chain": ("try: 1 / 0\n    except Exception as e: raise KeyError('after') from e", raised("KeyError", "'after'")),
    "a chain that is a circle": (
        "a, b = ValueError('a'), ValueError('b'); a.__context__, b.__context__ = b, a\n    raise a",
        raised("ValueError", "a"),
    ),
    "a group": (
        "raise ExceptionGroup('many', [ValueError(1), KeyError(2)])",
        raised("ExceptionGroup", "many (2 sub-exceptions)"),
    ),
    "recursion": ("return handler(event, context)", raised("RecursionError", "maximum recursion depth exceeded")),
    "recursion without a limit": ("sys.setrecursionlimit(300)\n    def f(): f()\n    f()", raised("RecursionError")),
    "stop iteration": ("raise StopIteration(3)", raised("StopIteration", "3")),
    "generator exit": ("raise GeneratorExit('g')", exits(SILENT(1))),
    "keyboard interrupt": ("raise KeyboardInterrupt", by_signal("interrupt")),
    "base exception": ("class Odd(BaseException): pass\n    raise Odd('x')", exits(SILENT(1))),
    "cancelled": ("raise asyncio.CancelledError", exits(SILENT(1))),
    "warning": ("raise UserWarning('w')", raised("UserWarning", "w")),
    "assertion": ("assert event == 1, 'not one'", raised("AssertionError", "not one")),
    "memory error": ("return bytearray(1 << 62)", raised("MemoryError")),
    "import error": (
        "import no_such_module_of_ours",
        raised("ModuleNotFoundError", "No module named 'no_such_module_of_ours'"),
    ),
    "os error": ("open('/no/such/file')", raised("FileNotFoundError", "[Errno 2] No such file or directory")),
    "unicode error": ("b'\\xff'.decode()", raised("UnicodeDecodeError", "'utf-8' codec can't decode byte 0xff")),
    "a traceback that is gone": ("raise ValueError('x').with_traceback(None)", raised("ValueError", "x")),
    "code that has no file": ("exec('raise ValueError(5)')", raised("ValueError", "5")),
    "syntax at run time": ("compile('a b', 'x', 'exec')", raised("SyntaxError", "invalid syntax")),
    "a timeout of its own": ("raise TimeoutError('mine')", raised("TimeoutError", "mine")),
    "trace functions": (
        "sys.settrace(lambda *a: None); sys.setprofile(lambda *a: None); return 'traced'",
        fine("traced"),
    ),
    "an exception hook": (
        "sys.excepthook = lambda *a: print('hooked'); raise ValueError('x')",
        raised("ValueError", "x"),
    ),
}

LEAVING: Table = {
    "sys exit": ("sys.exit()", exits(NO_REASON)),
    "sys exit 0": ("sys.exit(0)", exits(NO_REASON)),
    "sys exit 1": ("sys.exit(1)", exits(SILENT(1))),
    "sys exit 256": ("sys.exit(256)", exits(NO_REASON)),
    "sys exit text": ("sys.exit('said')", exits(SILENT(1))),
    "sys exit true": ("sys.exit(True)", exits(SILENT(1))),
    "os exit 0": ("os._exit(0)", exits(NO_REASON)),
    "os exit 3": ("os._exit(3)", exits(SILENT(3))),
    "os exit 255": ("os._exit(-1)", exits(SILENT(255))),
    "quit": ("raise SystemExit(7)", exits(SILENT(7))),
    "libc exit": ("ctypes.CDLL(None).exit(9)", exits(SILENT(9))),
    "abort": ("os.abort()", by_signal("aborted")),
    "sigterm": ("os.kill(os.getpid(), signal.SIGTERM)\n    time.sleep(5)", by_signal("terminated")),
    "sigkill": ("os.kill(os.getpid(), signal.SIGKILL)", by_signal("killed")),
    "sighup": ("os.kill(os.getpid(), signal.SIGHUP)\n    time.sleep(5)", by_signal("hangup")),
    "sigint": ("os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(5)", by_signal("interrupt")),
    "sigquit": ("os.kill(os.getpid(), signal.SIGQUIT)\n    time.sleep(5)", by_signal("quit")),
    "sigalrm": ("signal.alarm(1)\n    time.sleep(15)", by_signal("alarm clock")),
    "sigusr1": ("os.kill(os.getpid(), signal.SIGUSR1)\n    time.sleep(5)", by_signal("user defined signal 1")),
    "sigfpe": ("os.kill(os.getpid(), signal.SIGFPE)\n    time.sleep(5)", by_signal("floating point exception")),
    "sigill": ("os.kill(os.getpid(), signal.SIGILL)\n    time.sleep(5)", by_signal("illegal instruction")),
    "sigbus": ("os.kill(os.getpid(), signal.SIGBUS)\n    time.sleep(5)", by_signal("bus error")),
    "sigpipe": (
        "signal.signal(signal.SIGPIPE, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGPIPE)",
        by_signal("broken pipe"),
    ),
    "sigpipe ignored": ("os.kill(os.getpid(), signal.SIGPIPE); return 'alive'", fine("alive")),
    "segmentation fault": ("os.kill(os.getpid(), signal.SIGSEGV)\n    time.sleep(5)", times_out()),
    "null pointer": ("ctypes.string_at(0)", times_out()),
    "another program": ("os.execv('/bin/sh', ['sh', '-c', 'exit 5'])", exits(SILENT(5))),
    "a thread leaves": ("threading.Thread(target=os._exit, args=(4,)).start(); time.sleep(5)", exits(SILENT(4))),
    "a thread raises": (
        "t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join(); return 'joined'",
        fine("joined"),
    ),
    "at exit": ("atexit.register(print, 'bye'); sys.exit(2)", exits(SILENT(2))),
    "at exit that never ends": ("atexit.register(time.sleep, 60); sys.exit(2)", times_out()),
    "a thread that does not let go": (
        "threading.Thread(target=time.sleep, args=(60,)).start(); sys.exit(2)",
        times_out(),
    ),
}

TIME: Table = {
    "loop": ("while True: pass", times_out()),
    "sleep": ("time.sleep(60)", times_out()),
    "ignores sigterm": ("signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", times_out()),
    "stops itself": ("os.kill(os.getpid(), signal.SIGSTOP); time.sleep(60)", times_out()),
    "deadlock": ("l = threading.Lock(); l.acquire(); l.acquire()", times_out()),
    "joins itself never": ("e = threading.Event(); e.wait()", times_out()),
    "waits for a child": ("subprocess.run(['sleep', '60'])", times_out()),
    "an endless result": ("import itertools\n    for _ in itertools.count(): pass", times_out()),
    "a socket that nobody answers": (
        "s = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection(s.getsockname()); c.recv(1)",
        times_out(),
    ),
    "swallows everything": (
        "while True:\n        try:\n            while True: time.sleep(1)\n        except BaseException: pass",
        times_out(),
    ),
    "an event loop for ever": ("asyncio.new_event_loop().run_forever()", times_out()),
}

PROCESS: Table = {
    "closes stdout": ("sys.stdout.close(); os.close(1); return 'closed'", fine("closed")),
    "closes stderr": ("sys.stderr.close(); os.close(2); return 'closed'", fine("closed")),
    "loses stdout": ("sys.stdout = sys.stderr = None; print('x'); return 'lost'", fine("lost")),
    "replaces stdout": ("sys.stdout = io.StringIO(); print('x'); return sys.stdout.getvalue()", fine("x\n")),
    "stdout to a file": ("os.dup2(os.open('/dev/null', os.O_WRONLY), 1); print('x'); return 'gone'", fine("gone")),
    "prints noise": ("os.write(1, bytes(range(256)) * 100); return 'noise'", fine("noise")),
    "prints no line end": ("os.write(1, b'x' * 100000); return 'long'", fine("long")),
    "prints nuls": ("print('\\x00' * 1000); return 'nuls'", fine("nuls")),
    "prints an answer": ("print('HTTP/1.1 200 OK\\r\\n\\r\\n{}'); return 'printed'", fine("printed")),
    "prints surrogates": ("print('\\udcff'); return 'printed'", fine("printed")),
    "prints frames": ("os.write(1, bytes.fromhex('a55a0003ffffffff')); return 'framed'", fine("framed")),
    "logs five megabytes": ("for _ in range(50): print('y' * 100000)\n    return 'logged'", fine("logged")),
    "logs ten thousand lines": ("for i in range(10000): print(i)\n    return 'logged'", fine("logged")),
    "logging without handlers": (
        "logging.getLogger().handlers.clear(); logging.error('x'); return 'logged'",
        fine("logged"),
    ),
    "logging that fails": (
        "logging.error('%d', 'x')",
        raised("TypeError", "%d format: a real number is required, not str"),
    ),
    "logging switched off": ("logging.disable(); logging.shutdown(); return 'off'", fine("off")),
    "closes all descriptors": ("os.closerange(3, 256); return 'closed'", fine("closed")),
    "closes really all": ("os.closerange(0, 256); return 'closed'", fine("closed")),
    "uses up descriptors": (
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n    kept = []\n    try:\n"
        "        while True: kept.append(os.open('/dev/null', 0))\n    except OSError as e: globals()['kept'] = kept; return e.errno",
        fine(24),
    ),
    "reads stdin": ("return sys.stdin.read() if sys.stdin else ''", fine("")),
    "closes stdin": ("os.close(0); return 'closed'", fine("closed")),
    "forks": ("return 'child' if os.fork() == 0 else 'parent'", fine("parent")),
    "forks and exits": (
        "p = os.fork()\n    if p == 0: sys.exit(1)\n    os.waitpid(p, 0); return 'parent'",
        fine("parent"),
    ),
    "forks and raises": (
        "p = os.fork()\n    if p == 0: raise ValueError\n    os.waitpid(p, 0); return 'parent'",
        fine("parent"),
    ),
    "forks twice": (
        "p = os.fork()\n    if p == 0:\n        if os.fork() == 0: os.setsid(); time.sleep(600)\n        os._exit(0)\n"
        "    os.waitpid(p, 0); return 'daemon'",
        fine("daemon"),
    ),
    "a zombie": ("p = os.fork()\n    if p == 0: os._exit(0)\n    return 'zombie'", fine("zombie")),
    "multiprocessing": (
        "import multiprocessing as m\n    p = m.get_context('fork').Process(target=print, args=('of the child',)); p.start(); p.join()"
        "\n    return p.exitcode",
        fine(0),
    ),
    "a child left running": ("subprocess.Popen(['sleep', '600']); return 'left'", fine("left")),
    "a daemon left running": (
        "subprocess.Popen(['sleep', '600'], start_new_session=True); return 'left'",
        fine("left"),
    ),
    "a child that holds stdout": ("subprocess.Popen('sleep 600 & sleep 600', shell=True); return 'held'", fine("held")),
    "threads left": (
        "[threading.Thread(target=time.sleep, args=(600,), daemon=True).start() for _ in range(20)]; return 'left'",
        fine("left"),
    ),
    "a thread left that prints": (
        "def noise():\n        while True: print('noise'); time.sleep(0.05)\n    threading.Thread(target=noise, daemon=True).start(); return 'left'",
        fine("left"),
    ),
    "a new session": (
        "os.setsid() if os.getpid() != os.getsid(0) and os.getpgid(0) != os.getpid() else None; return 'session'",
        fine("session"),
    ),
    "changes directory": ("os.chdir('/'); return os.getcwd()", fine("/")),
    "its directory is gone": (
        "d = '/tmp/gone'; os.makedirs(d, exist_ok=True); os.chdir(d); os.rmdir(d); return 'gone'",
        fine("gone"),
    ),
    "clears the environment": ("os.environ.clear(); return 'cleared'", fine("cleared")),
    "another runtime api": ("os.environ['AWS_LAMBDA_RUNTIME_API'] = '127.0.0.1:1'; return 'set'", fine("set")),
    "another handler": ("os.environ['_HANDLER'] = 'no.such'; return 'set'", fine("set")),
    "an environment that is no text": ("os.environb[b'X'] = b'\\xff'; return 'set'", fine("set")),
    "clears modules": ("sys.modules.clear(); return 'cleared'", fine("cleared")),
    "breaks json": ("json.dumps = json.loads = None; return {'a': 1}", fine({"a": 1})),
    "breaks time": ("time.time = lambda: 0; return 'stopped'", fine("stopped")),
    "breaks sys path": ("sys.path[:] = []; sys.meta_path.clear(); return 'lost'", fine("lost")),
    "breaks builtins": ("import builtins; builtins.print = builtins.open = None; return 'broken'", fine("broken")),
    "no garbage collector": ("gc.disable(); gc.freeze(); return 'off'", fine("off")),
    "a slow locale": ("import locale; locale.setlocale(locale.LC_ALL, 'C'); return 'C'", fine("C")),
    "another umask": ("os.umask(0o777); return 'set'", fine("set")),
    "lower priority": ("os.nice(5); return 'nice'", fine("nice")),
    "no processes": ("resource.setrlimit(resource.RLIMIT_NPROC, (0, 0)); return 'limited'", fine("limited")),
    "small files": ("resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); return 'limited'", fine("limited")),
    "warnings are errors": ("warnings.simplefilter('error'); warnings.warn('w')", raised("UserWarning", "w")),
    "handles sigterm": (
        "signal.signal(signal.SIGTERM, lambda *a: None); os.kill(os.getpid(), signal.SIGTERM); return 'alive'",
        fine("alive"),
    ),
    "ignores children": (
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN); subprocess.run(['true']); return 'ran'",
        fine("ran"),
    ),
    "a timer that raises": (
        "def fail(*a): raise ValueError('timer')\n    signal.signal(signal.SIGALRM, fail); signal.setitimer(signal.ITIMER_REAL, 0.05); time.sleep(5)",
        raised("ValueError", "timer"),
    ),
    "fault handler": ("faulthandler.enable(); return 'on'", fine("on")),
    "keeps a client": (
        "globals()['kept'] = http.client.HTTPConnection(API); kept.connect(); return 'kept'",
        fine("kept"),
    ),
    "changes the context": (
        "context.aws_request_id = None; del context.function_name; return 'changed'",
        fine("changed"),
    ),
    "changes the event": ("event.clear(); event['x'] = 1; return event", fine({"x": 1})),
}

RUNTIME_API: Table = {
    "answers twice": ("send('POST', own(context) + '/response', b'\"first\"'); return 'second'", fine("first")),
    "answers and raises": ("send('POST', own(context) + '/response', b'\"first\"'); raise ValueError", fine("first")),
    "answers three times": (
        "return [send('POST', own(context) + '/response', b'\"first\"'), send('POST', own(context) + '/response', b'2')]",
        fine("first"),
    ),
    "answers and waits": ("send('POST', own(context) + '/response', b'\"at once\"'); time.sleep(0.3)", fine("at once")),
    "answers what is no json": ("send('POST', own(context) + '/response', b'{no json')", fine(b"{no json")),
    "answers nothing": ("send('POST', own(context) + '/response', b'')", fine(b"")),
    "an error by hand": (
        "send('POST', own(context) + '/error', b'{\"errorMessage\":\"m\",\"errorType\":\"Mine\"}', Lambda_Runtime_Function_Error_Type='Function.Mine')",
        raised("Mine", "m"),
    ),
    "a request id of nobody's": (
        "return send('POST', BASE + 'invocation/0c0c0c0c-2222-4333-8444-555555555555/response', b'1')",
        fine([400, "InvalidRequestID"]),
    ),
    "an error for nobody": (
        "return send('POST', BASE + 'invocation/nobody/error', b'{}')",
        fine([400, "InvalidRequestID"]),
    ),
    "no request id": ("return send('POST', BASE + 'invocation//response', b'1')[0] in (400, 404)", fine(True)),
    "an init error too late": (
        "return send('POST', BASE + 'init/error', b'{}')",
        fine([403, "InvalidStateTransition"]),
    ),
    "the wrong method": ("return send('GET', own(context) + '/response')[0]", fine(405)),
    "the wrong method for next": ("return send('POST', BASE + 'invocation/next')[0]", fine(405)),
    "a path of nothing": ("return send('GET', '/2018-06-01/nothing')[0]", fine(404)),
    "a version of nothing": ("return send('GET', '/2099-01-01/runtime/invocation/next')[0]", fine(404)),
    "a ping": ("return send('GET', '/2018-06-01/ping')", fine([200, "pong"])),
    "no http": (
        "h, p = API.rsplit(':', 1); s = socket.create_connection((h, int(p))); s.sendall(b'\\x00\\xff no http\\r\\n\\r\\n'); s.settimeout(5)"
        "\n    return len(s.recv(100)) >= 0",
        fine(True),
    ),
    "half a request": (
        "h, p = API.rsplit(':', 1); s = socket.create_connection((h, int(p))); s.sendall(b'POST / HTTP/1.1\\r\\nContent-Le'); s.close(); return 'closed'",
        fine("closed"),
    ),
    "half a body": (
        "h, p = API.rsplit(':', 1); s = socket.create_connection((h, int(p)))"
        "\n    s.sendall(f'POST {own(context)}/response HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 100\\r\\n\\r\\nhalf'.encode()); s.close(); time.sleep(0.1); return 'whole'",
        fine("whole"),
    ),
    "many connections": (
        "h, p = API.rsplit(':', 1); globals()['kept'] = [socket.create_connection((h, int(p))) for _ in range(50)]; return 'kept'",
        fine("kept"),
    ),
}

#: `(source of the module, Expected)`: what is wrong before there is a handler.
INIT: Table = {
    "init raises": ("raise Exception('at import')", for_good(raised("Exception", "at import"))),
    "init exits 0": ("import sys; sys.exit(0)", for_good(exits(NO_REASON))),
    "init exits 1": ("import sys; sys.exit(1)", for_good(exits(SILENT(1)))),
    "init os exit": ("import os; os._exit(9)", for_good(exits(SILENT(9)))),
    "init sigkill": ("import os; os.kill(os.getpid(), 9)", for_good(by_signal("killed"))),
    "init imports nothing": (
        "import no_such",
        for_good(raised("Runtime.ImportModuleError", "No module named 'no_such'")),
    ),
    "init syntax": (
        "def handler(:",
        for_good(raised("Runtime.UserCodeSyntaxError", "Syntax error in module 'init_syntax': invalid syntax")),
    ),
    "init indentation": (" x = 1", for_good(raised("Runtime.UserCodeSyntaxError", "unexpected indent"))),
    "init not utf 8": ("x = '\udcff'", for_good(raised("Runtime.UserCodeSyntaxError"))),
    "init nul": ("x = 1\x00", for_good(raised("Runtime.UserCodeSyntaxError"))),
    "init no handler": (
        "x = 1",
        for_good(raised("Runtime.HandlerNotFound", "Handler 'handler' missing on module 'init_no_handler'")),
    ),
    "init handler is none": ("handler = None", for_good(raised("TypeError", "'NoneType' object is not callable"))),
    "init handler takes nothing": (
        "def handler(): pass",
        for_good(raised("TypeError", "handler() takes 0 positional arguments but 2 were given")),
    ),
    "init handler is a class": (
        "class handler:\n    def __init__(self, a, b): pass",
        for_good(raised("Runtime.MarshalError", "Object of type handler")),
    ),
    "init handler is async": (
        "async def handler(e, c): return 1",
        for_good(raised("Runtime.MarshalError", "Object of type coroutine")),
    ),
    "init handler yields": (
        "def handler(e, c): yield 1",
        for_good(raised("Runtime.MarshalError", "Object of type generator")),
    ),
    "init keyboard interrupt": ("raise KeyboardInterrupt", for_good(by_signal("interrupt"))),
    "init base exception": ("raise BaseException('b')", for_good(exits(SILENT(1)))),
    "init recursion": ("def f(): f()\nf()", for_good(raised("RecursionError", "maximum recursion depth exceeded"))),
    "init surrogates": ("raise ValueError('\\udc80')", for_good(raised("ValueError"))),
    "init deletes its own file": (
        "import os\nos.remove(__file__)\ndef handler(event, context): return 'gone'",
        replace(fine("gone"), recovers=None),
    ),
    "init imports itself": (
        "import init_imports_itself\ndef handler(event, context): return init_imports_itself.__name__",
        for_good(fine("init_imports_itself")),
    ),
    "init circular import": (
        "from init_circular_import import handler",
        for_good(raised("Runtime.ImportModuleError", "cannot import name 'handler'")),
    ),
}

TABLES: dict[str, Table] = {
    "results": RESULTS,
    "exceptions": EXCEPTIONS,
    "leaving": LEAVING,
    "time": TIME,
    "process": PROCESS,
    "runtime api": RUNTIME_API,
}


def module(bodies: Table) -> str:
    """All handlers of these tables in one module; the function's name is its case's."""
    parts = [PRELUDE]
    for case, (body, _) in bodies.items():
        name = identifier(case)
        text = re.sub(r"\bhandler\b", name, body)
        needed = [one for one in MODULES if re.search(rf"\b{re.escape(one)}\.", body)]
        imports = f"import {', '.join(needed)}" if needed else "pass"
        parts.append(
            f"def {name}(event, context):\n    {imports}\n    if event == 'again': return 'fine'\n    {text}\n"
        )
    return "\n".join(parts)


def identifier(case: str) -> str:
    return "case_" + "".join(letter if letter.isalnum() else "_" for letter in case)
