"""`devserve invoke [FUNCTION]`: one invocation in an environment of its own, then everything is stopped.

The payload goes to stdout and nothing else does; what the function and Lambda log goes to stderr. Waiting for the
start is what this command is judged by, so only what one invocation needs is imported.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from localstack_lite.cli import aim, answer, event_source, options
from localstack_lite.errors import UserError
from localstack_lite.model import platform_log
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.model.facts import Fact
from localstack_lite.model.invocation import Invocation, InvocationType, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack_lite.model.function import Function
    from localstack_lite.ports import Publish

#: What AWS takes (the service model in botocore).
_TENANT = re.compile(r"[a-zA-Z0-9._:/=+\-@ ]{1,256}")


@click.command("invoke", cls=options.Command)
@click.argument("function", required=False)
@click.option(
    "-e",
    "--event",
    metavar="FILE|-|NAME",
    help="The event: a JSON file, - for standard input, or the name of a sample event.  [default: {}]",
)
@click.option("--payload", metavar="JSON", help="The event itself, instead of --event.")
@click.option(
    "--raw",
    metavar="CODE",
    help="Run this Python code inside the app (Zappa, or a WSGI or ASGI app without a handler).",
)
@click.option(
    "--client-context", metavar="JSON", help="Client context that the function sees: JSON, or its base64 form."
)
@click.option("--qualifier", metavar="VERSION", help="Version or alias to run.  [default: $LATEST]")
@click.option(
    "--tenant-id",
    metavar="NAME",
    callback=options.filled,
    help="The tenant whose environment runs it; functions with tenant isolation need one.",
)
@click.option(
    "--stage", metavar="STAGE", callback=options.filled, help="Invoke the function of this stage, in the cloud."
)
@click.option("--cold", is_flag=True, help="Start a new environment, which this command does anyway.")
@click.option("--async", "as_event", is_flag=True, help="Invoke as Event: the answer is not printed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: status, payload, logs and report.")
@options.reading
@options.sandbox
def command(function: str | None, **chosen: Any) -> int:
    """Run a function once and print what it returns.

    FUNCTION is a name, a logical id or an ARN; in an app also a Python function, `module.function`. It may be left out
    when the project has one function, or when the event matches the route of one. Log lines go to stderr. Exit
    code 1: the function failed; 3: it was throttled or refused.
    """
    event = event_source.event(chosen["event"], chosen["payload"])
    context = client_context(chosen["client_context"])
    reading = options.read_options(None, chosen)
    if chosen["stage"]:
        from localstack_lite.cli import invoke_stage

        return invoke_stage.run(function, replace(reading, stage=chosen["stage"]), event, context, chosen)

    from localstack_lite import config
    from localstack_lite.observe.plain_log import PlainLog

    project = config.read(reading)
    target, qualifier, event = aim.aimed(project, function, event, chosen["raw"])
    qualifier = chosen["qualifier"] or qualifier
    tenant = tenant_of(target, chosen["tenant_id"])
    kind = InvocationType.EVENT if chosen["as_event"] else InvocationType.REQUEST_RESPONSE
    arn = function_arn(project.region, project.account, target.name, qualifier)
    view = Collected(PlainLog(sys.stderr, project.function), project.function)

    from localstack_lite.app import invoke_once

    outcome = invoke_once(
        project,
        replace(options.known(options.sandbox_options(chosen), project), reload=False),
        lambda request_id: Invocation(
            target.logical_id,
            event.payload,
            request_id,
            arn,
            qualifier or LATEST,
            client_context=context,
            tenant_id=tenant,
        ),
        view,
    )
    sys.stderr.flush()
    if isinstance(outcome, Refused):
        print(answer.refusal(target.name, outcome), file=sys.stderr)
    if chosen["as_json"]:
        print(json.dumps(answer.record(outcome, kind, view.messages), ensure_ascii=False))
    else:
        sys.stdout.buffer.write(answer.printed(outcome, kind))
    return answer.exit_code(outcome)


class Collected:
    """A view that keeps the log events and hands every fact on."""

    def __init__(self, onward: Publish, function: Callable[[str], Function | None] = lambda _: None) -> None:
        self.messages: list[str] = []
        self._onward = onward
        self._function = function

    def __call__(self, fact: Fact) -> None:
        self.messages.extend(platform_log.told(fact, self._function))
        self._onward(fact)


def tenant_of(function: Function, given: str) -> str:
    """The tenant that an invocation is for. AWS wants one where tenants are kept apart, and takes none elsewhere."""
    if function.tenancy and not given:
        raise UserError("--tenant-id", f"is missing: {function.name} keeps its tenants apart", "--tenant-id NAME")
    if given and not function.tenancy:
        raise UserError("--tenant-id", f"{function.name} has no tenant isolation", "set TenancyConfig, or leave it out")
    if given and not _TENANT.fullmatch(given):
        raise UserError(
            "--tenant-id", "is no tenant that AWS takes", "1 to 256 letters, digits, spaces and . _ : / = + - @"
        )
    return given


def client_context(given: str | None) -> str:
    """The client context as JSON text. Takes JSON, or base64 of JSON as the Invoke API does."""
    if not given:
        return ""
    text = given
    if not given.lstrip().startswith("{"):
        try:
            text = base64.b64decode(given, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise _bad_context() from None
    try:
        value = json.loads(text)
    except ValueError:
        raise _bad_context() from None
    if not isinstance(value, dict):
        raise _bad_context()
    return json.dumps(value, separators=(",", ":"))


def _bad_context() -> UserError:
    return UserError("--client-context", "is neither a JSON object nor base64 of one", "for example '{\"custom\":{}}'")
