from pathlib import Path

import pytest

from localstack_lite.config.zero import (
    adapted_in,
    file_of,
    find_adapted,
    find_handler,
    function_name,
    handler_in,
    handler_of,
    one_api,
    one_function,
)
from localstack_lite.model.api import LambdaProxy
from localstack_lite.model.function import Code


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def handler(event, context): ...", "handler"),
        ("def lambda_handler(e, c): ...\ndef handler(e, c): ...", "lambda_handler"),
        ("handler = Mangum(app)", "handler"),
        ("handler: object = wrap(f)", "handler"),
        ("from web import handler", "handler"),
        ("from web import run as handler", "handler"),
        ("try:\n    import x\nexcept ImportError:\n    x = None\ndef handler(e, c): ...", "handler"),
        ("if True:\n    def handler(e, c): ...", "handler"),
        ("def f():\n    def handler(): ...", ""),
        ("class A:\n    def handler(self): ...", ""),
        ("x = 1", ""),
        ("def handler(event, context):\n    return (", "handler"),
        ("return (\n", ""),
        ("\0", ""),
    ],
)
def test_a_handler_is_found_at_the_top_of_the_file(text, name):
    assert handler_in(text) == name


def test_files_are_looked_at_in_order():
    texts = {"main.py": "def handler(e, c): ...", "app.py": "x = 1", "handler.py": "def handler(e, c): ..."}
    assert find_handler(texts) == "handler.handler"
    assert find_handler({"other.py": "def handler(e, c): ..."}) == ""


@pytest.mark.parametrize(
    ("folder", "name"), [("my shop!", "my-shop"), ("übung", "bung"), ("日本", "function"), ("a" * 80, "a" * 64)]
)
def test_a_function_is_named_after_its_folder(folder, name):
    assert function_name(folder) == name


def test_every_request_goes_to_the_function():
    function = one_function("shop", "app.handler", Code(Path("/")), "python3.13", {"A": "b"})
    assert (function.memory, function.timeout, function.where) == (512, 30, "app.py")
    api = one_api(function)
    assert [(route.key, route.integration) for route in api.routes] == [("$default", LambdaProxy("shop", "2.0"))]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from mangum import Mangum\nserve = Mangum(app, lifespan='off')", "serve"),
        ("import mangum\nhandler = mangum.Mangum(app)", "handler"),
        ("a = make_lambda_handler(x)\nlambda_handler = make_lambda_handler(y)", "lambda_handler"),
        ("def run(event, context):\n    return serverless_wsgi.handle_request(app, event, context)", "run"),
        ("def run(event, context):\n    return awsgi.response(app, event, context)", "run"),
        ("def run(event, context):\n    return app.resolve(event, context)", "run"),
        ("def place(path, other):\n    return path.resolve()", ""),
        ("def run(event, context):\n    return make.response(event)", ""),
        ("app = Flask(__name__)", ""),
        ("handler = Mangum(", ""),
    ],
)
def test_a_handler_that_an_adapter_makes_is_known_by_the_adapter(text, name):
    assert adapted_in(text) == name


def test_an_adapters_handler_is_found_in_the_modules_that_are_made_for_servers():
    texts = {"app.py": "app = Flask(__name__)", "asgi.py": "serve = Mangum(app)", "server.py": "def handler(a): ..."}
    assert find_handler(texts) == find_adapted(texts) == "asgi.serve"
    assert find_adapted({"app.py": "def handler(event, context): ..."}) == ""


def test_what_logging_calls_a_handler_is_none():
    assert handler_in("app = Flask(__name__)\nhandler = logging.StreamHandler()") == ""
    assert handler_in("handler = RotatingFileHandler('x')\ndef lambda_handler(event, context): ...") == "lambda_handler"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("export const handler = async () => 1;", "handler"),
        ("export async function handler(event) {}", "handler"),
        ("async function run() {}\nexport { run as handler };", "handler"),
        ("exports.handler = async () => 1;", "handler"),
        ("module.exports.handler = f;", "handler"),
        ("module.exports = {\n  other,\n  handler,\n};", "handler"),
        ("const handler = 1;", ""),
        ("export const handlers = 1;", ""),
        ("", ""),
    ],
)
def test_a_script_has_a_handler_when_it_exports_one(text, name):
    assert handler_of("index.mjs", text) == name


def test_scripts_come_after_python():
    texts = {"index.js": "exports.handler = f", "app.py": "def handler(e, c): ..."}
    assert find_handler(texts) == "app.handler"
    assert find_handler({"index.js": "exports.handler = f"}) == "index.handler"


@pytest.mark.parametrize(
    ("handler", "there", "file"),
    [("index.handler", ["index.js"], "index.js"), ("a.b.handler", [], "a/b.py"), ("app.handler", ["x.js"], "app.py")],
)
def test_the_file_of_a_handler(handler, there, file):
    assert file_of(handler, there) == file
