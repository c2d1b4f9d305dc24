"""What the verbs of a stage share: their options, who is asked, and what they write to."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from localstack_lite.cli import overrides
from localstack_lite.cli.screen import colour, width
from localstack_lite.errors import UserError
from localstack_lite.model.facts import Fact

if TYPE_CHECKING:
    from localstack_lite.app.cloud import Cloud
    from localstack_lite.observe.json_lines import NdjsonView
    from localstack_lite.observe.push_terminal import PushTerminal

#: Seconds.
_PATIENCE = 1.5

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def reading(command: Decorated) -> Decorated:
    """Which project and which stage, and who calls AWS."""
    for option in reversed(
        (
            click.option(
                "-t",
                "--template",
                "--template-file",
                metavar="FILE",
                help="Template to read instead of the one that is found.",
            ),
            click.option(
                overrides.OPTION,
                "parameter_overrides",
                multiple=True,
                metavar="KEY=VALUE...",
                help="Template parameters, over those of the stage; may be given several times.",
            ),
            click.option("--region", metavar="NAME", help="AWS region of the stage.  [default: as the stage says]"),
            click.option("--profile", metavar="NAME", help="AWS profile to call with.  [default: as the stage says]"),
        )
    ):
        command = option(command)
    return command


def told(command: Decorated) -> Decorated:
    for option in reversed(
        (
            click.option("--json", "as_json", is_flag=True, help="Print what happens as NDJSON, and nothing else."),
            click.option("--quiet", is_flag=True, help="Print only problems and how it ended."),
        )
    ):
        command = option(command)
    return command


yes = click.option("-y", "--yes", is_flag=True, help="Ask nothing: every answer is yes.")


class Said:
    """A view, and the one who asks on the same terminal. `yes`: every answer is yes, and nobody is asked.

    A push whose reader has gone (`| head -1`) goes on in silence: half of it would be worse. What only `reads` ends."""

    def __init__(
        self, *, as_json: bool, quiet: bool, yes: bool = False, planned: bool = True, reads: bool = False
    ) -> None:
        from localstack_lite import observe

        self._yes = yes
        self._reads = reads
        self._gone = False
        self._view: NdjsonView | PushTerminal
        tty = sys.stdout.isatty()
        if as_json:
            self._view = observe.NdjsonView(sys.stdout, serves=False)
        else:
            columns = os.get_terminal_size(sys.stdout.fileno()).columns if tty else 0
            self._view = observe.PushTerminal(
                sys.stdout,
                color=colour(os.environ, tty),
                width=width(os.environ, columns),
                live=tty,
                quiet=quiet,
                planned=planned,
            )
        self._first = _silence(tty and not as_json and not quiet)

    def __call__(self, fact: Fact) -> None:
        if self._first is not None:  # facts come from several threads: it may be cancelled twice
            self._first.cancel()
        try:
            if not self._gone:
                self._view(fact)
        except BrokenPipeError:
            self._gone = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python fails to flush it at the end
        if self._reads and (self._gone or getattr(self._view, "gone", False)):
            raise BrokenPipeError

    def close(self) -> None:
        if self._first is not None:
            self._first.cancel()
        self._view.close()

    def confirm(self, question: str, details: Sequence[str] = ()) -> bool:
        """Raises UserError where nobody can be asked: a script has to say `--yes`."""
        if self._yes:
            return True
        if not sys.stdin.isatty() or not sys.stderr.isatty():
            more = f" ({'; '.join(details[:3])}{' …' if len(details) > 3 else ''})" if details else ""
            raise UserError("--yes", f"nobody is here to be asked: {question}{more}", "give --yes to answer with yes")
        if (pause := getattr(self._view, "pause", None)) is not None:
            pause()
        for line in details:
            print(f"  {line}", file=sys.stderr)
        return click.confirm(question, default=False, err=True)


def _silence(shown: bool) -> threading.Timer | None:
    """A far cloud, a slow one: after a while of nothing a person is told that something is waited for."""
    if not shown:
        return None
    timer = threading.Timer(_PATIENCE, lambda: print("devserve: waiting for AWS …", file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    return timer


@contextmanager
def cloud(stage: str, chosen: dict[str, Any], said: Said) -> Iterator[Cloud]:
    """The stage that a command is about, as its options say."""
    from localstack_lite.app.cloud import Cloud
    from localstack_lite.cli import options

    made = Cloud(
        options.read_options(None, {"env_vars": None, "env_file": None, **chosen}),
        stage,
        os.environ,
        said,
        said.confirm,
    )
    try:
        yield made
    finally:
        made.close()
        said.close()
