"""What a person reads while the server runs: which lines, in which order.

Facts come in batches. A gateway request is one line, printed when it is answered, and what the function wrote stands
below it. What has no request of its own (an invocation through the Invoke API, the start of an environment) is
printed as soon as it is clear that no request follows. A function that is at it for long shows its lines meanwhile.
More requests in one batch than anybody reads become one line per route. Time is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from math import inf

from localstack_lite.model import platform_log
from localstack_lite.model.adapter import AppKind
from localstack_lite.model.environment_facts import EnvironmentStopped, InitEnded, InitStarted
from localstack_lite.model.facts import (
    DebuggerWaits,
    Fact,
    InvocationEnded,
    InvocationRefused,
    InvocationStarted,
    InvocationWaits,
    LogWritten,
    ProblemFound,
    ProjectRejected,
    Ready,
    Reloaded,
    RequestAnswered,
)
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Status
from localstack_lite.model.push_facts import CloudLog, Pushed, StageFound, StepMoved
from localstack_lite.observe import banner, debug_lines, failure, launch, lines, listening, missing, notices
from localstack_lite.observe.ahead import Ahead
from localstack_lite.observe.difference_lines import DifferenceLines
from localstack_lite.observe.palette import Palette
from localstack_lite.observe.push_lines import compact
from localstack_lite.observe.running import Entry, Running

#: Requests in one batch above which they are counted instead of listed.
MANY = 40
#: Seconds to wait for the request that an ended invocation may belong to.
GRACE = 0.15
#: Seconds after which a running function's lines are shown before its answer.
LIVE = 1.0
INIT_FAILED = "initialisation failed: "
AGAIN = " (Lambda gives it 10 s, then starts it again within the timeout of the call)"
#: Of the paragraph about runtime updates that AWS logs with every failed initialisation.
AWS_ADVICE = "LAMBDA_WARNING: Unhandled exception."


class Transcript:
    """`clock` writes epoch seconds as local `HH:MM:SS`; `excerpt` reads the user's source for error messages; `advise`
    says what to do about a module that a function of this machine's Pythons did not find."""

    def __init__(
        self,
        paint: Palette,
        clock: Callable[[float], str],
        excerpt: failure.Excerpt,
        *,
        columns: int = 100,
        verbose: bool = False,
        quiet: bool = False,
        advise: missing.Advise = missing.unadvised,
    ) -> None:
        self._paint = paint
        self._clock = clock
        self._excerpt = excerpt
        self._columns = columns
        self._verbose = verbose
        self._quiet = quiet
        self._advise = advise
        self._contained = False
        self._names: dict[str, str] = {}
        self._path_width = 19
        self._environment_width = 9
        self._source_width = 8
        self._running: dict[str, Running] = {}
        self._late: dict[str, Running] = {}
        self._starting: dict[str, Running] = {}
        self._explained: set[str] = set()
        self._listening: set[str] = set()
        self._zappa: set[str] = set()
        self._ahead = Ahead()
        self._differences = DifferenceLines()

    @property
    def unfinished(self) -> bool:
        """Whether something waits to be printed that no further fact may announce."""
        return bool(self._running or self._starting)

    def render(self, facts: Iterable[Fact], now: float) -> list[str]:
        """The lines of a batch. `now` is epoch seconds, infinite when nothing will follow."""
        out: list[str] = []
        entries: list[Entry] = []
        for fact in facts:
            self._ahead.take(fact)
            if isinstance(fact, RequestAnswered):
                entries.append(self._answered(fact))
                continue
            said = self._happened(fact)
            if said:
                out += self._entries(entries)
                entries = []
                out += said
        entries += self._alone(now)
        ahead = self._ahead.told(self._names, self._clock, self._paint)
        return out + ([] if self._quiet else ahead) + self._entries(entries) + self._meanwhile(now)

    def _happened(self, fact: Fact) -> list[str]:
        """Keep a fact for its request's line, or the lines it is."""
        if isinstance(fact, notices.Notice):
            return notices.lines(fact, self._names, self._clock(fact.at), self._clock, self._paint)
        match fact:
            case InvocationStarted() | InitStarted() | LogWritten() | InitEnded() | InvocationEnded():
                return self._ran(fact)
            case InvocationRefused(request_id=request, function=function, at=at):
                self._running[request] = Running(function, "", at, refused=fact, over=at)
            case InvocationWaits(environment=environment, function=function):
                who = environment or self._names.get(function, function)
                return [f"{self._at(fact.at)} {who}: {fact.what}"]
            case DebuggerWaits(address=address):
                explain = address not in self._explained
                self._explained.add(address)
                return launch.lines(fact, self._at(fact.at), self._paint, explain=explain)
            case EnvironmentStopped(environment=environment, at=at):
                if environment in self._starting:
                    self._starting[environment].over = at
                if not self._verbose:
                    return []
                return [f"{self._at(fact.at)} {self._paint(f'{fact.environment} stopped: {fact.reason}', 'dim')}"]
            case Reloaded() if not self._quiet:
                return [lines.reloaded(fact, self._clock(fact.at), self._paint)]
            case ProjectRejected():
                return lines.rejected(fact, self._clock(fact.at), self._paint)
            case ProblemFound():
                return lines.problem(fact.problem, self._paint)
            case StageFound() | StepMoved() | Pushed() | CloudLog():
                return self._pushed(fact)
            case Ready(project=project):
                self._contained = fact.sandbox != "process"
                self._zappa = {it.logical_id for it in project.functions if _of_zappa(it)}
                self.learn({function.logical_id: function.name for function in project.functions})
                return [fact.gateway] if self._quiet else banner.lines(fact, self._paint, self._columns)
        return []

    def _pushed(self, fact: StageFound | StepMoved | Pushed | CloudLog) -> list[str]:
        """A push to a stage, or its log, beside the server's own lines."""
        if self._quiet and not (isinstance(fact, Pushed) and not fact.ok):
            return []
        if isinstance(fact, CloudLog):
            self._source_width = min(max(self._source_width, len(fact.source)), 30)
        return compact(fact, self._clock(fact.at), self._source_width, self._paint)

    def learn(self, names: dict[str, str]) -> None:
        """Names of functions by logical id."""
        self._names.update(names)

    def _ran(self, fact: InvocationStarted | InitStarted | LogWritten | InitEnded | InvocationEnded) -> list[str]:
        late: list[str] = []
        match fact:
            case InitStarted(environment=environment):
                self._starting[environment] = Running(fact.function, environment, fact.at)
            case InvocationStarted(request_id=request, environment=environment):
                running = Running(fact.function, environment, fact.at)
                started = self._starting.pop(environment, None)
                if started is not None:
                    running.follow(started)
                self._running[request] = running
            case LogWritten():
                if listening.shows(fact.message):
                    self._listening.add(fact.environment)
                late = self._wrote(fact)
            case InitEnded(environment=environment, at=at) if environment in self._starting:
                self._starting[environment].over = at
                if fact.status != "success":
                    cause = f"{fact.error_type or fact.status}{AGAIN if fact.status == 'timeout' else ''}"
                    cause += listening.ADVICE if environment in self._listening and fact.status == "timeout" else ""
                    self._starting[environment].add(at, f"{INIT_FAILED}{cause}")
            case InvocationEnded(report=report, at=at):
                late = self._ended(fact, report.request_id, at)
        if self._verbose:
            late += self._platform(fact)
        return late

    def _ended(self, fact: InvocationEnded, request: str, at: float) -> list[str]:
        running = self._running.get(request)
        if running is not None:
            running.ended, running.over = fact, at
            return []
        late = self._late.pop(request, None)
        if late is None:
            return []
        if late.over is not None:  # the answer was there before its extensions were done
            return self._debug(late, f"{fact.environment}: ") + (self._failure(fact) if fact.error else [])
        took = lines.duration(fact.report.duration_ms).strip()
        ending = "failed" if fact.error else "ended"
        out = self._debug(late, f"{fact.environment}: ")
        out += lines.logged(self._since(late, at), f"{fact.environment} {ending} after {took}", 1, self._paint)
        return out + (self._failure(fact) if fact.error else [])

    def _wrote(self, fact: LogWritten) -> list[str]:
        """Before the start of an invocation it belongs to the start of the environment; after the answer to the
        request nobody waits for any more, so it is shown now."""
        if AWS_ADVICE in fact.message and not self._verbose:
            return []
        late = self._late.get(fact.request_id)
        if late is not None:
            if self._quiet or late.debug.hold(fact.message):
                return []
            who = f"{fact.environment}: "
            said = who + debug_lines.fitted(fact.message, self._columns, debug_lines.START + len(who))
            return lines.logged(self._since(late, fact.at), said, 1, self._paint)
        running = self._running.get(fact.request_id) or self._starting.get(fact.environment)
        if running is None:
            running = self._starting[fact.environment] = Running(fact.function, fact.environment, fact.at)
        running.add(fact.at, fact.message)
        return []

    def _answered(self, fact: RequestAnswered) -> Entry:
        running = self._running.pop(fact.request_id, None)
        if running is not None and running.over is None:
            running.over = fact.at if fact.report is not None else None
            self._late[fact.request_id] = running.late()
        return Entry(fact, running)

    def _alone(self, now: float) -> list[Entry]:
        """Invocations that ended without a request: somebody called the Invoke API."""
        ready = [key for key, it in self._running.items() if it.over is not None and now - it.over > GRACE]
        return [Entry(None, self._running.pop(key)) for key in ready]

    def _meanwhile(self, now: float) -> list[str]:
        """Starts that no invocation followed, and the lines of what has been running for long."""
        out: list[str] = []
        for environment, started in list(self._starting.items()):
            if now - (started.over or started.started) > (GRACE if started.over else LIVE):
                if started.over:
                    del self._starting[environment]
                out += self._live(started, last=started.over is not None or now == inf)
        for running in self._running.values():
            if running.over is None and now - running.started > LIVE:
                out += self._live(running, last=now == inf)
        return out

    def _live(self, it: Running, *, last: bool) -> list[str]:
        shown, it.logs = it.logs, []
        said = [] if self._quiet else self._logs(it, shown, last=last)
        at = shown[0][0] if shown else it.started
        return [f"{self._at(at)} {it.environment}", *said] if said else []

    def _entries(self, entries: list[Entry]) -> list[str]:
        if self._quiet:
            entries = [entry for entry in entries if entry.broken]
        if len(entries) > MANY:
            return self._counted(entries)
        return [line for entry in entries for line in self._entry(entry)]

    def _entry(self, entry: Entry) -> list[str]:
        row = self._row(entry)
        self._path_width = min(max(self._path_width, len(row.path)), 40)
        self._environment_width = min(max(self._environment_width, len(row.environment)), 30)
        out = lines.row(row, self._paint, self._path_width, self._environment_width, self._columns)
        if entry.request is not None and entry.request.differences:
            out += self._differences.of(entry.request.differences, self._paint, row.note)
        running = entry.running
        if running is not None:
            ended = running.ended
            logs = running.logs
            if ended is not None and ended.error:
                told = (f"[ERROR] {failure.read(ended.error).type}", INIT_FAILED)
                logs = [log for log in logs if not log[1].startswith(told)]
            out += self._logs(running, logs)
            if ended is not None and ended.error:
                out += self._failure(ended)
        return out

    def _row(self, entry: Entry) -> lines.Row:
        request, running = entry.request, entry.running
        ended = running.ended if running else None
        report = (request.report if request else None) or (ended.report if ended else None)
        environment = (request.environment if request else "") or (running.environment if running else "")
        if request is not None:
            who = environment or self._names.get(request.function, request.function)
            cold = request.cold or bool(ended and ended.cold)
            said = lines.refusal(running.refused) if running and running.refused else request.note
            return lines.Row(
                self._clock(request.at),
                request.method,
                request.path,
                str(request.status),
                request.status,
                lines.duration(request.duration_ms),
                who,
                lines.note(said, report, cold),
                () if said else lines.figures(report),
                cold,
            )
        assert running is not None
        name = self._names.get(running.function, running.function)
        at = self._clock(running.over or running.started)
        if running.refused is not None:
            return lines.Row(
                at,
                "CALL",
                name,
                str(running.refused.status),
                running.refused.status,
                " " * 7,
                name,
                lines.refusal(running.refused),
            )
        assert ended is not None
        failed = bool(ended.error) or ended.report.status is not Status.SUCCESS
        word = "out" if ended.report.status is Status.TIMEOUT else "err" if failed else "ok"
        took = lines.duration(ended.report.duration_ms)
        said, bill = lines.note("", ended.report, ended.cold), lines.figures(ended.report)
        return lines.Row(at, "CALL", name, word, 500 if failed else 200, took, environment, said, bill, ended.cold)

    def _logs(self, it: Running, logs: list[tuple[float, str]], *, last: bool = True) -> list[str]:
        """`last`: the run prints no more, so what is not shown of it is told."""
        before, after = it.debug.fold(logs)
        out = self._messages(it, before) + (self._debug(it) if last else []) + self._messages(it, after)
        if it.unshown:
            out += lines.logged("", f"… and {it.unshown} more log lines", 1, self._paint)
            it.unshown = 0
        return out

    def _messages(self, it: Running, logs: list[tuple[float, str]]) -> list[str]:
        out: list[str] = []
        for message, same in groupby(logs, key=lambda log: log[1]):
            events = list(same)
            columns = self._columns - (len(f" (×{len(events)})") if len(events) > 1 else 0)
            said = debug_lines.fitted(debug_lines.bare(message), columns)
            out += lines.logged(self._since(it, events[0][0]), said, len(events), self._paint)
        return out

    def _debug(self, it: Running, who: str = "") -> list[str]:
        hint = debug_lines.ZAPPA if it.debug.held and it.function in self._zappa else ""
        if hint:
            self._zappa = set()  # once is enough
        return it.debug.tell(self._columns, self._paint, who=who, hint=hint)

    def _failure(self, ended: InvocationEnded) -> list[str]:
        it = failure.read(ended.error)
        module = missing.module_in(it.message) if it.type in failure.IMPORTS else ""
        hint = missing.LISTED.format(missing.package_of(module)) if module and self._contained else ""
        if module and not self._contained:
            hint = self._advise(ended.function, module)
        return lines.failed(it, ended.environment, self._excerpt, self._paint, hint)

    def _counted(self, entries: list[Entry]) -> list[str]:
        groups: dict[tuple[str, str, str], list[Entry]] = {}
        for entry in entries:
            request = entry.request
            key = (request.method, request.route, str(request.status)) if request else ("CALL", "", "")
            groups.setdefault(key, []).append(entry)
        out: list[str] = []
        for (method, route, status), same in groups.items():
            request = same[-1].request
            if request is None or len(same) == 1:
                out += [line for entry in same[-1:] for line in self._entry(entry)]
                if len(same) > 1:
                    out.append(f"{lines.INDENT}… and {len(same) - 1} more calls")
                continue
            slow = sorted(entry.request.duration_ms for entry in same if entry.request)[len(same) // 2]
            path = route.partition(" ")[2] or route or request.path.partition("?")[0]
            name = self._names.get(request.function, request.function)
            said = f"×{len(same)} requests, median {lines.duration(slow).strip()}"
            row = lines.Row(
                self._clock(request.at), method, path, status, request.status, lines.duration(slow), name, said
            )
            out += lines.row(row, self._paint, self._path_width, self._environment_width, self._columns)
            broken = next(
                (e.running.ended for e in same if e.running and e.running.ended and e.running.ended.error), None
            )
            if broken is not None:
                out += self._failure(broken)
        return out

    def _platform(self, fact: Fact) -> list[str]:
        if isinstance(fact, LogWritten):
            return []
        return [f"{lines.INDENT}{self._paint(text.rstrip(), 'dim')}" for text in platform_log.lines(fact)]

    def _at(self, at: float) -> str:
        return self._paint(self._clock(at), "dim")

    @staticmethod
    def _since(it: Running, at: float) -> str:
        return lines.relative(at - it.started)


def _of_zappa(function: Function) -> bool:
    return function.adapter is not None and function.adapter.kind is AppKind.ZAPPA
