"""The language between devserve and the first process of a container, `runtimes/docker/warden.sh`.

devserve says shell commands, one text each; the warden answers in lines:

    ready               it listens (said again when everything in the container was killed from inside)
    started N PID       run N: the runtime's process, as the container counts
    out-of-memory N     so many processes of the container the kernel has killed so far for want of memory
    exit N CODE         run N: the runtime has ended, CODE as `$?` says it
    swept N             run N: everything else in the container is killed

A shell cannot tell a process that was killed by signal 9 from one that says `exit 137`: the signal is believed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Where the runtime writes to: the container's own output, or a file.
OWN_OUTPUT = "&6"
#: The runtime's third descriptor is its output once more; AWS's runtimes write framed records there.
TELEMETRY_FD = "3"
#: The variable that tells the runtime its number.
TELEMETRY = "_LAMBDA_TELEMETRY_LOG_FD"
END = b"exit 0\n"

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
#: Variables that some shell does not let be set.
_THE_SHELLS_OWN = frozenset({"BASHOPTS", "BASH_VERSINFO", "EUID", "GROUPS", "IFS", "PPID", "SHELLOPTS", "UID", "_"})
_SIGNALS = range(129, 129 + 64)
_COUNT_OOM = (
    "for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do if [ -r $f ]; then "
    'while read -r k v; do if [ "$k" = oom_kill ]; then echo "out-of-memory $v"; fi; done <$f; fi; done'
)


@dataclass(frozen=True, slots=True)
class Ready:
    pass


@dataclass(frozen=True, slots=True)
class Started:
    run: int
    pid: int


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    kills: int


@dataclass(frozen=True, slots=True)
class Ended:
    """One of `code` and `signal`."""

    run: int
    code: int | None
    signal: int | None


@dataclass(frozen=True, slots=True)
class Swept:
    run: int


Message = Ready | Started | OutOfMemory | Ended | Swept


def run(number: int, command: Sequence[str], environ: Mapping[str, str], folder: str, output: str) -> bytes:
    """Start the runtime: `command` in `folder`, with `environ` beside the image's own variables. It writes to `output`,
    a path in the container or `OWN_OUTPUT`."""
    simple = {name: value for name, value in environ.items() if _can_be_exported(name)}
    words = [quoted(word) for word in command]
    odd = [quoted(f"{name}={value}") for name, value in environ.items() if name not in simple]
    if odd:
        words = ["env", *odd, *words]
    exports = "".join(f"export {name}={quoted(value)}\n" for name, value in simple.items())
    write = f">{output} 2>{output}" if output == OWN_OUTPUT else f">>{quoted(output)} 2>&1"
    # What Docker and `cd` set is not there on AWS.
    text = (
        f"( (\ncd {quoted(folder)} || exit 126\nunset HOSTNAME OLDPWD\n{exports}exec {' '.join(words)}\n"
        f") </dev/null {write} {TELEMETRY_FD}>&1 4>&- 5<&- 6>&- & "
        f'echo "started {number} $!" >&4; wait $!; code=$?; ({_COUNT_OOM}) >&4; echo "exit {number} $code" >&4 ) &\n'
    )
    return _bytes(text)


def watch(number: int, pid: int) -> bytes:
    """Who watched the runtime was killed from inside, the runtime perhaps not. How it ends nobody can tell then: as if
    it was killed."""
    text = f"while kill -0 {pid} && sleep 0.1; do :; done; {_COUNT_OOM}; echo exit {number} 137"
    return f"( {text} ) >&4 &\n".encode()


def sweep(number: int) -> bytes:
    """Kill everything in the container but the warden; the kernel spares the one that says so, and process 1."""
    return f'kill -9 -1; wait; echo "swept {number}" >&4\n'.encode()


def terminate(pid: int) -> bytes:
    return f"kill -15 {pid}\n".encode()


def quoted(word: str) -> str:
    """As one word of a shell's command, whatever is in it. A NUL cannot be in it; what follows it is lost, as in C."""
    return "'" + word.partition("\0")[0].replace("'", "'\\''") + "'"


def message(line: str) -> Message | None:
    """What the warden said; None for what is none of its words."""
    match line.split():
        case ["ready"]:
            return Ready()
        case ["started", run, pid] if run.isdecimal() and pid.isdecimal():
            return Started(int(run), int(pid))
        case ["out-of-memory", kills] if kills.isdecimal():
            return OutOfMemory(int(kills))
        case ["exit", run, code] if run.isdecimal() and code.isdecimal():
            return ended(int(run), int(code))
        case ["swept", run] if run.isdecimal():
            return Swept(int(run))
    return None


def ended(run: int, status: int) -> Ended:
    """From a status as shells and the engine count: above 128 it is a signal."""
    return Ended(run, None, status - 128) if status in _SIGNALS else Ended(run, status, None)


def _bytes(text: str) -> bytes:
    """What came from the system as it was, and half a character of a JSON escape in three bytes of its own."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _can_be_exported(name: str) -> bool:
    return _IDENTIFIER.fullmatch(name) is not None and name not in _THE_SHELLS_OWN
