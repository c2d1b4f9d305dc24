"""The language between devserve and the first process of a container, `runtimes/docker/warden.sh`.

devserve says shell commands, one text each; the warden answers in lines:

    ready               it listens (said again when everything in the container was killed from inside)
    started N PID       run N: the runtime's process, as the container counts
    out-of-memory N     so many processes of the container the kernel has killed so far for want of memory
    exit N CODE         run N: the runtime has ended, CODE as `$?` says it
    swept N             run N: everything else in the container is killed
    extension N NAME    run N: an external extension is started
    no-extension N NAME run N: one that cannot be started; `denied-extension N NAME` one whose file may not be run
    launched N          run N: those were all
    said K TEXT         a line of the K-th extension of this run; `said- K TEXT` a part of one that goes on
    gone N CODE NAME    run N: an extension has ended

A shell cannot tell a process that was killed by signal 9 from one that says `exit 137`: the signal is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Where the runtime writes to: the container's own output, or a file.
OWN_OUTPUT = "&6"
#: The runtime's third descriptor is its output once more; AWS's runtimes write framed records there.
TELEMETRY_FD = "3"
#: The variable that tells the runtime its number.
TELEMETRY = "_LAMBDA_TELEMETRY_LOG_FD"
END = b"exit 0\n"

#: Bytes of a line that are said at once: less than the kernel takes whole.
_PIECE = 3000
#: A shell needs some tenths of a second for so many.
_LOOKS = 100_000
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


@dataclass(frozen=True, slots=True)
class Extension:
    """`runs`: it is started; otherwise it cannot be, because its file may not be run (`denied`) or is no program."""

    run: int
    name: str
    runs: bool = True
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Launched:
    run: int


@dataclass(frozen=True, slots=True)
class Said:
    """`text` is a line with its newline, or a part of one."""

    number: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Gone:
    """An extension has ended. One of `code` and `signal`."""

    run: int
    name: str
    code: int | None
    signal: int | None


Message = Ready | Started | OutOfMemory | Ended | Swept | Extension | Launched | Said | Gone


def run(number: int, command: Sequence[str], environ: Mapping[str, str], folder: str, output: str) -> bytes:
    """Start the runtime: `command` in `folder`, with `environ` beside the image's own variables. It writes to `output`,
    a path in the container or `OWN_OUTPUT`."""
    exports, odd = _exported(environ)
    words = [*odd, *(quoted(word) for word in command)]
    write = f">{output} 2>{output}" if output == OWN_OUTPUT else f">>{quoted(output)} 2>&1"
    # What Docker and `cd` set is not there on AWS.
    text = (
        f"( (\ncd {quoted(folder)} || exit 126\nunset HOSTNAME OLDPWD\n{exports}exec {' '.join(words)}\n"
        f") </dev/null {write} {TELEMETRY_FD}>&1 4>&- 5<&- 6>&- & "
        f'echo "started {number} $!" >&4; wait $!; code=$?; ({_COUNT_OOM}) >&4; echo "exit {number} $code" >&4 ) &\n'
    )
    return _bytes(text)


def launch(number: int, folders: Sequence[str], environ: Mapping[str, str], without: Iterable[str]) -> bytes:
    """Start every file in `folders` as an extension, with `environ` beside the image's own variables but those named in
    `without`; a name that an earlier folder has is passed over. What they write comes line by line, each with the
    number of the extension, and their exit behind it: a line of its own that begins with a byte no text has. A line is
    said in pieces that reach the pipe whole, however many write there."""
    exports, odd = _exported(environ)
    files = " ".join(f"{quoted(folder)}/*" for folder in folders)
    earlier = " ".join(map(quoted, folders))
    start = " ".join(["exec", *odd, '"$dsv_f"'])
    text = (
        f"( dsv_n=0\nfor dsv_f in {files}; do\n"
        '[ -f "$dsv_f" ] || continue\ndsv_name="${dsv_f##*/}"\n'
        f'for dsv_d in {earlier}; do [ -f "$dsv_d/$dsv_name" ] && break; done\n'
        '[ "$dsv_d/$dsv_name" = "$dsv_f" ] || continue\n'
        'dsv_n=$((dsv_n+1)); dsv_head=; IFS= read -r dsv_head <"$dsv_f"\n'
        'case "$dsv_head" in "#!"*|?ELF*) ;; *) dsv_head=;; esac\n'
        'if [ ! -x "$dsv_f" ] || [ -z "$dsv_head" ]; then\n'
        'dsv_w=no; [ -x "$dsv_f" ] || dsv_w=denied\n'
        f'printf "$dsv_w-extension {number} %s\\n" "$dsv_name" >&4; continue\nfi\n'
        f'printf "extension {number} %s\\n" "$dsv_name" >&4\n'
        f"( (\ncd /\nunset HOSTNAME OLDPWD {' '.join(sorted(without))}\n{exports}{start}\n"
        ") </dev/null 2>&1 4>&- 5<&- 6>&- & wait $!; printf '\\n\\001%s\\n' $? ) | (\n"
        "LC_ALL=C; dsv_end=$(printf '\\001')\n"
        'while IFS= read -r dsv_l || [ -n "$dsv_l" ]; do\n'
        f'case "$dsv_l" in "$dsv_end"*) printf "gone {number} %s %s\\n" "${{dsv_l#?}}" "$dsv_name"; continue;; esac\n'
        f"while [ ${{#dsv_l}} -gt {_PIECE} ]; do\ndsv_p=$(printf '%.{_PIECE}s' \"$dsv_l\")\n"
        'printf "said- $dsv_n %s\\n" "$dsv_p"; dsv_l="${dsv_l#"$dsv_p"}"\ndone\n'
        'printf "said $dsv_n %s\\n" "$dsv_l"\ndone ) >&4 5<&- 6>&- &\n'
        f"done\necho launched {number} >&4 ) &\n"
    )
    return _bytes(text)


def watch(number: int, pid: int) -> bytes:
    """Who watched the runtime was killed from inside, the runtime perhaps not. How it ends nobody can tell then: as if
    it was killed."""
    text = f"while kill -0 {pid} && sleep 0.1; do :; done; {_COUNT_OOM}; echo exit {number} 137"
    return f"( {text} ) >&4 &\n".encode()


def sweep(number: int) -> bytes:
    """Kill everything in the container but the warden; the kernel spares the one that says so, and process 1.

    Who is killed may run a moment longer, and `wait` knows of the shell's own children only. So it looks until it sees
    nobody, but not for ever: what hangs in the kernel must not keep it from saying so."""
    gone = f"dsv_i=0; while [ $dsv_i -lt {_LOOKS} ] && kill -0 -1; do dsv_i=$((dsv_i+1)); done"
    return f'kill -9 -1; wait; {gone}; echo "swept {number}" >&4\n'.encode()


def terminate(pid: int) -> bytes:
    return f"kill -15 {pid}\n".encode()


def quoted(word: str) -> str:
    """As one word of a shell's command, whatever is in it. A NUL cannot be in it; what follows it is lost, as in C."""
    return "'" + word.partition("\0")[0].replace("'", "'\\''") + "'"


