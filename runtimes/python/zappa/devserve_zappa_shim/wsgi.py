"""Runs a WSGI app for a request, and writes the access line."""

import datetime
import io
import logging
import sys

from devserve_zappa_shim.answers import Answer

_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")
logger = logging.getLogger("zappa.wsgi")


def run(app, request, event, context, trailing_slash):  # noqa: ARG001 - matters to ASGI alone
    answer = Answer()
    written = []

    def start_response(status, headers, exc_info=None):
        try:
            if exc_info and answer.status:
                raise exc_info[1].with_traceback(exc_info[2])
        finally:
            exc_info = None
        answer.status = status
        # Zappa's middleware: every cookie once more, in lower case.
        cookies = [(name.lower(), value) for name, value in headers if name.lower() == "set-cookie"]
        answer.headers = [*headers, *cookies]
        return written.append

    parts = app(_environ(request, event, context), start_response)
    try:
        answer.body = b"".join([*written, *parts])
    finally:
        if hasattr(parts, "close"):
            parts.close()
    if not answer.header("content-type"):
        answer.headers.append(("Content-Type", "text/plain; charset=utf-8"))
    return answer


def _environ(request, event, context):
    headers = request.headers
    environ = {
        "PATH_INFO": _latin(request.path),
        "QUERY_STRING": _latin(request.query),
        "REMOTE_ADDR": request.client,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": request.script_name,
        "SERVER_NAME": "zappa",
        "SERVER_PORT": headers.get("X-Forwarded-Port", "80"),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTPS": "on",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multiprocess": False,
        "wsgi.multithread": False,
        "wsgi.run_once": False,
        "lambda.event": event,
        "lambda.context": context,
    }
    front = request.script_name
    if front and environ["PATH_INFO"].startswith(front):
        environ["PATH_INFO"] = environ["PATH_INFO"][len(front) :]
    if request.method in _WITH_BODY:
        environ["CONTENT_LENGTH"] = str(len(request.body))
        if "Content-Type" in headers:
            environ["CONTENT_TYPE"] = headers["Content-Type"]
    environ.update({"HTTP_" + name.upper().replace("-", "_"): str(value) for name, value in headers.items()})
    if request.authorizer:
        environ["API_GATEWAY_AUTHORIZER"] = request.authorizer
    if request.user:
        environ["REMOTE_USER"] = request.user
    return environ


def log(request, answer, microseconds) -> None:
    """Apache's combined format, and the time it took: seconds/microseconds."""
    path = request.path
    if request.script_name and path.startswith(request.script_name):
        path = path[len(request.script_name) :]
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%d/%b/%Y:%H:%M:%S %z")
    asked = f"{request.method} {path}{'?' if request.query else ''}{request.query} HTTP/1.1"
    referer, agent = (request.headers.get(name, "") for name in ("Referer", "User-Agent"))
    line = f'{request.client} - - [{now}] "{asked}" {answer.code} {len(answer.body)} "{referer}" "{agent}"'
    logger.info(line + (f" {microseconds // 1_000_000}/{microseconds}" if microseconds else ""))


def _latin(text):
    return text.encode("utf-8").decode("iso-8859-1")
