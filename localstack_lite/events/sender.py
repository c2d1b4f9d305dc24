"""Sends what destinations and dead letter queues get, with boto3 on threads. I/O.

Where to is what boto3 finds: `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>`, the profile and the credentials of the
environment; or the one address that was given. The region is the ARN's. boto3 is imported with the first parcel, and a
thread that waits for an answer never keeps the process.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localstack_lite.events.destination_record import Parcel, event_entry, message_attributes, object_key

#: Parcels on their way at once, and seconds for a connection and for an answer.
AT_ONCE = 8
CONNECT, READ = 3.0, 10.0
#: As ARNs name those that take records.
SERVICES = ("sqs", "sns", "events", "s3", "lambda")


class Undeliverable(Exception):
    """It was not taken. The text says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of an ARN. `resource` is what comes after the account."""

    service: str
    region: str
    account: str
    resource: str


def _read(arn: str) -> Name:
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        raise Undeliverable(f"{arn or 'nothing'} is not an ARN")
    if parts[2] not in SERVICES:
        raise Undeliverable(f"{parts[2]} takes no records of Lambda")
    return Name(*parts[2:])


class Sender:
    """`account` is the project's: what lies there is asked for by name, because the account that the endpoint leads to
    may have another number."""

    def __init__(self, account: str, region: str, profile: str = "", endpoint_url: str = "") -> None:
        self._account = account
        self._region = region
        self._profile = profile
        self._endpoint_url = endpoint_url
        self._room = asyncio.Semaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._core: Any = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._urls: dict[str, str] = {}

    async def send(self, parcel: Parcel) -> None:
        """Returns when it was taken; Undeliverable when it was not."""
        async with self._room:
            await _on_thread(lambda: self._send(parcel))

    def _send(self, parcel: Parcel) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        name = _read(parcel.target)
        try:
            self._hand_over(self._client(name.service, name.region or self._region), parcel, name)
        except ClientError as error:
            self._urls.pop(parcel.target, None)
            said = error.response.get("Error", {})
            raise Undeliverable(f"{said.get('Code', 'refused')}: {said.get('Message', '')}".strip()) from None
        except BotoCoreError as error:
            raise Undeliverable(" ".join(str(error).split())) from None

    def _client(self, service: str, region: str) -> Any:
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._made(service, region)
            return self._clients[service, region]

    def _made(self, service: str, region: str) -> Any:
        from botocore.config import Config
        from botocore.session import Session

        if self._core is None:
            self._core = Session(profile=self._profile or None)
            # Asking the machine's metadata address takes seconds on a laptop, where nobody is there.
            self._core.get_component("credential_provider").remove("iam-role")
        if self._custom(service) and self._core.get_credentials() is None:
            self._core.set_credentials("devserve", "devserve")
        # Tries are counted where the parcel is kept.
        config = Config(
            connect_timeout=CONNECT,
            read_timeout=READ,
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"} if self._custom(service) else None,
        )
        return self._core.create_client(
            service, region_name=region, endpoint_url=self._endpoint_url or None, config=config
        )

    def _custom(self, service: str) -> bool:
        """Whether calls go to an address of the user's own, which may not check credentials nor know bucket hosts."""
        named = {"events": "EVENTBRIDGE"}.get(service, service.upper())
        environ = os.environ
        return bool(self._endpoint_url or environ.get(f"AWS_ENDPOINT_URL_{named}") or environ.get("AWS_ENDPOINT_URL"))

    def _queue_url(self, client: Any, parcel: Parcel, name: Name) -> str:
        url = self._urls.get(parcel.target)
        if url is None:
            owner = {} if self._own(name) else {"QueueOwnerAWSAccountId": name.account}
            url = self._urls[parcel.target] = client.get_queue_url(QueueName=name.resource, **owner)["QueueUrl"]
        return url

    def _own(self, name: Name) -> bool:
        return name.account in ("", self._account)

    def _hand_over(self, client: Any, parcel: Parcel, name: Name) -> None:
        body = parcel.body.decode("utf-8", "replace")
        attributes = message_attributes(parcel)
        more = {"MessageAttributes": attributes} if attributes else {}
        match name.service:
            case "sqs":
                client.send_message(QueueUrl=self._queue_url(client, parcel, name), MessageBody=body, **more)
            case "sns":
                client.publish(TopicArn=parcel.target, Message=body, **more)
            case "events":
                bus = name.resource.removeprefix("event-bus/") if self._own(name) else parcel.target
                reply = client.put_events(Entries=[event_entry(parcel, bus)])
                if reply.get("FailedEntryCount"):
                    raise Undeliverable("{ErrorCode}: {ErrorMessage}".format(**reply["Entries"][0]))
            case "s3":
                key = object_key(parcel)
                client.put_object(Bucket=name.resource, Key=key, Body=parcel.body, ContentType="application/json")
            case "lambda":
                client.invoke(FunctionName=parcel.target, InvocationType="Event", Payload=parcel.body)


async def _on_thread(work: Callable[[], None]) -> None:
    """Not `asyncio.to_thread`: its threads are waited for when the process ends."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def finish(error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            work()
        except Undeliverable as known:
            error = known
        except Exception as unknown:  # of a library, or of what the user configured: the parcel is kept
            error = Undeliverable(f"{type(unknown).__name__}: {unknown}")
        # The loop may be closed by now: then nobody waits.
        if not loop.is_closed():
            try:
                loop.call_soon_threadsafe(finish, error)
            except RuntimeError:
                return

    threading.Thread(target=run, name="destination", daemon=True).start()
    await done
