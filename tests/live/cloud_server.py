"""moto's server with what AWS has and moto lacks, as a process: `python -m tests.live.cloud_server PORT`.

It ends when its standard input does, so it never outlives whoever started it, not even after `kill -9`. Beside AWS's
calls it takes, as `POST` with JSON:

* `/cloud/updates` `{"seconds": 0.3}`: how long updates of functions take from now on;
* `/cloud/stack` `{"name": "shop-dev", "status": "UPDATE_ROLLBACK_FAILED"}`: sets a stack's status.

`POST /moto-api/reset` empties all of it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]


def with_controls(moto: Application) -> Application:
    from tests.live.cloud_lambda import UPDATES

    def application(environ: Environ, start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/moto-api/reset":
            UPDATES.seconds = 0.0
        if not path.startswith("/cloud/"):
            return moto(environ, start)
        said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
        match path:
            case "/cloud/updates":
                UPDATES.seconds = float(said["seconds"])
            case "/cloud/stack":
                _set_status(said["name"], said["status"])
            case _:
                start("404 Not Found", [("Content-Length", "0")])
                return []
        start("200 OK", [("Content-Length", "0")])
        return []

    return application


def _set_status(name: str, status: str) -> None:
    from moto.cloudformation.models import cloudformation_backends

    for account in cloudformation_backends.values():
        for backend in account.values():
            for stack in backend.stacks.values():
                if stack.name == name:
                    stack.status = status


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main(port: int) -> None:
    warnings.simplefilter("ignore")
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    os.environ["MOTO_PORT"] = str(port)
    import yaml
    from moto.cloudformation.utils import yaml_tag_constructor
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import run_simple

    from tests.live import cloud_images, cloud_lambda, cloud_stacks

    # moto reads each template several times, which took a fifth of its time.
    yaml.CLoader.add_multi_constructor("", yaml_tag_constructor)
    yaml.Loader = yaml.CLoader  # type: ignore[assignment,misc]
    cloud_images.extend()
    cloud_lambda.extend()
    cloud_stacks.extend()

    class Handler(MotoRequestHandler):
        """Keeps connections open, as AWS does. Nobody reads its log, which takes a tenth of the time."""

        protocol_version = "HTTP/1.1"

        def log_request(self, *said: Any) -> None:
            pass

    class Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]
        """Looks once whose a host is: moto lists its own folder for that, a third of the time of each request."""

        def __init__(self) -> None:
            super().__init__(create_backend_app)
            self.known: dict[str | None, Any] = {}

        def get_backend_for_host(self, host: str | None) -> Any:
            if host not in self.known:
                self.known[host] = super().get_backend_for_host(host)
            return self.known[host]

    served = with_controls(Dispatcher())
    run_simple("127.0.0.1", port, served, threaded=True, request_handler=Handler)


if __name__ == "__main__":
    main(int(sys.argv[1]))
