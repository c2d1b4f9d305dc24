"""The agreements about how the code is laid out, as tests: who imports whom, what is pure, one test file per module.

They read the source with `ast` and run nothing of it. When one fails, move the code; change a table here only for a
reason that can be said in its row.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "localstack_lite"
NAME = "localstack_lite"

BASE = ("model", "ports", "errors", "wire.messages")
SIBLINGS = frozenset(
    {"builds", "config", "gateway", "lambdas", "events", "sandbox", "watch", "sync", "observe", "console"},
)
LONGEST = 400

IO_MODULES: dict[str, str] = {
    "__main__": "the process",
    "app.application": "the served project; the event loop",
    "app.beside": "a stage beside the server: threads",
    "app.certificates": "makes and keeps certificates",
    "app.cloud": "a stage: who asks, and when",
    "app.credentials": "reads the names of profiles",
    "app.doctor": "looks what this machine has: ports, programs, files",
    "app.doors": "binds the ports",
    "app.engine_builds": "a Docker engine, asked for on several threads",
    "app.missing": "looks at the project's folder when a module is missing",
    "app.here": "reads and packages the project, on threads",
    "app.control": "opens a browser, on a thread; the wall clock",
    "app.keyboard": "reads keys from the terminal",
    "app.known_secrets": "asks boto3 for a profile's keys",
    "app.machine": "looks what there is to run on",
    "app.preparation": "waits for builds, on threads",
    "app.staged": "waits for the cloud, on threads",
    "app.neighbour": "asks the console of a devserve that may be there",
    "app.terminal": "the event loop, the environment",
    "app.run": "signals, the event loop, the environment",
    "app.watching": "signals, the event loop",
    "python_homes": "looks which Python environments a project has",
    "system": "the clock and randomness themselves",
    "shipped": "finds the folders that ship with the package",
    "builds.adapter_content": "reads the adapters that ship with devserve",
    "builds.builder": "makes folders; the package's story",
    "builds.contents": "looks what a package is made of; builds and installs it",
    "builds.doctor.reading": "reads the files that rules are about",
    "builds.doctor.settings_files": "reads settings",
    "builds.listing": "lists folders",
    "builds.making": "runs esbuild, make and compilers",
    "builds.npm_packages": "installs packages of Node functions",
    "builds.once": "threads wait for each other",
    "builds.outputs": "remembers what builds made",
    "builds.overlay": "writes what goes over the code of a package",
    "builds.packager": "makes packages; the story of a push's contents",
    "builds.packing": "reads folders, writes zips, on threads",
    "builds.stock": "the folder of packages",
    "builds.zappa_content": "reads the installed Zappa",
    "builds.zips": "writes zips",
    "builds.dependencies": "installs packages",
    "builds.published": "asks AWS for layers",
    "builds.python_install": "runs pip and uv",
    "builds.requirements": "reads the lists",
    "builds.source_build": "builds wheels",
    "builds.target_packages": "looks what compiled modules there are",
    "builds.tidy": "rewrites installed files",
    "builds.tool": "starts other people's programs",
    "builds.tree": "moves and copies files",
    "builds.turn": "locks a file",
    "config.app_project": "looks which modules there are and reads them",
    "config.blueprints": "reads the project for CloudFormation; the package's second story",
    "config.cache": "the files of the cache",
    "config.cdk.output": "opens a CDK app's output",
    "config.cdk.homes": "compares folders, byte for byte",
    "config.chalice.project": "reads the modules of a Chalice app and its settings",
    "config.code": "looks which code is there",
    "config.find": "looks which project files are there",
    "config.lookup": "asks Parameter Store and Secrets Manager",
    "config.read": "reads them; the package's story",
    "config.sam": "calls AWS's translator",
    "config.serverless.files": "reads serverless.yml and what it includes; another text for every run",
    "config.serverless.project": "looks which sources are there",
    "config.sources": "looks for the project and reads what is beside it",
    "config.stages": "looks which stage files are there",
    "config.state": "makes the folder for local state",
    "config.template_files": "reads templates and what they include and nest",
    "config.survey": "looks at the files of layers",
    "config.unpack": "unpacks zips and inline code",
    "console.serve": "reads the pages that it serves",
    "events.async_invocations": "runs events: the event loop",
    "events.deliveries": "waits for what is sent: the event loop",
    "events.event_queue": "the file of the queue: SQLite, and a thread that tidies it",
    "events.kept_queue": "opens the queue's file when it is needed",
    "events.queue_files": "looks which queues there are and locks its own",
    "events.sender": "boto3, on threads",
    "gateway.integrations.aws_address": "botocore: where services are, signatures",
    "gateway.integrations.network": "sends requests: urllib3",
    "gateway.integrations.outside": "threads that send requests",
    "gateway.serve": "drives the exchange; waits with a timeout",
    "gateway.sockets.desk": "drives WebSockets: tasks and timers",
    "gateway.static_folder": "reads the files of the static folder",
    "lambdas.environments.answer_stream": "an answer while the function writes it: waits for its pieces",
    "lambdas.api.code_facts": "sizes and hashes of code folders",
    "lambdas.shelf": "the file of published versions and the copies of code",
    "lambdas.snapshot": "copies folders",
    "lambdas.service": "the package's shell: event loop and timers",
    "lambdas.spare": "asks how busy the processors are",
    "lambdas.waiting": "the futures of callers",
    "lambdas.extensions.telemetry_sender": "telemetry on its way out: sockets",
    "observe.outlet": "writes to pipes and terminals without waiting for their readers",
    "observe.push_terminal": "writes to the terminal, from several threads",
    "observe.terminal": "writes to the terminal, in batches",
    "sandbox.accompanied": "several child processes; the event loop",
    "sandbox.attach_line": "a container's attach connection and the thread that reads it",
    "sandbox.build_container": "the engine's calls for a build",
    "sandbox.bootstrap": "looks at the program that is a custom runtime",
    "sandbox.census": "reads /proc",
    "sandbox.cgroup": "reads /proc and the control groups",
    "sandbox.child": "one child process and its pipes",
    "sandbox.container_cell": "one container: its connection, its log, the engine's calls for it",
    "sandbox.container_plan": "looks which folders of a function are there",
    "sandbox.container_runtime": "one start in a container; timers",
    "sandbox.container_terminal": "a command in a container: the engine's calls, signals",
    "sandbox.debugpy_folder": "looks where debugpy is and which port is free",
    "sandbox.docker": "the Docker sandbox",
    "sandbox.engine": "the connection to a Docker engine",
    "sandbox.extensions": "looks which extensions are there",
    "sandbox.folder_copy": "sends a folder to an engine elsewhere",
    "sandbox.guard": "starts the guardian",
    "sandbox.guardian": "a process of its own",
    "sandbox.housing": "makes the hosts file of processes",
    "sandbox.image_build": "builds images: reads Dockerfiles, calls the engine or buildx",
    "sandbox.image_fetch": "a thread for each image that is got",
    "sandbox.images": "looks for images and fetches them",
    "sandbox.confining": "tries what the kernel allows",
    "sandbox.launcher": "a process of its own",
    "sandbox.interpreter": "looks which interpreters are there",
    "sandbox.local_terminal": "devserve's own standard streams",
    "sandbox.log_fifo": "a FIFO that containers write to",
    "sandbox.node": "looks which Node.js are there",
    "sandbox.not_started": "posts an error to the Runtime API",
    "sandbox.ping": "asks whether a Docker engine answers: sockets, and the docker command's files",
    "sandbox.process": "the process sandbox",
    "sandbox.reaper": "a process of its own",
    "sandbox.reaping": "starts the reaper",
    "sandbox.stragglers": "a look at all processes, on another thread",
    "sandbox.terminal": "a command on devserve's terminal: a process, signals",
    "sandbox.workers": "threads",
    "sandbox.yard": "all containers of a run: made and removed",
    "sync.cloud_functions": "invokes functions in the cloud",
    "sync.tail": "asks CloudWatch for logs, again and again",
    "sync.carrying": "stops between two steps: an event of threads",
    "sync.execution": "does steps on threads",
    "sync.journal": "the files of `.devserve/stages`",
    "sync.lock": "locks a file",
    "sync.preparing": "a thread that builds while AWS is asked",
    "sync.push": "stopped from other threads; the package's story",
    "sync.pusher": "a thread that pushes",
    "sync.aws": "reads a stage: boto3, threads",
    "sync.bucket": "S3, and the files that are uploaded",
    "sync.calls": "one call to AWS: waits, is counted, made again",
    "sync.registry": "the Docker engine and ECR",
    "sync.session": "boto3's clients; pauses",
    "sync.writer": "writes to a stage, from several threads",
    "sync.rolling_back": "an event of threads, which nobody sets",
    "watch.inotify": "the kernel's file events",
    "watch.native": "watchdog's file events",
    "watch.poll": "file events by looking again and again",
    "watch.source": "lists folders",
    "watch.watcher": "joins them; the package's shell",
    "wire.debug_relay": "the addresses that editors attach to: sockets",
    "wire.people": "the listener for people: uvicorn",
    "wire.relay": "sockets",
    "wire.people_protocol": "one connection of that listener",
    "wire.socket_protocol": "one WebSocket of that listener",
    "wire.runtime_listener": "the listener for runtimes: sockets",
}
"""The shells: the only modules that may touch sockets, files, threads, processes, clocks, randomness, environment."""

IO_PACKAGES = {"cli": "one command per module; reads arguments and writes to the terminal"}

OUTSIDE = frozenset(
    [
        "asyncio",
        "socket",
        "select",
        "selectors",
        "threading",
        "concurrent",
        "multiprocessing",
        "queue",
        "time",
        "random",
        "secrets",
        "uuid",
        "subprocess",
        "os",
        "shutil",
        "tempfile",
        "ctypes",
        "fcntl",
        "sqlite3",
        "ssl",
        "http",
        "urllib.request",
        "sys.stdin",
        "boto3",
        "botocore",
        "docker",
        "watchdog",
        "uvicorn",
        "uvloop",
        "psutil",
        "samtranslator",
    ]
)
HARMLESS = frozenset({"http.HTTPStatus", "time.gmtime", "time.strftime", "botocore.auth"})
"""Parts of those modules that only compute."""

FILE_CALLS = frozenset(
    [
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "mkdir",
        "rmdir",
        "unlink",
        "iterdir",
        "rglob",
        "touch",
        "is_file",
        "is_dir",
        "symlink_to",
        "chmod",
    ]
)
CLOCK_CALLS = frozenset({"now", "utcnow", "today"})

FIELDS_ONLY = "fields or protocols without a rule; what uses them is tested"

NO_TEST_OF_THEIR_OWN: dict[str, str] = {
    "gateway.integrations.aws_address": "tests/live/test_outside.py: the second half",
    "gateway.integrations.network": "tests/live/test_outside.py: the first half",
    "gateway.caller": "a value; tests/gateway/guards/test_lambda_authorizer.py and test_iam_authorizer.py make them",
    "gateway.denial": "a value; tests/gateway/test_refusals.py words them",
    "gateway.settings": "a value; tests/gateway/test_serve.py",
    "gateway.steps": "values; tests/gateway/test_exchange.py and test_serve.py",
    "model.authorizer": "values; tests/config/test_authorizers.py reads them",
    "model.difference": "a value; tests/gateway/test_differences.py",
    "model.gateway_response": "values; tests/gateway/test_refusals.py",
    "model.integration": "values; tests/gateway/integrations/test_templated.py and tests/config/test_integrations.py",
    "model.outgoing": "values; tests/live/test_outside.py",
    "model.usage": "values; tests/gateway/controls/test_usage.py",
    "model.validation": "a value; tests/gateway/controls/test_validator.py",
    "gateway.sockets.moment": "values; tests/gateway/sockets/test_websocket.py makes them",
    "model.socket": FIELDS_ONLY,
    "model.unread_request": FIELDS_ONLY,
    "model.websocket": "a value; tests/gateway/sockets/test_desk.py",
    "sandbox.scripted_exchange": "tests/sandbox/test_scripted.py",
    "sandbox.scripted_extension": "tests/sandbox/test_scripted.py and tests/lambdas/environments/test_onlookers.py",
    "sandbox.scripted_steps": "values; tests/sandbox/test_scripted.py follows them",
    "lambdas.environments.sandbox_ear": "tests/lambdas/environments/test_slot.py: an old sandbox is not heard",
    "__main__": "two lines; every live test starts it",
    "app.application": "the whole of tests/live and tests/scenarios",
    "builds.contents": "tests/builds/test_packager.py: every story there",
    "builds.foreign_build": "tests/builds/test_making.py",
    "app.beside": "tests/live/test_run_in_stage.py and tests/live/test_sync_watch.py",
    "app.cloud": "tests/live/test_sync.py and test_sync_verbs.py",
    "app.packaging": "tests/live/test_sync.py, test_sync_builds.py and test_reproducible_zips.py",
    "app.engine_builds": "tests/live/test_sync_images.py and test_build_container.py",
    "app.watching": "tests/live/test_sync_watch.py",
    "app.control": "tests/live/test_keys.py",
    "app.keyboard": "tests/live/test_keys.py",
    "app.crash": "tests/live/test_misbehaving.py and tests/scenarios",
    "app.fitting": "tests/scenarios and tests/live/test_serve_options.py",
    "app.doors": "tests/live/test_command_line.py",
    "app.lambda_side": "tests/scenarios/test_lambda_side.py",
    "app.preparation": "tests/scenarios/test_preparation.py",
    "app.terminal": "tests/live/test_manage.py",
    "app.run": "the whole of tests/live",
    "cli.delete": "tests/cli/test_stage_verbs.py and tests/live/test_sync_verbs.py",
    "cli.rollback": "tests/cli/test_stage_verbs.py and tests/live/test_sync_verbs.py",
    "cli.status": "tests/cli/test_stage_verbs.py and tests/live/test_sync_verbs.py",
    "cli.sync": "tests/cli/test_stage_verbs.py and tests/live/test_sync.py",
    "errors": FIELDS_ONLY,
    "ports": FIELDS_ONLY,
    "model.alias": FIELDS_ONLY,
    "model.change": FIELDS_ONLY,
    "model.environment_facts": FIELDS_ONLY,
    "model.facts": FIELDS_ONLY,
    "model.initialization": FIELDS_ONLY,
    "model.pending_event": FIELDS_ONLY,
    "model.push_facts": FIELDS_ONLY,
    "model.response_stream": FIELDS_ONLY,
    "model.stage": FIELDS_ONLY,
    "sync.doors": FIELDS_ONLY,
    "sync.local": FIELDS_ONLY,
    "sync.site": FIELDS_ONLY,
    "sync.metrics": "tests/live/test_metrics.py",
    "sync.manifest": FIELDS_ONLY,
    "sync.release": FIELDS_ONLY,
    "sync.remote": FIELDS_ONLY,
    "sync.steps": FIELDS_ONLY,
    "sync.api_calls": "tests/live/test_sync_aws.py",
    "sync.aws": "tests/live/test_sync_aws.py",
    "sync.bucket": "tests/live/test_sync_aws.py",
    "sync.calls": "tests/live/test_sync_aws.py",
    "sync.function_calls": "tests/live/test_sync_aws.py",
    "sync.session": "tests/live/test_sync_aws.py",
    "sync.stack": "tests/live/test_sync_aws.py",
    "sync.writer": "tests/live/test_sync_aws.py",
    "events.deliveries": "tests/events/test_async_invocations.py: destinations out of reach, functions of the project",
    "events.kept_queue": "tests/events/test_async_invocations.py: a full disk",
    "events.moves": "tests/events/test_async_invocations.py: every story there",
    "events.queued": FIELDS_ONLY,
    "model.invocation": FIELDS_ONLY,
    "model.options": FIELDS_ONLY,
    "model.trigger": FIELDS_ONLY,
    "lambdas.api.account": "tests/lambdas/api/test_versions_api.py, test_aliases_api.py and test_layers_api.py",
    "lambdas.environments.actions": FIELDS_ONLY,
    "lambdas.environments.events": FIELDS_ONLY,
    "sandbox.accompanied": "tests/live/test_extension_processes.py",
    "sandbox.confining": "tests/live/test_strict_fs.py",
    "sandbox.housing": "tests/live/test_extension_processes.py",
    "sandbox.stragglers": "tests/live/test_child.py: daemons of a frozen process",
    "sandbox.launcher": "tests/live/test_strict_fs.py",
    "sandbox.container_terminal": "tests/live/test_manage.py: in a container",
    "sandbox.terminal": "tests/live/test_manage.py",
    "cli.manage_stage": "tests/live/test_manage_stage.py",
    "cli.stage_calls": "tests/live/test_manage_stage.py",
    "sandbox.reaping": "tests/live/test_reaper.py",
    "sandbox.yard": "tests/live/test_docker_sandbox.py: every story there",
    "sandbox.docker": "tests/live/test_docker_sandbox.py: every story there",
    "sandbox.bare_cell": "tests/live/test_docker_sandbox.py: an image without a shell",
}
"""Modules without tests/PACKAGE/test_MODULE.py (shells may have tests/live/test_MODULE.py), and what proves them."""


@cache
def modules() -> dict[str, Path]:
    """All modules by dotted name below the package; a package's `__init__` is named as the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] == "runtimes":
            continue
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(modules()[name].read_text(encoding="utf-8"))


