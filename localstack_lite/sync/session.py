"""The way to AWS for one stage: boto3's clients, the queues in front of them, and pauses that end when all ends. I/O.

Making boto3's clients takes longer than most pushes: they are made when they are used, each once, and `warm` makes them
on a thread while something else is waited for. boto3 itself retries nothing, so that every call is counted and takes
its place in the queue.
"""

from __future__ import annotations

import os
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from localstack_lite import __version__
from localstack_lite.model.stage import Stage
from localstack_lite.sync.pace import Pace, queues_of
from localstack_lite.sync.refusals import no_region, remote_error

#: Seconds for a connection, and for an answer once the request is sent.
CONNECT, READ = 5.0, 60.0
_CONNECTIONS = 32
#: Bodies above that are sent in pieces, so that what is sent can be told, and a slow line is not taken for a dead one.
_COUNTED = 64 * 1024

Sent = Callable[[int, int], None]
"""Is told how many bytes of a body were sent by now, and how many there are."""


class Session:
    """Shared by all threads that talk to a stage. `where` is what errors without a better place name.

    Which credentials, which address: what the stage says, then what boto3 finds (environment, profile). A profile that
    the stage names wins over keys in the environment, as `--profile` does everywhere."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.where = f"stage {stage.name}"
        self.reached = False
        """Whether any call had an answer yet."""
        self._lock = threading.RLock()
        self._core: Any = None
        self._clients: dict[tuple[str, float], Any] = {}
        self._pace = Pace()
        self._pace_lock = threading.Lock()
        self._closed = threading.Event()
        self._sending = threading.local()

    @property
    def region(self) -> str:
        """Of the stage, else of the environment, else of the profile. A UserError when nobody names one, or the profile
        does not exist."""
        # boto3 is only asked where nobody else says it: it may be on its way on another thread, which takes a while.
        known = self.stage.region or os.environ.get("AWS_REGION")
        found = known or self._session().get_config_variable("region")
        if not found:
            raise no_region(self.where)
        return str(found)

    def client(self, service: str, read_timeout: float = READ) -> Any:
        """boto3's for that service. A UserError or RemoteError when there is no region or are no credentials."""
        key = (service, read_timeout)
        # Looked up without the lock: while one is made on another thread, those that are there go on.
        if (found := self._clients.get(key)) is not None:
            return found
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._made(service, read_timeout)
            return self._clients[key]

    def warm(self, services: Iterable[str]) -> None:
        """Make these clients on a thread, in that order. What goes wrong comes again when they are used."""
        names = tuple(services)

        def work() -> None:
            for name in names:
                try:
                    if self._closed.is_set():
                        return
                    self.client(name)
                except Exception:
                    return

        threading.Thread(target=work, name="aws clients", daemon=True).start()

    def endpoint(self, service: str) -> str:
        """The address that calls to that service go to."""
        return str(self.client(service).meta.endpoint_url)

    def turn(self, service: str, operation: str) -> float:
        """Seconds until that call may go; its place in the queue is taken."""
        with self._pace_lock:
            return self._pace.wait(queues_of(service, operation), time.monotonic())

    def hold(self, service: str, operation: str, seconds: float) -> None:
        """AWS throttled such a call: no other goes before that time is over."""
        with self._pace_lock:
            self._pace.hold(queues_of(service, operation), time.monotonic() + seconds)

    def pause(self, seconds: float) -> bool:
        """Wait that long. True when everything ends meanwhile."""
        return self._closed.wait(seconds) if seconds > 0 else self._closed.is_set()

    def close(self) -> None:
        """End all pauses: calls that wait for something are given up. Those that are under way come to their end."""
        self._closed.set()

    def sending(self, sent: Sent | None) -> None:
        """Who is told about the bodies that this thread sends from now on. What it raises ends the call: boto3 makes an
        error of the connection of it, and `raised` has it as it was."""
        self._sending.sent, self._sending.raised = sent, None

    def raised(self) -> BaseException | None:
        """What ended the last call of this thread, if that was who is told about its bodies."""
        found: BaseException | None = getattr(self._sending, "raised", None)
        self._sending.raised = None
        return found

    @staticmethod
    def now() -> float:
        """Seconds; only differences mean something."""
        return time.monotonic()

    @staticmethod
    def random() -> float:
        return random.random()

    @staticmethod
    def token() -> str:
        """One that nobody else has: 32 hex digits."""
        return uuid.uuid4().hex

    def _session(self) -> Any:
        with self._lock:
            if self._core is None:
                # boto3 would add its resources, which nobody here uses, and 20 ms: its core is enough for clients.
                from botocore.session import Session as Core

                self._core = Core(profile=self.stage.profile or None)
            try:
                self._core.get_scoped_config()
            except Exception as error:
                raise remote_error(error, self.where, self.stage.name) from None
            return self._core

    def _made(self, service: str, read_timeout: float) -> Any:
        from botocore.exceptions import NoCredentialsError

        region = self.region
        core = self._session()
        try:
            if core.get_credentials() is None:  # else each client would look for them again, in vain
                raise NoCredentialsError
            client = self._client(core, service, region, read_timeout)
        except Exception as error:
            raise remote_error(error, self.where, self.stage.name) from None
        client.meta.events.register("before-send", self._before_send)
        return client

    def _client(self, core: Any, service: str, region: str, read_timeout: float) -> Any:
        from botocore.config import Config

        endpoint = self.stage.endpoint_url or None
        common: dict[str, Any] = {
            "connect_timeout": CONNECT,
            "read_timeout": read_timeout,
            "retries": {"total_max_attempts": 1},
            "max_pool_connections": _CONNECTIONS,
            # What stands between may forget a connection that is silent while a long call or a deploy is waited for.
            "tcp_keepalive": True,
            "user_agent_extra": f"devserve/{__version__}",
        }
        client = core.create_client(service, region_name=region, endpoint_url=endpoint, config=Config(**common))
        if service != "s3":
            return client
        if ".amazonaws." not in f"{client.meta.endpoint_url}.":
            # Whatever else speaks S3 has no host name for each bucket, and may not know the newer checksums.
            path_style = Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required", **common)
            client = core.create_client(service, region_name=region, endpoint_url=endpoint, config=path_style)
        client.meta.events.register_first("needs-retry.s3", _stay_here)
        return client

    def _before_send(self, request: Any, **_: object) -> None:
        sent = getattr(self._sending, "sent", None)
        body = request.body
        if isinstance(body, bytes | bytearray) and len(body) > _COUNTED:
            request.body = _Counted(body, self._told if sent is not None else None)

    def _told(self, at: int, of: int) -> None:
        try:
            self._sending.sent(at, of)
        except BaseException as error:
            self._sending.raised = error
            raise


class _Counted:
    """A body that tells how much of it was read. boto3 sends what can be read in small pieces, each with a timeout of
    its own; bytes in one, which on a slow line ends with the timeout."""

    def __init__(self, body: bytes | bytearray, sent: Sent | None) -> None:
        self._body = memoryview(body)
        self._sent = sent
        self._at = self._told = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = bytes(self._body[self._at :] if size is None or size < 0 else self._body[self._at : self._at + size])
        self._at += len(piece)
        if self._sent is not None and (self._at - self._told >= _COUNTED * 4 or self._at == len(self._body)):
            self._told = self._at
            self._sent(self._at, len(self._body))
        return piece

    def tell(self) -> int:
        return self._at

    def seek(self, to: int, whence: int = 0) -> int:
        self._at = to + (0, self._at, len(self._body))[whence]
        return self._at

    def __len__(self) -> int:
        return len(self._body)


def _stay_here(request_dict: Any = None, **_: object) -> None:
    """boto3 follows a bucket into its own region. Code has to lie in the region of its functions: say so instead."""
    if isinstance(request_dict, dict):
        redirect = request_dict.setdefault("context", {}).setdefault("s3_redirect", {})
        redirect["redirected"] = True
