"""Functions of the plugin serverless-wsgi: their handler is a module that the plugin makes. Pure.

Here the app stands behind the adapter that every WSGI app gets; `custom.wsgi.app` is `FOLDER/module.app`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from localstack_lite.config.declaration import Content, Files
from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.made import as_mapping
from localstack_lite.config.serverless.names import function_id
from localstack_lite.config.serverless.service import Service
from localstack_lite.model.function import Code

_HANDLERS = ("wsgi_handler.handler", "wsgi.handler")


@dataclass(frozen=True, slots=True)
class WsgiApp:
    """`app` is `module:name`, `folder` where the module is, relative to the service."""

    app: str
    folder: str
    functions: tuple[str, ...]
    """Logical ids."""


def wsgi_app(service: Service) -> WsgiApp | None:
    """None when there is no such function, or it does not say which app."""
    named = as_text(as_mapping(service.custom.get("wsgi")).get("app"))
    functions = tuple(
        function_id(name) for name, one in service.functions.items() if as_text(one.get("handler")) in _HANDLERS
    )
    if not functions or not named or not service.has_plugin("serverless-wsgi"):
        return None
    folder, _, dotted = named.rpartition("/")
    module, _, name = dotted.rpartition(".")
    return WsgiApp(f"{module}:{name}", folder, functions) if module else None


@dataclass(frozen=True, slots=True)
class WithoutModule:
    """The disk with the plugin's module on it."""

    disk: Files

    @property
    def state(self) -> Path:
        return self.disk.state

    def at(self, path: str) -> Code:
        return self.disk.at(path)

    def layer(self, path: str) -> Content:
        return self.disk.layer(path)

    def has(self, folder: Path, file: str) -> bool:
        return self.disk.has(folder, file)

    def inline(self, text: str, suffix: str) -> Code:
        return self.disk.inline(text, suffix)

    def missing_module(self, folder: Path, handler: str, runtime: str = "python") -> str:
        return "" if handler in _HANDLERS else self.disk.missing_module(folder, handler, runtime)

    def near(self, folder: Path, file: str) -> str:
        return self.disk.near(folder, file)