def of_every_module(check: Callable[[str], None]) -> Callable[[], None]:
    """A test of one module, made into one test that tells about all of them."""

    def test() -> None:
        wrong = []
        for name in modules():
            try:
                check(name)
            except AssertionError as error:
                wrong.append(f"{name or NAME}: {str(error).splitlines()[0]}")
        assert not wrong, "\n".join(wrong)

    test.__name__ = check.__name__
    test.__doc__ = check.__doc__
    return test


@cache
def nodes(name: str) -> tuple[ast.AST, ...]:
    """Everything in a module, walked through once."""
    return tuple(ast.walk(tree(name)))


@cache
def for_type_checkers(name: str) -> frozenset[int]:
    """The ids of what is below an `if TYPE_CHECKING`."""
    return frozenset(
        id(inner)
        for node in nodes(name)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    )


@cache
def imports(name: str, *, at_top: bool = False) -> tuple[str, ...]:
    """Dotted names that a module imports, `from a import b` as `a.b`; not those for the type checker only."""
    typing_only = for_type_checkers(name)
    found: list[str] = []
    for node in tree(name).body if at_top else nodes(name):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import in line {node.lineno}"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(found)


def own_imports(name: str) -> Iterator[str]:
    """What a module imports from our own package, below the package's name."""
    for imported in imports(name):
        if imported == NAME or imported.startswith(f"{NAME}."):
            yield imported.removeprefix(NAME).removeprefix(".")


