from pathlib import Path

import pytest

from localstack_lite.config.serverless.wsgi import WithoutModule, WsgiApp, wsgi_app
from tests.config.samples import FilesInMemory
from tests.config.services import service_from

TEXT = """
plugins: [serverless-wsgi]
custom: {wsgi: {app: %s}}
functions: {web: {handler: wsgi_handler.handler}, a: {handler: m.a}}
"""


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        ("api.app", WsgiApp("api:app", "", ("WebLambdaFunction",))),
        ("shop.wsgi.application", WsgiApp("shop.wsgi:application", "", ("WebLambdaFunction",))),
        ("src/web/api.app", WsgiApp("api:app", "src/web", ("WebLambdaFunction",))),
        ("app", None),
    ],
)
def test_the_app_is_what_the_plugin_would_call(app, expected):
    assert wsgi_app(service_from(TEXT % app)) == expected


def test_without_the_plugin_or_its_handler_there_is_none():
    assert wsgi_app(service_from((TEXT % "api.app").replace("serverless-wsgi", "other"))) is None
    assert wsgi_app(service_from((TEXT % "api.app").replace("wsgi_handler.handler", "m.b"))) is None


def test_only_the_plugins_module_is_never_missing():
    disk = WithoutModule(FilesInMemory({".": ("app",)}))
    folder = Path("/project")
    assert disk.missing_module(folder, "wsgi_handler.handler") == ""
    assert disk.missing_module(folder, "gone.handler") == "gone.py"
    assert (disk.at(".").folder, disk.state) == (folder, Path("/project/.devserve"))
