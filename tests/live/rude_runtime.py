"""A runtime that does as its event says: it speaks the Runtime API by hand, and often not as it should.

The event (or the query of a function URL) names a manner, `m`, and the file `note` that it writes what it was answered
to, as one JSON list of `[what, status, error type]` for each invocation. Without a manner it answers `{"ok":true}`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

BOOTSTRAP = (
    f"#!{sys.executable} -I\n"
    + r'''
import json, os, socket, sys, time

HOST, PORT = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
API = "/2018-06-01/runtime/"
STREAM = ("Lambda-Runtime-Function-Response-Mode: streaming", "Transfer-Encoding: chunked")
BLOCK = b"10000\r\n" + bytes(65536) + b"\r\n"
MB = 1 << 20


def connect():
    connection = socket.create_connection((HOST, int(PORT)))
    connection.settimeout(60)
    return connection


def answer(connection):
    """Status, headers and body; status 0 when there is no answer."""
    stream = connection.makefile("rb")
    try:
        status = int((stream.readline().split() + [0, 0])[1])
        headers = {}
        while line := stream.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
        return status, headers, stream.read(int(headers.get("content-length", 0)))
    except OSError:
        return 0, {}, b""


def raw(data):
    with connect() as connection:
        connection.sendall(data)
        return answer(connection)


def ask(method, path, body=b"", *headers):
    head = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers, "", ""]
    return raw("\r\n".join(head).encode() + body)


def begin(path):
    connection = connect()
    connection.sendall("\r\n".join([f"POST {path} HTTP/1.1", "Host: x", *STREAM, "", ""]).encode())
    return connection


def chunk(connection, data):
    connection.sendall(b"%x\r\n%b\r\n" % (len(data), data))


def end(connection, *trailers):
    connection.sendall(b"0\r\n" + b"".join(trailers) + b"\r\n")
    return answer(connection)


def run(request_id, event):
    m, own = event.get("m"), f"{API}invocation/{request_id}/"
    result, error = own + "response", own + "error"
    said = []

    def tell(what, reply):
        body = reply[2]
        said.append([what, reply[0], json.loads(body).get("errorType") if body[:1] == b"{" else None])

    def note():
        if said:
            with open(event["note"], "a") as file:
                file.write(json.dumps(said) + "\n")

    if m == "states":
        tell("next", ask("GET", API + "invocation/next"))
        tell("other id", ask("POST", API + "invocation/other/response", b"1"))
        tell("other id's error", ask("POST", API + "invocation/other/error", b"{}"))
        tell("other id's stream", ask("POST", API + "invocation/other/response", b"1", STREAM[0]))
        tell("init error", ask("POST", API + "init/error", b"{}"))
        tell("restore error", ask("POST", API + "restore/error", b"{}"))
        tell("mode", ask("POST", result, b"1", "Lambda-Runtime-Function-Response-Mode: loud"))
        tell("method", ask("PUT", result, b"1"))
        tell("path", ask("GET", "/" + "a" * 70000))
        tell("late extension", ask("POST", "/2020-01-01/extension/register", b"{}", "Lambda-Extension-Name: late"))
        tell("nobody", ask("GET", "/2020-01-01/extension/event/next"))
        post = f"POST {result} HTTP/1.1\r\n".encode()
        tell("two lengths", raw(post + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"))
        tell("no length", raw(post + b"Content-Length: -1\r\n\r\n"))
        tell("no HTTP", raw(b"\x00\xff\r\n\r\n"))
        with connect() as half:
            half.sendall(post + b"Content-Length: 9\r\n\r\n{")
        tell("answer", ask("POST", result, b'"first"'))
        tell("second answer", ask("POST", result, b'"second"'))
        tell("second error", ask("POST", error, b"{}"))
        tell("second stream", ask("POST", result, b"2", STREAM[0]))
    elif m == "7 MB":
        tell("7 MB", ask("POST", result, bytes(7 * MB)))
    elif m == "rubbish":
        stream = begin(result)
        chunk(stream, b"good;")
        stream.sendall(b"rubbish\r\n")
        tell("rubbish", answer(stream))
    elif m == "cut":
        stream = begin(result)
        chunk(stream, b"good;")
        stream.close()
    elif m == "trailers":
        stream = begin(result)
        chunk(stream, b"good;")
        error = b"Lambda-Runtime-Function-Error-"
        tell("trailers", end(stream, error + b"Type: <b>\r\n", error + b"Body: !\r\n"))
    elif m == "two streams":
        stream = begin(result)
        chunk(stream, b"one")
        tell("another", answer(begin(result)))
        tell("whole", ask("POST", result, b"2"))
        tell("next", ask("GET", API + "invocation/next"))
        tell("first", end(stream))
    elif m == "killed":
        stream = begin(result)
        chunk(stream, b"good;")
        while not os.path.exists(event["note"] + ".gate"):
            time.sleep(0.005)
        os.kill(os.getpid(), 9)
    elif m == "pours":
        stream = begin(result)
        if "prelude" in event:
            chunk(stream, b'{"statusCode":200}' + bytes(8))
        for _ in range(int(event["mb"]) * 16):
            try:
                stream.sendall(BLOCK)
            except OSError:
                break
        tell("end", end(stream))
    elif m == "ticks":
        stream = begin(result)
        while True:
            chunk(stream, b"tick;")
            time.sleep(0.02)
    else:
        ask("POST", result, b'{"ok":true}')
    note()


while True:
    status, headers, body = ask("GET", API + "invocation/next")
    event = json.loads(body)
    run(headers["lambda-runtime-aws-request-id"], event.get("queryStringParameters") or event)
'''
)


def noted(file: Path) -> list[dict[str, tuple[int, Any]]]:
    """What the runtime was answered so far, one for each invocation."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    whole = text[: text.rfind("\n") + 1].splitlines()
    return [{what: (status, kind) for what, status, kind in json.loads(line)} for line in whole]