def message(line: str) -> Message | None:
    """What the warden said; None for what is none of its words."""
    word, _, rest = line.partition(" ")
    if word in ("said", "said-"):
        said, _, words = rest.partition(" ")
        text = words.encode("utf-8", "surrogateescape") + (b"\n" if word == "said" else b"")
        return Said(int(said), text) if said.isdecimal() else None
    if word in ("extension", "no-extension", "denied-extension", "gone"):
        return _of_extension(word, rest)
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
        case ["launched", run] if run.isdecimal():
            return Launched(int(run))
    return None


def _of_extension(word: str, rest: str) -> Message | None:
    run, _, name = rest.partition(" ")
    if not run.isdecimal() or not name:
        return None
    if word != "gone":
        return Extension(int(run), name, word == "extension", word.startswith("denied"))
    code, _, name = name.partition(" ")
    if not code.isdecimal():
        return None
    how = ended(int(run), int(code))
    return Gone(int(run), name, how.code, how.signal)


def ended(run: int, status: int) -> Ended:
    """From a status as shells and the engine count: above 128 it is a signal."""
    return Ended(run, None, status - 128) if status in _SIGNALS else Ended(run, status, None)


def _bytes(text: str) -> bytes:
    """What came from the system as it was, and half a character of a JSON escape in three bytes of its own."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _exported(environ: Mapping[str, str]) -> tuple[str, list[str]]:
    """Lines that export what the shell can, and words before a command for what it cannot."""
    simple = {name: value for name, value in environ.items() if _can_be_exported(name)}
    odd = [quoted(f"{name}={value}") for name, value in environ.items() if name not in simple]
    return "".join(f"export {name}={quoted(value)}\n" for name, value in simple.items()), ["env", *odd] if odd else []


def _can_be_exported(name: str) -> bool:
    return _IDENTIFIER.fullmatch(name) is not None and name not in _THE_SHELLS_OWN
