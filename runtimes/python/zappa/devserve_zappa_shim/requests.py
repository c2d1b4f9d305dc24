"""Gateway events as Zappa reads them, into what WSGI and ASGI have in common."""

import base64
from urllib.parse import unquote, urlencode

_WITH_BINARY_BODY = ("POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS")


class Request:
    """`path` is decoded and without the front (`script_name`: a stage or the base path); `user` and `authorizer` are
    what an authorizer or IAM said, or None."""

    def __init__(self, method, headers, path, query):
        self.method = method
        self.headers = {name.title(): value for name, value in headers.items()}
        self.path = unquote(path)
        self.query = query
        self.script_name = ""
        self.user = None
        self.authorizer = None
        self.body = b""

    @property
    def client(self):
        """The last but one of X-Forwarded-For, which a gateway makes of at least two."""
        addresses = self.headers.get("X-Forwarded-For", "").split(",")
        return (addresses[-2] if len(addresses) > 1 else addresses[0]).strip() or "127.0.0.1"


def read(event, settings, front):
    request = _version_2(event) if event.get("version", "") == "2.0" else _version_1(event)
    _add_context(request.headers, event.get("requestContext"), settings.CONTEXT_HEADER_MAPPINGS)
    request.body = _body(event, request.method, settings.BINARY_SUPPORT)
    base_path = getattr(settings, "BASE_PATH", None)
    if base_path:
        front = f"/{base_path}"
        request.path = _without(request.path, front)
    request.script_name = front
    return request


def _version_1(event):
    several = event.get("multiValueHeaders") or {}
    headers = {name: (_separator(name)).join(values) for name, values in several.items()}
    for name, value in (event.get("headers") or {}).items():
        headers.setdefault(name, value)
    if "multiValueQueryStringParameters" in event:
        query = urlencode(event["multiValueQueryStringParameters"] or {}, doseq=True)
    else:
        query = urlencode(event.get("queryStringParameters") or {})
    request = Request(event.get("httpMethod"), headers, event["path"], query)
    context = event.get("requestContext", {})
    request.authorizer = context.get("authorizer")
    if request.authorizer:
        request.user = request.authorizer.get("principalId")
    elif context.get("identity"):
        request.user = context["identity"].get("userArn")
    return request


def _version_2(event):
    context = event["requestContext"]
    query = event.get("rawQueryString")
    if "rawQueryString" not in event:
        query = urlencode(event.get("queryStringParameters") or {}, doseq=True)
    request = Request(context["http"]["method"], event["headers"], event["rawPath"], query or "")
    if event.get("cookies"):
        request.headers["Cookie"] = "; ".join(event["cookies"])
    request.authorizer = context.get("authorizer")
    if request.authorizer:
        if request.authorizer.get("lambda"):
            request.user = request.authorizer["lambda"].get("principalId")
        elif request.authorizer.get("iam"):
            request.user = request.authorizer["iam"].get("userArn")
    return request


def _separator(name):
    return "; " if name.lower() == "cookie" else ", "


def _add_context(headers, context, mappings) -> None:
    """Values of the request's context, by dotted paths, as headers."""
    if not context:
        return
    for header, path in (mappings or {}).items():
        value = context
        for part in path.split("."):
            value = value[part] if value is not None and part in value else None
        if value is not None:
            headers[header] = value


def _body(event, method, binary):
    body = event.get("body")
    if binary and method in _WITH_BINARY_BODY and event.get("isBase64Encoded"):
        return base64.b64decode(body) if body else b""
    return body.encode("utf-8") if isinstance(body, str) else body or b""


def _without(path, front):
    return path[len(front) :] if front and path.startswith(front) else path
