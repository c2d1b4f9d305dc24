"""What is in front of every path at AWS's own address, `/STAGE`, as apps know it: SCRIPT_NAME and `root_path`.

apig-wsgi leaves SCRIPT_NAME empty and Mangum `root_path`: links that an app makes would miss the stage. Events differ
(AWS docs): a REST API's `path` is without the stage, an HTTP API's has it. Only the host says whether the browser's
address has it, too: behind a domain name, or on this machine's port, there is none.
"""

_NO_MULTI_VALUE = "apig_wsgi.multi_value_headers"


def prefix_of(event):
    """`/STAGE` or nothing, and whether the event's path has it in front."""
    context = event.get("requestContext") or {}
    stage = context.get("stage") or "$default"
    if stage == "$default" or ".execute-api." not in _host(event):
        return "", False
    return f"/{stage}", "version" in event


def _host(event):
    for name, value in (event.get("headers") or {}).items():
        if name.lower() == "host":
            return value or ""
    return ""


class Wsgi:
    """SCRIPT_NAME is the prefix, PATH_INFO what follows it."""

    def __init__(self, app):
        self._app = app

    def __call__(self, environ, start_response):
        event = environ.get("apig_wsgi.full_event") or {}
        prefix, inside = prefix_of(event)
        if _decoded(event):
            environ["PATH_INFO"] = event["rawPath"].encode("utf-8").decode("latin-1")
        if prefix:
            environ["SCRIPT_NAME"] = prefix
            path = environ.get("PATH_INFO", "")
            if inside and (path == prefix or path.startswith(prefix + "/")):
                environ["PATH_INFO"] = path[len(prefix) :]
        if "elb" in (event.get("requestContext") or {}) and not environ.get(_NO_MULTI_VALUE):
            return self._app(environ, _one_value_each(start_response))
        return self._app(environ, start_response)


def _decoded(event):
    """An HTTP API's `rawPath` is decoded already (recorded), a function URL's is not; apig-wsgi decodes both, and what
    is not ASCII becomes something else."""
    return event.get("version") == "2.0" and ".lambda-url." not in event["requestContext"].get("domainName", "")


def _one_value_each(start_response):
    """A load balancer without multi-value headers takes one value for each name, and apig-wsgi would keep the last
    only. Names differ by case, which people use for cookies; other values are joined."""

    def start(status, headers, exc_info=None):
        found = {}
        cookies = []
        for name, value in headers:
            if name.lower() == "set-cookie":
                cookies.append(value)
            else:
                found.setdefault(name.lower(), (name, []))[1].append(value)
        lines = [(name, ", ".join(values)) for name, values in found.values()]
        lines += [(_spelled("set-cookie", number), cookie) for number, cookie in enumerate(cookies)]
        return start_response(status, lines, *(() if exc_info is None else (exc_info,)))

    return start


def _spelled(name, number):
    """The name in the spelling of that number: its bits say which letters are capitals."""
    letters = [index for index, letter in enumerate(name) if letter.isalpha()]
    capitals = {index for bit, index in enumerate(letters) if number >> bit & 1}
    return "".join(letter.upper() if index in capitals else letter for index, letter in enumerate(name))


class Asgi:
    """`root_path` is the prefix, and `path` begins with it (ASGI specification)."""

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            prefix, inside = prefix_of(scope.get("aws.event") or {})
            if prefix:
                path = scope["path"] if inside else prefix + scope["path"]
                scope = {**scope, "root_path": prefix, "path": path}
        await self._app(scope, receive, send)
