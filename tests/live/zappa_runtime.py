"""A Zappa project on a Runtime API of its own: the Python runtime with the files that devserve puts beside Zappa.

    with zappa_runtime.running(tmp_path, "0.63.0", {"app.py": FLASK}, APP_MODULE="app", APP_FUNCTION="app") as zappa:
        assert zappa.ask(events.rest("/hello"))["statusCode"] == 200

Versions are those that are tested, and `SHIM`: an environment without Zappa.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack_lite import shipped
from tests.live import runtimes, venvs
from tests.live.deadline import eventually
from tests.live.devserver import Files, write

OLD, NEW, SHIM = "0.62.1", "0.63.0", "shim"
VERSIONS = (OLD, NEW)
EVERY = (OLD, NEW, SHIM)
FRAMEWORKS = ("flask", "django", "fastapi")
FOLDER = shipped.runtimes() / "python" / "zappa"

#: What Zappa writes when the settings say nothing but the app.
DEFAULTS: Mapping[str, Any] = {
    "EXCEPTION_HANDLER": None,
    "DEBUG": True,
    "LOG_LEVEL": "DEBUG",
    "BINARY_SUPPORT": True,
    "CONTEXT_HEADER_MAPPINGS": {},
    "DOMAIN": None,
    "BASE_PATH": None,
    "ENVIRONMENT_VARIABLES": {},
    "API_STAGE": "dev",
    "PROJECT_NAME": "shop",
    "SETTINGS_FILE": None,
    "DJANGO_SETTINGS": None,
    "AWS_EVENT_MAPPING": {},
    "AWS_BOT_EVENT_MAPPING": {},
    "COGNITO_TRIGGER_MAPPING": {},
    "ASYNC_RESPONSE_TABLE": "",
    "ADDITIONAL_TEXT_MIMETYPES": [],
    "DEVSERVE_SHIM": False,
    "DEVSERVE_REMOTE_ENV_FILE": ".devserve/remote_env.json",
}

#: Credentials of nobody and a region, as devserve gives them to functions.
DUMMIES = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def interpreter(version: str) -> Path:
    """With that Zappa and the frameworks; all in one environment, for it takes longer to make than to use."""
    if version == SHIM:
        return venvs.python("zappa-none", *FRAMEWORKS)
    return venvs.python(f"zappa{version.replace('.', '')}", f"zappa=={version}", *FRAMEWORKS)


@dataclass
class Zappa:
    """`ask` gives what the handler returned; what it raised is an AssertionError here, `failure` a result there."""

    runtime: runtimes.RunningRuntime

    def ask(self, event: object, **headers: str) -> Any:
        posted = self.runtime.ask(event, **headers)
        assert posted.kind == "response", f"{posted.body.decode()}\n{self.log}"
        return posted.json()

    def body(self, event: object) -> Any:
        """The JSON that the app answered, of a request that went well."""
        answer = self.ask(event)
        assert answer["statusCode"] == 200, answer
        text = answer["body"]
        return json.loads(base64.b64decode(text) if answer.get("isBase64Encoded") else text)

    def failure(self, event: object) -> dict[str, Any]:
        posted = self.runtime.ask(event)
        assert posted.kind == "error", posted.body
        error: dict[str, Any] = posted.json()
        return error

    @property
    def log(self) -> str:
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in self.runtime.log)

    def says(self, text: str) -> str:
        """Waits until the log has it."""
        eventually(lambda: text in self.log, seconds=5.0, what=f"{text!r} in the log:\n{self.log}")
        return self.log

    @property
    def remarks(self) -> list[str]:
        """What devserve itself added to the log so far."""
        return [line for line in self.log.splitlines() if line.startswith("devserve: ")]


@contextmanager
def running(
    folder: Path,
    version: str,
    files: Files,
    *,
    environ: Mapping[str, str] | None = None,
    python: Path | None = None,
    **settings: Any,
) -> Iterator[Zappa]:
    """`settings` are names of `zappa_settings` beside those that are always there; `python` is another interpreter than
    that of the version's environment."""
    given = {**DEFAULTS, **settings}
    variables = {**DUMMIES, "PYTHONPATH": str(FOLDER), "DEVSERVE_ZAPPA": json.dumps(given), **(environ or {})}
    run_by = str(python or interpreter(version))
    with runtimes.running(
        write(folder, files), None, "handler.lambda_handler", python=run_by, environ=variables
    ) as runtime:
        yield Zappa(runtime)
