"""Many invocations in one moment, each on a connection of its own."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Burst:
    """`seconds` from the first byte sent to the last answer; `errors` are answers other than a 200 of a function that
    did not fail; `places` how many different answers there were (a function that answers with its environment)."""

    seconds: float
    errors: int
    places: int


def run(url: str, function: str, count: int) -> Burst:
    """`url` is that of the Lambda API."""
    since = time.perf_counter()
    replies = asyncio.run(_all(url, function, count))
    seconds = time.perf_counter() - since
    good = [body for status, failed, body in replies if status == 200 and not failed]
    return Burst(seconds, len(replies) - len(good), len(set(good)))


async def _all(url: str, function: str, count: int) -> list[tuple[int, bool, bytes]]:
    return await asyncio.gather(*(_one(url, function) for _ in range(count)))


async def _one(url: str, function: str) -> tuple[int, bool, bytes]:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    path = f"/2015-03-31/functions/{function}/invocations"
    head = f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + b"{}")
    reply = await reader.read()
    writer.close()
    return parse(reply)


def parse(reply: bytes) -> tuple[int, bool, bytes]:
    """Status, whether the function failed, and the body."""
    head, _, body = reply.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    return int(lines[0].split()[1]), any(line.lower().startswith(b"x-amz-function-error:") for line in lines), body
