"""A function or a version of it as the Lambda API describes it: GetFunction, PublishVersion, ListFunctions and others.

No answer has `MasterArn`, which is of Lambda@Edge's replicas: recorded ones have none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from localstack_lite.lambdas.api.code_facts import CodeFacts
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Code, Function, Image, LogFormat

#: What lists do not say (AWS docs, "ListFunctions"; recorded).
_NOT_LISTED = ("State", "LastUpdateStatus")


def configuration(function: Function, arn: str, code: CodeFacts, revision: str = "") -> dict[str, object]:
    """FunctionConfiguration. `arn` is the function's ARN as it was asked for. A function of a project that was read is
    always active; the revision changes whenever its values or its code do, unless it is given."""
    described: dict[str, object] = {
        "FunctionName": function.name,
        "FunctionArn": arn,
        "Runtime": function.runtime,
        "Role": function.role,
        "Handler": function.handler,
        "CodeSize": code.size,
        "Description": function.description,
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "LastModified": timestamp(code.modified),
        "CodeSha256": code.sha256,
        "Version": function.version,
        "TracingConfig": {"Mode": function.tracing},
        "RevisionId": revision or revision_of(function, code),
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": function.package_type,
        "Architectures": [function.architecture],
        "EphemeralStorage": {"Size": function.ephemeral_storage},
        "SnapStart": _snap_start(function),
        "LoggingConfig": _logging(function),
    }
    if function.environment:
        described["Environment"] = {"Variables": dict(function.environment)}
    if function.layers:
        described["Layers"] = [{"Arn": layer.arn, "CodeSize": layer.size} for layer in function.layers]
    if function.dead_letter:
        described["DeadLetterConfig"] = {"TargetArn": function.dead_letter}
    if function.tenancy:
        described["TenancyConfig"] = {"TenantIsolationMode": "PER_TENANT"}
    if function.managed:
        managed = {"PerExecutionEnvironmentMaxConcurrency": function.max_concurrency}
        described["CapacityProviderConfig"] = {"LambdaManagedInstancesCapacityProviderConfig": managed}
    if function.image is not None:
        # A function that is an image has neither (AWS docs, GetFunctionConfiguration).
        del described["Runtime"], described["Handler"]
        if config := _image_config(function.image):
            described["ImageConfigResponse"] = {"ImageConfig": config}
    return described


def listing(function: Function, arn: str, code: CodeFacts, revision: str = "") -> dict[str, object]:
    """The same as lists have it."""
    whole = configuration(function, arn, code, revision)
    return {name: value for name, value in whole.items() if name not in _NOT_LISTED}


def function_answer(
    function: Function, arn: str, code: CodeFacts, reserved: int | None, location: str, revision: str = ""
) -> dict[str, object]:
    """GetFunction. `location` stands for the presigned address of the package: where the code is on this machine."""
    place: dict[str, object] = {"RepositoryType": "S3", "Location": location}
    if function.image is not None:
        place = {"RepositoryType": "ECR", "ImageUri": function.image.uri, "ResolvedImageUri": function.image.uri}
    answer: dict[str, object] = {"Configuration": configuration(function, arn, code, revision), "Code": place}
    if function.tags:
        answer["Tags"] = dict(function.tags)
    if reserved is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
    return answer


def timestamp(seconds: float) -> str:
    """`2026-11-21T22:00:00.000+0000`, the form of LastModified."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def revision_of(function: Function, code: CodeFacts, published: int = 0) -> str:
    """A UUID that is another whenever the function, its code or its last published version is (recorded: publishing
    changes the revision of `$LATEST`)."""
    digest = sha256(f"{function!r}{code!r}{published or ''}".encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def configured(function: Function) -> str:
    """A digest of what a version keeps of a function beside its code: another one makes another version. What belongs
    to the function as a whole, or to this machine, does not count."""
    kept = replace(
        function,
        version=LATEST,
        code=Code(Path()),
        aliases=(),
        provisioned=(),
        event_invokes=(),
        reserved_concurrency=None,
        recursive_loop="",
        tags={},
        where="",
        cold_starts=(),
    )
    return sha256(repr(kept).encode()).hexdigest()


def _snap_start(function: Function) -> dict[str, str]:
    if not function.snap_start:
        return {"ApplyOn": "None", "OptimizationStatus": "Off"}
    return {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off" if function.version == LATEST else "On"}


def _image_config(image: Image) -> dict[str, object]:
    config: dict[str, object] = {}
    if image.entry_point:
        config["EntryPoint"] = list(image.entry_point)
    if image.command:
        config["Command"] = list(image.command)
    if image.working_directory:
        config["WorkingDirectory"] = image.working_directory
    return config


def _logging(function: Function) -> dict[str, object]:
    config: dict[str, object] = {"LogFormat": str(function.logging.format), "LogGroup": function.log_group}
    if function.logging.format is LogFormat.JSON:
        config["ApplicationLogLevel"] = function.logging.application_level
        config["SystemLogLevel"] = function.logging.system_level
    return config
