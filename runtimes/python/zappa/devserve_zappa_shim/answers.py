"""What the app answered, as Lambda's result for each of the gateways."""

import base64
from http import HTTPStatus

TEXT_TYPES = (
    "text/",
    *(f"application/{kind}" for kind in ("json", "javascript", "ecmascript", "xml", "xml-dtd")),
    "application/xml-external-parsed-entity",
    "image/svg+xml",
)


class Answer:
    """`status` is a code and, from WSGI, its reason; `log` writes the access line once the body could be encoded."""

    def __init__(self, status=""):
        self.status = status
        self.headers = []
        self.body = b""
        self.log = lambda: None

    @property
    def code(self):
        return int(self.status.split(" ")[0])

    def header(self, wanted):
        return next((value for name, value in self.headers if name.lower() == wanted), "")


def version_2(answer, handler):
    body, encoded = _body(answer, handler)
    headers = {}
    for name, value in answer.headers:
        if name.lower() != "set-cookie":
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    answer.log()
    return {
        "cookies": [value for name, value in answer.headers if name.lower() == "set-cookie"],
        "isBase64Encoded": encoded,
        "statusCode": answer.code,
        "headers": headers,
        "body": body,
    }


def version_1(answer, event, handler, balancer):
    result = {}
    if balancer:
        result["isBase64Encoded"] = False
        result["statusDescription"] = answer.status if " " in answer.status else _described(answer.code)
    body, encoded = _body(answer, handler)
    if body is not None:
        result["body"] = body
    if encoded:
        result["isBase64Encoded"] = True
    result["statusCode"] = answer.code
    if "headers" in event:
        result["headers"] = dict(answer.headers)
    if "multiValueHeaders" in event:
        result["multiValueHeaders"] = _several(answer, handler.app_type == "asgi")
    answer.log()
    return result


def _several(answer, is_asgi):
    """Values by name as it is written. Of a WSGI app each spelling gets the values of all: that is how one cookie
    becomes four."""

    def same(one, other):
        return one == other if is_asgi else one.lower() == other.lower()

    return {name: [value for other, value in answer.headers if same(name, other)] for name, _ in answer.headers}


def _body(answer, handler):
    """Text, or base64 where binary bodies are supported and this one is no text. An empty one is None of a WSGI app."""
    if not answer.body:
        return ("" if handler.app_type == "asgi" else None), False
    kind = answer.header("content-type").split(";")[0].strip().lower()
    is_text = not answer.header("content-encoding") and (not kind or kind.startswith(handler.text_types))
    if handler.settings.BINARY_SUPPORT and not is_text:
        return base64.b64encode(answer.body).decode("ascii"), True
    return answer.body.decode("utf-8"), False


def _described(code):
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return f"{code} Unknown"
