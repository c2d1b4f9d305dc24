"""What a function sends to WebSocket clients of its own project reaches devserve and not AWS.

Handlers make the address from their event, `https://{domainName}/{stage}`, and that is AWS's own form here, too: an
address where nobody would know the connection. So requests of botocore's client for `@connections` go to devserve when
they are meant for one of the project's APIs; every other address and every other service is left alone. This happens
by botocore's own hook for sessions, at the moment when the function imports botocore.
"""

import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder


def redirect(setting: str) -> None:
    """`setting`: the address of devserve, behind it the hosts of the project's WebSocket APIs, separated by spaces."""
    address, *hosts = setting.split()
    sys.meta_path.insert(0, _Finder(address, frozenset(hosts)))


class _Finder(MetaPathFinder):
    def __init__(self, address: str, hosts: "frozenset[str]") -> None:
        self._address = address
        self._hosts = hosts

    def find_spec(self, fullname, *_):
        if fullname != "botocore":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("botocore")
        if spec is not None and spec.loader is not None:
            spec.loader = _Hooked(spec.loader, self._hook)
        return spec

    def _hook(self, session) -> None:
        session.register("before-send.apigatewaymanagementapi", self._send)

    def _send(self, request, **_) -> None:
        """Nothing is returned, so botocore sends the request, changed or not."""
        from urllib.parse import urlsplit

        parts = urlsplit(request.url)
        if parts.hostname in self._hosts:
            query = f"?{parts.query}" if parts.query else ""
            request.url = f"{self._address}{parts.path}{query}"


class _Hooked(Loader):
    """botocore's own loader, and after it the hook. A botocore that is too old to have such stays as it is."""

    def __init__(self, loader, hook) -> None:
        self._loader = loader
        self._hook = hook

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module) -> None:
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        register = getattr(module, "register_initializer", None)
        if register is not None:
            register(self._hook)
