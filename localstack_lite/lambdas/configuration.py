"""A function as the Lambda API describes it: GetFunction, GetFunctionConfiguration and ListFunctions."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from localstack_lite.lambdas.code_facts import CodeFacts
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function, Image, LogFormat


def configuration(function: Function, arn: str, code: CodeFacts) -> dict[str, object]:
    """FunctionConfiguration. `arn` is the function's ARN as it was asked for. A function of a project that was read is
    always active; the revision changes whenever its values or its code do."""
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
        "Version": LATEST,
        "TracingConfig": {"Mode": function.tracing},
        "RevisionId": _revision(f"{function!r}{code!r}"),
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": function.package_type,
        "Architectures": [function.architecture],
        "EphemeralStorage": {"Size": function.ephemeral_storage},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": _logging(function),
    }
    if function.environment:
        described["Environment"] = {"Variables": dict(function.environment)}
    if function.layers:
        described["Layers"] = [{"Arn": layer.arn, "CodeSize": layer.size} for layer in function.layers]
    if function.image is not None:
        # A function that is an image has neither (AWS docs, GetFunctionConfiguration).
        del described["Runtime"], described["Handler"]
        if config := _image_config(function.image):
            described["ImageConfigResponse"] = {"ImageConfig": config}
    return described


def function_answer(
    function: Function, arn: str, code: CodeFacts, reserved: int | None, location: str
) -> dict[str, object]:
    """GetFunction. `location` stands for the presigned address of the package: where the code is on this machine."""
    place: dict[str, object] = {"RepositoryType": "S3", "Location": location}
    if function.image is not None:
        place = {"RepositoryType": "ECR", "ImageUri": function.image.uri, "ResolvedImageUri": function.image.uri}
    answer: dict[str, object] = {"Configuration": configuration(function, arn, code), "Code": place}
    if function.tags:
        answer["Tags"] = dict(function.tags)
    if reserved is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
    return answer


def timestamp(seconds: float) -> str:
    """`2026-11-21T22:00:00.000+0000`, the form of LastModified."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def _revision(text: str) -> str:
    """A UUID that is a function of the text."""
    digest = sha256(text.encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


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
