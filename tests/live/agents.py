"""Real extensions for the tests: one program, whose file's name and whose function's variables say what it does.

It appends what it sees to the file `REPORT`, as lines of JSON: `{"who", "kind", ...}`. Its `MODE` is that of the
function that it accompanies. `INSIDE` is a function with an internal extension.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

AGENT = (
    f"#!{sys.executable} -I\n"
    + """
import http.client, http.server, json, os, socket, sys, threading, time

NAME, MODE = os.path.basename(__file__), os.environ.get("MODE", "")
EXTENSION = "/2020-01-01/extension/"


def say(kind, **what):
    with open(os.environ["REPORT"], "a") as report:
        report.write(json.dumps({"who": NAME, "kind": kind, **what}) + "\\n")


def ask(method, path, body=None, **headers):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    lines = {"Lambda-Extension-" + name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, None if body is None else json.dumps(body), lines)
    reply = connection.getresponse()
    return reply.status, reply.headers, json.loads(reply.read() or b"null")


class Telemetry(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        say("telemetry", events=json.loads(body))

    def log_message(self, *_):
        pass


def here():
    # As extensions are told to; not every machine lets a process have names of its own.
    try:
        return socket.gethostbyname("sandbox.localdomain")
    except OSError:
        return "127.0.0.1"


def over_http():
    server = http.server.HTTPServer((here(), 0), Telemetry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{server.server_port}"}


def over_tcp():
    server = socket.create_server((here(), 0))

    def serve():
        for line in server.accept()[0].makefile():
            say("telemetry", events=[json.loads(line)])

    threading.Thread(target=serve, daemon=True).start()
    return {"protocol": "TCP", "port": server.getsockname()[1]}


def deaf():
    deaf.server = socket.create_server(("127.0.0.1", 0))
    return {"protocol": "HTTP", "URI": f"http://sandbox:{deaf.server.getsockname()[1]}"}


def nobody():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return {"protocol": "HTTP", "URI": f"http://sandbox:{server.getsockname()[1]}"}


if MODE == "crashes":
    sys.exit(3)
status, headers, body = ask("POST", EXTENSION + "register", {"events": ["INVOKE", "SHUTDOWN"]}, Name=NAME)
say("registered", status=status, body=body)
me = headers["Lambda-Extension-Identifier"]
if MODE == "twice":
    status, _, body = ask("POST", EXTENSION + "register", {"events": []}, Name=NAME)
    say("again", status=status, body=body)
if MODE == "gives-up":
    error = {"Identifier": me, "Function_Error_Type": "Extension.NoConfiguration"}
    say("gave up", status=ask("POST", EXTENSION + "init/error", {}, **error)[0])
    sys.exit(1)
ways = {"http": over_http, "tcp": over_tcp, "deaf": deaf, "nobody": nobody}
listen = ways.get(NAME, ways.get(MODE))
if listen is not None:
    buffering = {"timeoutMs": 25}
    asked = {"types": ["platform", "function"], "buffering": buffering, "schemaVersion": "2022-12-13"}
    asked["destination"] = listen()
    status, _, body = ask("PUT", "/2022-07-01/telemetry", asked, Identifier=me)
    say("subscribed", status=status, body=body)
while True:
    _, _, event = ask("GET", EXTENSION + "event/next", Identifier=me)
    say("event", event=event)
    if event["eventType"] == "SHUTDOWN":
        break
    print("seen", event["requestId"], flush=True)
    if MODE == "stuck":
        time.sleep(60)
"""
)

INSIDE = """
import http.client, json, os, threading

seen = []
API = os.environ["AWS_LAMBDA_RUNTIME_API"]


def ask(method, path, body, **headers):
    connection = http.client.HTTPConnection(API)
    connection.request(method, "/2020-01-01/extension/" + path, body, headers)
    reply = connection.getresponse()
    return reply.headers, json.loads(reply.read())


def follow(identifier):
    while True:
        _, event = ask("GET", "event/next", None, **{"Lambda-Extension-Identifier": identifier})
        seen.append(event["requestId"])


headers, _ = ask("POST", "register", '{"events":["INVOKE"]}', **{"Lambda-Extension-Name": "inside"})
threading.Thread(target=follow, args=(headers["Lambda-Extension-Identifier"],), daemon=True).start()


def handler(event, context):
    while context.aws_request_id not in seen:
        pass
    return seen
"""


def program(interpreter: str = "") -> str:
    """The extension's text, for another interpreter where it is named: one of a container, say."""
    return f"#!{interpreter}\n{AGENT.partition(chr(10))[2]}" if interpreter else AGENT


def install(folder: Path, *names: str, interpreter: str = "") -> Path:
    """A layer's content with an extension for each name."""
    for name in names:
        file = folder / "extensions" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(program(interpreter), encoding="utf-8")
        file.chmod(0o755)
    return folder


def reported(file: Path, who: str, kind: str) -> list[dict[str, Any]]:
    """What an extension has said so far."""
    if not file.exists():
        return []
    said = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines(keepends=True) if line[-1] == "\n"]
    return [line for line in said if (line["who"], line["kind"]) == (who, kind)]
