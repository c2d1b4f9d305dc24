"""From the handler's name to the last invocation: initialisation, then one invocation after the other."""

import os
import sys

import devserve_runtime
from devserve_runtime import Fault, late, output, payload
from devserve_runtime.api import Closed, Refused, RuntimeApi
from devserve_runtime.context import LambdaContext
from devserve_runtime.snapshots import Provided

_INVOCATION = "/2018-06-01/runtime/invocation/"


def run() -> None:
    """The whole life of the process. Ends by exiting: quietly when the Runtime API is gone, with 1 when the function
    cannot be initialised, with the function's own status when it calls `sys.exit`."""
    environ = os.environ
    address, count = environ["AWS_LAMBDA_RUNTIME_API"], environ.get("AWS_LAMBDA_MAX_CONCURRENCY", "")
    environ.pop("_X_AMZN_TRACE_ID", None)
    sink = output.open_sink()
    output.unbuffer()
    if count.isdigit() and count != "0":
        late("workers").run(int(count), address, sink, _live)
    else:
        _live(RuntimeApi(address), sink)


def _live(api: RuntimeApi, sink) -> None:
    environ = os.environ
    output.prepare_logging(sink)
    files = _watch_files()
    sys.meta_path.append(Provided())
    if connections := environ.pop("DEVSERVE_CONNECTIONS", ""):
        late("connections").redirect(connections)
    try:
        try:
            handler = _find_handler(environ.get("_HANDLER", ""))
        except Exception:
            _fail_init(api, sink, files)
        if environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
            _be_restored(api, sink, files)
        _serve(handler, api, sink, files)
    except Closed:
        # devserve has ended or given this process up; whatever the function still has running goes with it.
        os._exit(0)
    except Refused:
        sys.exit(1)
    except KeyboardInterrupt as error:
        # Python itself reports it and ends by the signal, but our frames are none of the user's business.
        if sys.excepthook is sys.__excepthook__:
            sys.excepthook = late("failures").hook_for(error)
        raise


def _find_handler(name: str):
    import importlib

    module_name, dot, function = name.rpartition(".")
    if not dot:
        raise Fault(
            "Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        )
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            text = f"Cannot use built-in module {module_name} as a handler module"
            raise Fault("Runtime.BuiltInModuleConflict", text)
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        name, trace = late("shadows").blamed(module_name, error)
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{name}': {error}", trace) from None
    except SyntaxError as error:
        text = f"Syntax error in module '{late('shadows').blamed(module_name, error)[0]}': {error}"
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise Fault("Runtime.UserCodeSyntaxError", text, trace) from None
    try:
        return getattr(module, function)
    except AttributeError:
        text = f"Handler '{function}' missing on module '{module_name}'"
        raise Fault("Runtime.HandlerNotFound", text) from None


def _fail_init(api: RuntimeApi, sink, files) -> None:
    late("failures").warn_about_init()
    _tell_failure(api, sink, files, "init")
    sys.exit(1)


def _be_restored(api: RuntimeApi, sink, files) -> None:
    """SnapStart: the function's calls around the snapshot. Whatever one of them raises ends the process, even what
    would end it otherwise."""
    snapshots = late("snapshots")
    try:
        snapshots.run_before_snapshot()
        if files is not None:
            files.tell(api)
        api.restore_next()
    except Closed:
        raise
    except BaseException:
        _tell_failure(api, sink, files, "init", "Runtime.BeforeSnapshotError")
        sys.exit(snapshots.BEFORE_SNAPSHOT)
    try:
        snapshots.run_after_restore()
    except BaseException:
        _tell_failure(api, sink, files, "restore", "Runtime.AfterRestoreError")
        sys.exit(snapshots.AFTER_RESTORE)


def _tell_failure(api: RuntimeApi, sink, files, what: str, kind: str = "") -> None:
    """Log the exception that is being handled and post it as the error of `what`, `init` or `restore`."""
    failures = late("failures")
    error = failures.current("")
    failures.log(error, sink)
    if files is not None:
        files.tell(api)
    body = payload.dumps(error).encode("utf-8", "backslashreplace")
    api.post(f"/2018-06-01/runtime/{what}/error", body, error_type=kind or error["errorType"])


def _serve(handler, api: RuntimeApi, sink, files) -> None:
    environ = os.environ
    if files is not None:
        files.tell(api)
    while True:
        headers, body = api.next()
        request_id = devserve_runtime.request_id = headers.get("lambda-runtime-aws-request-id", "")
        devserve_runtime.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        trace_id = headers.get("lambda-runtime-trace-id")
        if trace_id:
            environ["_X_AMZN_TRACE_ID"] = trace_id
        else:
            environ.pop("_X_AMZN_TRACE_ID", None)
        try:
            context = LambdaContext(headers)
            is_json = headers.get("content-type", "application/json") == "application/json"
            answer, content_type = payload.result(handler(payload.loads(body) if is_json else body, context))
        except Exception:
            _fail(api, sink, request_id)
        else:
            if api.forked:
                os._exit(0)  # a child that the handler forked and forgot: the parent answers
            quiet = files is None or not (files.opened or files.written)
            _post(api, sink, f"{_INVOCATION}{request_id}/response", answer, content_type, ask_next=quiet)
            if quiet:
                continue
        if files is not None and (files.opened or files.written):
            files.tell(api)


def _fail(api: RuntimeApi, sink, request_id: str) -> None:
    failures = late("failures")
    error = failures.current(request_id)
    failures.log(error, sink)
    if api.forked:
        os._exit(1)
    body = payload.dumps(error).encode("utf-8", "backslashreplace")
    _post(api, sink, f"{_INVOCATION}{request_id}/error", body, "application/json", error["errorType"])


def _post(
    api: RuntimeApi, sink, path: str, body: bytes, content_type: str, error_type: str = "", ask_next: bool = False
) -> None:
    try:
        api.post(path, body, content_type, error_type, ask_next)
    except Refused as refused:
        # Too long, or too late: AWS's runtime logs this and ends, and the environment starts it anew.
        what = "post handler success response" if path.endswith("/response") else "post invocation error"
        late("failures").log_refusal(what, refused.status, sink)
        raise


def _watch_files():
    strict = os.environ.pop("DEVSERVE_STRICT_FS", "")
    quiet = os.environ.pop("DEVSERVE_QUIET_WRITES", "") == "1"
    if strict:
        late("strict").StrictFileSystem(strict.split(os.pathsep))
    bytecode = os.environ.pop("DEVSERVE_BYTECODE", "")
    if os.environ.pop("DEVSERVE_REPORT_FILES", "") != "1":
        return None
    loaded = late("loaded")
    task_root = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    writes = None if strict or quiet else late("writes").Writes(late("writes").writable_folders(), task_root)
    more = os.environ.pop("DEVSERVE_WATCH_ROOTS", "")
    late("bytecode").install(task_root, bytecode)
    return loaded.LoadedFiles([task_root, "/opt", *filter(None, more.split(os.pathsep))], writes)