def is_base(name: str) -> bool:
    return any(name == base or name.startswith(f"{base}.") for base in BASE)


@of_every_module
def test_siblings_never_import_siblings(name: str) -> None:
    package = name.partition(".")[0]
    if package not in SIBLINGS:
        return
    for imported in own_imports(name):
        assert imported.partition(".")[0] not in SIBLINGS - {package}, f"imports {imported}"


@of_every_module
def test_the_base_imports_only_the_base(name: str) -> None:
    if is_base(name):
        assert [imported for imported in own_imports(name) if not is_base(imported)] == []


@of_every_module
def test_only_app_joins_the_siblings_and_only_cli_imports_app(name: str) -> None:
    package = name.partition(".")[0]
    imported = set(own_imports(name))
    if any(each == "app" or each.startswith("app.") for each in imported):
        assert package in ("cli", "__main__", "app"), "imports app"
    joined = {each.partition(".")[0] for each in imported} & (SIBLINGS - {package})
    if joined and package not in ("app", "cli"):
        raise AssertionError(f"joins {sorted(joined)}: that is app's work")


@cache
def reaches_outside(name: str) -> tuple[str, ...]:
    """Each place where a module leaves the world of values."""
    found = []
    for imported in imports(name):
        if imported in HARMLESS or any(imported.startswith(f"{each}.") for each in HARMLESS):
            continue
        if any(imported == each or imported.startswith(f"{each}.") for each in OUTSIDE):
            found.append(f"imports {imported}")
    for node in nodes(name):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in ("open", "input"):
            found.append(f"line {node.lineno}: {node.func.id}()")
        if isinstance(node.func, ast.Attribute) and node.func.attr in FILE_CALLS | CLOCK_CALLS:
            owner = ast.unparse(node.func.value)
            if node.func.attr in FILE_CALLS:
                found.append(f"line {node.lineno}: {owner}.{node.func.attr}()")
            if node.func.attr in CLOCK_CALLS and owner.rpartition(".")[2] in ("datetime", "date"):
                found.append(f"line {node.lineno}: {owner}.{node.func.attr}()")
    return tuple(found)


