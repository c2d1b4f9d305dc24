"""What goes wrong, as the user sees it: `devserve: WHERE: WHAT`, a hint line, and an exit code.

Exit codes: 0 done, 1 the function failed, 2 bad usage, configuration or input, 3 throttled or refused, 4 the cloud
refused or was out of reach, 70 a fault of devserve itself (EX_SOFTWARE of sysexits.h), 130 interrupted.
"""

from __future__ import annotations

from dataclasses import dataclass

import click

from localstack_lite.cli import later
from localstack_lite.errors import RemoteError, UserError

DONE, FUNCTION_FAILED, USER_ERROR, REFUSED, REMOTE_ERROR, OUR_FAULT, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130


@dataclass(frozen=True, slots=True)
class Complaint:
    where: str
    what: str
    hint: str = ""
    code: int = USER_ERROR

    def __str__(self) -> str:
        lines = [f"devserve: {_line(self.where)}: {_line(self.what)}"]
        if self.hint:
            lines.append(f"  hint: {_line(self.hint)}")
        return "\n".join(lines)


def complaint(error: Exception) -> Complaint | None:
    """What to say about an error, or None when it is not one that a user can have caused."""
    match error:
        case UserError(where=where, what=what, hint=hint):
            return Complaint(where, what, hint)
        case RemoteError(where=where, what=what, hint=hint):
            return Complaint(where, what, hint, REMOTE_ERROR)
        case PermissionError(filename=str(name)):
            return Complaint(
                name, error.strerror or "Permission denied", "look at its permissions, and those of its folder"
            )
        case click.NoSuchOption():
            return _no_such_option(error)
        case click.UsageError():
            return _usage(error)
        case click.ClickException():
            return Complaint("command line", _sentence(error.format_message()))
    return None


def internal(error: BaseException, details: str) -> Complaint:
    """A fault of ours. `details` is the file that the traceback was written to."""
    said = str(error).strip().partition("\n")[0]
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return Complaint(
        "internal error", what, f"this is a fault of devserve, not yours; details are in {details}", OUR_FAULT
    )


def not_yet(where: str, about: str) -> UserError:
    """The answer to a command, an option or a value of a later version."""
    return UserError(where, f"comes in a later version ({about})", "`devserve --help` lists what this version has")


def _no_such_option(error: click.NoSuchOption) -> Complaint:
    name = error.option_name
    if name in later.OPTIONS:
        planned = not_yet(name, later.OPTIONS[name])
        return Complaint(planned.where, planned.what, planned.hint)
    close = [found for found in error.possibilities or () if found != name]
    hint = f"did you mean {close[0]}?" if close else _try_help(error)
    return Complaint(name, "there is no such option", hint)


def _usage(error: click.UsageError) -> Complaint:
    where = "command line"
    if isinstance(error, click.BadParameter) and error.param is not None:
        # A MissingParameter is a BadParameter as well; both name the option or argument they are about.
        where = (
            max(error.param.opts, key=len)
            if error.param.param_type_name == "option"
            else error.param.human_readable_name
        )
        what = error.message or ("is missing" if isinstance(error, click.MissingParameter) else "cannot be used")
    elif isinstance(error, click.BadOptionUsage):
        where, what = error.option_name, error.message
    else:
        what = error.message
    close = getattr(error, "possibilities", None)  # of an unknown sub-command, where click tells
    return Complaint(where, _sentence(what), f"did you mean {close[0]}?" if close else _try_help(error))


def _try_help(error: click.UsageError) -> str:
    return f"try `{error.ctx.command_path} --help`" if error.ctx else "try `devserve --help`"


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return text[:1].lower() + text[1:]


def _line(text: str) -> str:
    """One line, whatever was in it."""
    return " ".join(text.split())
