"""The ports of devserve, bound before anything starts: a port that is taken is found out first."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from localstack_lite.errors import UserError
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Problem

# One invocation needs no server, no relay and no debugger, and starts faster without them.
if TYPE_CHECKING:
    from localstack_lite.app.certificates import Certificate
    from localstack_lite.wire.debug_relay import DebugRelay
    from localstack_lite.wire.relay import Relay

GATEWAY_PORT = 3000
LAMBDA_PORT = 3001


def debug_relay(options: ServeOptions) -> DebugRelay | None:
    """Where editors attach, with `--debug-port`. Raises UserError when the port is taken."""
    if not options.debug_port:
        return None
    from localstack_lite.wire.debug_relay import DebugRelay

    return DebugRelay(options.debug_port)


class Doors:
    """The listening sockets. `containers` is the Lambda API's second one, where containers reach it."""

    def __init__(self, options: ServeOptions, certificate: Certificate | None = None) -> None:
        """`certificate`: the gateway speaks TLS with it."""
        from localstack_lite.wire import people

        self.certificate = certificate
        self.gateway = people.bind(options.host, options.port, GATEWAY_PORT, "the gateway")
        try:
            self.lambdas = people.bind(options.host, options.lambda_port, LAMBDA_PORT, "the Lambda API")
        except UserError:
            self.gateway.close()
            raise
        try:
            self.debug = debug_relay(options)
        except UserError:
            self.gateway.close()
            self.lambdas.close()
            raise
        self.containers: socket.socket | None = None
        gateway_port, lambda_port = self.gateway.getsockname()[1], self.lambdas.getsockname()[1]
        self.gateway_url = _url(options.host, gateway_port, "https" if certificate is not None else "http")
        self.lambda_url = _url(options.host, lambda_port)
        self.moved = (
            *_moved(options.host, options.port, GATEWAY_PORT, gateway_port, "--port"),
            *_moved(options.host, options.lambda_port, LAMBDA_PORT, lambda_port, "--lambda-port"),
            *_debugged(options),
            *_trusted(certificate),
        )

    @property
    def pair(self) -> tuple[Path, Path] | None:
        """The gateway's certificate and its key."""
        return (self.certificate.chain, self.certificate.key) if self.certificate is not None else None

    def open_to_containers(self, bind: str, name: str) -> str:
        """Listen for the Lambda API on `bind` too, where containers reach this machine as `name`. Returns its URL."""
        from localstack_lite.wire import people

        port = self.lambdas.getsockname()[1]
        host = self.lambdas.getsockname()[0]
        if host not in (bind, "0.0.0.0", "::"):
            self.containers = people.bind(bind, None, port, "the Lambda API")
            port = self.containers.getsockname()[1]
        return f"http://{name}:{port}"

    def close_to_containers(self) -> None:
        if self.containers is not None:
            self.containers.close()
            self.containers = None

    def close(self) -> None:
        """Those that nobody serves."""
        self.gateway.close()
        self.lambdas.close()
        if self.debug is not None:
            self.debug.close()
        self.close_to_containers()


class Ways:
    """Ports of this machine's loopback, opened to containers."""

    def __init__(self) -> None:
        self._relays: dict[int, Relay] = {}

    async def open(self, bind: str, ports: Iterable[int]) -> dict[int, int]:
        """Returns the ports that containers use for them; empty when they reach loopback as it is."""
        if not bind.startswith("127."):
            from localstack_lite.wire.relay import Relay

            for port in ports:
                self._relays[port] = Relay(bind, port)
                await self._relays[port].start()
        return {port: relay.port for port, relay in self._relays.items()}

    async def close(self) -> None:
        for relay in self._relays.values():
            await relay.close()
        self._relays = {}


def _trusted(certificate: Certificate | None) -> tuple[Problem, ...]:
    """What to do about a certificate that nobody knows yet."""
    if certificate is None or certificate.authority is None:
        return ()
    what = "browsers and clients warn of the certificate until they trust .devserve/tls/ca.pem"
    hint = "curl --cacert FILE; NODE_EXTRA_CA_CERTS=FILE; or --cert and --key for one that is trusted"
    return (Problem("--tls", what, hint, warning=True),)


def _debugged(options: ServeOptions) -> tuple[Problem, ...]:
    """What is not as on AWS under a debugger."""
    if not options.debug_port:
        return ()
    what = "functions start under a debugger, and the gateway waits for them without a limit"
    return (Problem(f"--debug-port {options.debug_port}", what, warning=True),)


def _moved(host: str, asked: int | None, default: int, got: int, option: str) -> tuple[Problem, ...]:
    """What to say when a default port was taken and the next free one is used."""
    if asked is not None or got == default:
        return ()
    return (Problem(f"{host}:{default}", f"is taken; using {got}", f"{option} chooses another", warning=True),)


def _url(host: str, port: int, scheme: str = "http") -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"{scheme}://{shown}:{port}"