@of_every_module
def test_everything_but_the_shells_is_pure(name: str) -> None:
    if _is_shell(name):
        return
    found = reaches_outside(name)
    assert not found, f"is not listed as a shell, but {', '.join(found)}"


def test_every_shell_of_the_table_exists_and_is_one() -> None:
    assert sorted(IO_MODULES.keys() - modules().keys()) == []
    pure = [name for name in IO_MODULES if not reaches_outside(name)]
    assert [name for name in pure if name not in ("__main__",)] == []


@of_every_module
def test_heavy_libraries_are_imported_where_they_are_used(name: str) -> None:
    heavy = {"boto3", "botocore", "docker", "samtranslator", "rich", "watchdog"}
    assert [each for each in imports(name, at_top=True) if each.partition(".")[0] in heavy] == []


@of_every_module
def test_every_module_says_what_it_is_for(name: str) -> None:
    path = modules()[name]
    if path.name == "__init__.py" and not path.read_text(encoding="utf-8").strip():
        return
    assert ast.get_docstring(tree(name)), "no docstring"


@of_every_module
def test_no_module_is_longer_than_a_person_reads(name: str) -> None:
    lines = len(modules()[name].read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{lines} lines"


@of_every_module
def test_every_module_has_its_test_file(name: str) -> None:
    path = modules()[name]
    if path.name == "__init__.py" or name in NO_TEST_OF_THEIR_OWN:
        return
    relative = path.relative_to(PACKAGE)
    mirror = ROOT / "tests" / relative.parent / f"test_{relative.name}"
    alive = ROOT / "tests" / "live" / f"test_{relative.name}"
    found = mirror.exists() or (_is_shell(name) and alive.exists())
    assert found, f"{mirror.relative_to(ROOT)} is missing"


def _is_shell(name: str) -> bool:
    return name in IO_MODULES or name.partition(".")[0] in IO_PACKAGES


def test_every_exception_is_still_needed() -> None:
    assert sorted(NO_TEST_OF_THEIR_OWN.keys() - modules().keys()) == []
    assert sorted(IO_PACKAGES.keys() - {name.partition(".")[0] for name in modules()}) == []


VAGUE = ("Manager", "Helper", "Utils", "Util", "Base")


@of_every_module
def test_names_say_what_a_thing_is(name: str) -> None:
    classes = [node.name for node in nodes(name) if isinstance(node, ast.ClassDef)]
    assert [each for each in classes if each.endswith(VAGUE) or each.startswith("Base")] == []


def source_files() -> list[Path]:
    kept = ("localstack_lite", "runtimes", "sample_events", "tests", "docs", ".ci")
    files = [path for folder in kept for path in (ROOT / folder).rglob("*") if path.is_file()]
    files += [path for path in ROOT.iterdir() if path.is_file()]
    return [path for path in files if path.suffix not in (".pyc", ".png") and "__pycache__" not in path.parts]


def test_nothing_names_the_folder_that_only_its_authors_have() -> None:
    outside = ".." + "/shared"
    absolute = "/work" + "/shared"
    naming = []
    for path in source_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        if outside in text or absolute in text:
            naming.append(str(path.relative_to(ROOT)))
    assert naming == []


PATCHES = ("mock.patch", "MagicMock", "monkeypatch.setattr", "unittest.mock")


def test_no_test_patches_what_it_tests() -> None:
    patching = []
    for path in (ROOT / "tests").rglob("*.py"):
        if path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        patching += [f"{path.relative_to(ROOT)}: {word}" for word in PATCHES if word in text]
    assert patching == []


def test_only_the_deadline_sleeps() -> None:
    """A test that sleeps is slow or flaky: handlers under test may, and the poll with a deadline does."""
    sleeping = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if "sleep" not in text:  # parsing them all takes seconds
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "time.sleep":
                sleeping.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert sleeping == []
