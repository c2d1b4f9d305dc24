"""The handler's methods, wrapped: what they do stays, what they pass over in silence is said."""

import functools
import inspect

from devserve_zappa import branches, remote_env, say, tasks


def watch(module) -> None:
    """`module` is `zappa.handler` of any version, or the shim's."""
    handler = module.LambdaHandler
    handler.handler = _handling(handler.handler)
    run = handler.run_function
    if _tries_again(run):
        handler.run_function = staticmethod(_running(run))
    load = getattr(handler, "load_remote_settings", None)
    if load is not None:
        handler.load_remote_settings = remote_env.quickly(load)


def _handling(handle):
    told = set()

    @functools.wraps(handle)
    def handler(self, event, context):
        tasks.watch()
        result = handle(self, event, context)
        if result is None:
            _unmatched(event)
        elif isinstance(result, dict) and "statusCode" in result:
            for name, hint in _HINTS.items():
                if name not in told and (text := hint(result)):
                    told.add(name)
                    say(f"{text}; on AWS it is the same")
        return result

    return handler


def _unmatched(event) -> None:
    if not event:
        return  # what keep_warm_callback of 0.62 sends
    found = branches.branch(event)
    if not found:
        say(f"no Zappa branch matched this event ({branches.described(event)}): nothing was called")
    elif found == "schedule" and "." not in branches.rule(event).rpartition("-")[2]:
        say(f"the rule {branches.rule(event)!r} names no function after its last hyphen: Zappa called nothing")


def _of_cookies(result) -> str:
    times = sent(result)
    return f"each cookie is sent {times}×: Zappa's middleware doubles Set-Cookie" if times > 1 else ""


def _of_silence(result) -> str:
    """A WSGI app has a content type at least. Zappa tells an ASGI app that the client has gone right behind the
    request, and Django ends then."""
    if any(result.get(name) for name in ("headers", "multiValueHeaders", "cookies", "body")):
        return ""
    if result["statusCode"] != 200:
        return ""
    return (
        "the ASGI app sent no response: right behind the request Zappa says that the client has gone, and Django ends"
    )


_HINTS = {"cookies": _of_cookies, "silence": _of_silence}


def sent(result) -> int:
    """How often the client gets the cookie that it gets most often; 0 when none is set."""
    lines = list(result.get("cookies") or [])
    for name, values in (result.get("multiValueHeaders") or {}).items():
        if name.lower() == "set-cookie":
            lines += values
    return max(map(lines.count, lines), default=0)


def _tries_again(run) -> bool:
    """Whether this Zappa finds out a function's signature by calling it (0.63) or by looking at it (0.62)."""
    calls = []

    def probe(*arguments):
        calls.append(len(arguments))
        raise TypeError

    try:
        run(probe, {}, None)
    except Exception:
        pass
    return len(calls) > 1


def _running(run):
    def run_function(function, event, context):
        entries = []

        @functools.wraps(function)
        def counted(*arguments):
            try:
                result = function(*arguments)
            except TypeError as error:
                if _is_inside(error, function):
                    entries.append(error)
                raise
            entries.append(None)
            return result

        try:
            return run(counted, event, context)
        finally:
            wrong = next((error for error in entries if error is not None), None)
            if wrong is not None:
                _tell(function, entries, wrong)

    return run_function


def _tell(function, entries, error) -> None:
    name = f"{getattr(function, '__module__', '')}.{getattr(function, '__name__', function)}"
    if len(entries) > 1:
        what = f"{name} was entered {len(entries)} times for one event"
    else:
        what = f"{name} failed, whatever is said about its signature"
    say(f"{what}: Zappa calls again with fewer arguments after a TypeError, and this one is from inside: {error}")


def _is_inside(error, function) -> bool:
    """Whether the function had begun to run: the wrong number of arguments is found before that."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    trace = error.__traceback__.tb_next  # the first frame is the wrapper's
    if code is None:
        return trace is not None
    while trace is not None:
        if trace.tb_frame.f_code is code:
            return True
        trace = trace.tb_next
    return False
