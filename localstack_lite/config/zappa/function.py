"""A Zappa stage → its Lambda function, and what stands between Lambda and the app. Pure. Source: Zappa 0.63."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.config.declaration import MEMORY, STORAGE, TIMEOUT, within
from localstack_lite.config.layers import opt_of, published
from localstack_lite.config.managed_aliases import Managed
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.runtimes import check_runtime
from localstack_lite.config.zappa.keys import Given
from localstack_lite.config.zappa.names import function_name
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Code, Function, Layer

HANDLER = "handler.lambda_handler"
#: What is read instead of the file in S3, when it is there; in the project's folder.
REMOTE_ENV = ".devserve/remote_env.json"
#: The Zappa that the one which stands in for it is modelled on.
MODEL = "0.63.0"
_DEFAULTS = {"memory_size": 512, "timeout_seconds": 30}
_RANGES = {"memory_size": MEMORY, "timeout_seconds": TIMEOUT}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the settings do not say: `python` is the interpreter's version (`3.12`), `zappa` that of the installed
    Zappa (empty: none), `folder` has the modules that an execution environment imports."""

    root: Path
    python: str
    zappa: str
    folder: Path


def function_of(
    given: Given, project: str, module: Mapping[str, object], around: Surroundings, variables: Mapping[str, str]
) -> Function:
    """`module` is what the handler imports as its settings; `variables` were given beside the settings."""
    name = function_name(project, given.stage)
    layers = _layers(given, around.root / ".devserve")
    key = next((key for key in ("app_function", "django_settings", "lambda_handler") if given.text(key)), "")
    return Function(
        logical_id=name,
        name=name,
        runtime=_runtime(given, around.python),
        handler=given.text("lambda_handler", HANDLER),
        code=Code(around.root),
        memory=_figure(given, "memory_size"),
        timeout=_figure(given, "timeout_seconds"),
        environment={**given.table("aws_environment_variables"), **variables},
        reserved_concurrency=_concurrency(given),
        ephemeral_storage=_storage(given),
        architecture=_architecture(given),
        layers=layers,
        opt=opt_of(layers, around.root / ".devserve"),
        description=given.text("lambda_description", "Zappa Deployment"),
        role=given.text("role_arn"),
        tracing="Active" if given.yes("xray_tracing", False) else "PassThrough",
        tags=_tags(given),
        adapter=_adapter(given, module, around),
        dead_letter=given.text("dead_letter_arn"),
        snap_start=_restored(given),
        where=given.at(key) if key else given.at(),
    )


def _adapter(given: Given, module: Mapping[str, object], around: Surroundings) -> Adapter:
    django = given.text("django_settings")
    app = f"{module['APP_MODULE']}:{module['APP_FUNCTION']}" if "APP_MODULE" in module else django
    ours = {
        "DEVSERVE_SHIM": not around.zappa,
        "DEVSERVE_ZAPPA_VERSION": around.zappa,
        "DEVSERVE_REMOTE_ENV_FILE": REMOTE_ENV,
    }
    return Adapter(
        AppKind.ZAPPA,
        app,
        f"zappa {around.zappa}" if around.zappa else f"zappa shim, modelled on {MODEL}",
        (around.folder,),
        variables={"DEVSERVE_ZAPPA": json.dumps({**module, **ours}, default=str)},
        django_settings=django,
    )


def _runtime(given: Given, python: str) -> str:
    own = f"python{python}"
    runtime = given.text("runtime", own)
    try:
        remark = check_runtime(runtime)
    except Refusal as refusal:
        given.tell("runtime", f"stage {given.stage}: {refusal.what}; {own} is used", refusal.hint)
        return own
    if remark:
        given.tell("runtime", f"stage {given.stage}: {remark}")
    return runtime


def _figure(given: Given, key: str) -> int:
    figure = given.whole(key, _DEFAULTS[key])
    return _in_range(given, key, figure, _RANGES[key])


def _in_range(given: Given, key: str, figure: int, allowed: range) -> int:
    near = within(figure, allowed)
    if near != figure:
        what = f"stage {given.stage}: {key} is {figure}; AWS takes {allowed.start} to {allowed.stop - 1}"
        given.tell(key, what, f"{near} is used")
    return near


def _storage(given: Given) -> int:
    size = given.table("ephemeral_storage").get("Size")
    if "ephemeral_storage" not in given.values:
        return STORAGE.start
    if not isinstance(size, int) or isinstance(size, bool):
        given.tell("ephemeral_storage", f"stage {given.stage}: ephemeral_storage has no size", 'write {"Size": 512}')
        return STORAGE.start
    return _in_range(given, "ephemeral_storage", size, STORAGE)


def _concurrency(given: Given) -> int | None:
    figure = given.values.get("lambda_concurrency")
    return figure if isinstance(figure, int) and figure >= 0 else None


def _restored(given: Given) -> bool:
    return given.text("snap_start", "None") not in ("", "None")


def alias_of(given: Given) -> Managed | None:
    """The alias that Zappa 0.63 makes and every event calls; None when there is none."""
    executions = given.values.get("provisioned_concurrency")
    if _restored(given):
        return Managed("snapstart")
    if isinstance(executions, int) and not isinstance(executions, bool) and executions > 0:
        return Managed("provisioned-concurrency", executions)
    return None


def _architecture(given: Given) -> str:
    architecture = given.text("architecture", "x86_64")
    if architecture in ("x86_64", "arm64"):
        return architecture
    given.tell("architecture", f"stage {given.stage}: architecture is {architecture!r}", "x86_64 or arm64")
    return "x86_64"


def _layers(given: Given, state: Path) -> tuple[Layer, ...]:
    found = []
    for arn in given.listed("layers"):
        try:
            found.append(published(arn, state))
        except Refusal as refusal:
            given.tell("layers", f"stage {given.stage}: {refusal.what}; it runs without", refusal.hint, warning=False)
    return tuple(found)


def _tags(given: Given) -> dict[str, str]:
    return {str(key): str(value) for key, value in given.table("tags").items()}
