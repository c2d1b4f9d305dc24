"""Functions and layers of a service → `AWS::Lambda::Function`, their log groups and URLs. Pure.

Defaults and ids recorded with osls 3.77: 1024 MB, 6 seconds, `SERVICE-STAGE-NAME`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localstack_lite.config.managed_aliases import Managed
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.serverless.bundling import bundled
from localstack_lite.config.serverless.images import image_of
from localstack_lite.config.serverless.made import Made, Values, arn_of, as_list, as_mapping
from localstack_lite.config.serverless.names import function_id, layer_id, log_group_id, normalized
from localstack_lite.config.serverless.service import Service
from localstack_lite.config.yaml_cfn import KeyPath

ROLE = "IamRoleLambdaExecution"
RUNTIME, MEMORY, TIMEOUT = "nodejs20.x", 1024, 6
#: The layer that serverless-python-requirements makes; packages are found without it here.
_REQUIREMENTS = {"Ref": "PythonRequirementsLambdaLayer"}
#: Headers that a function URL's `cors: true` allows.
_HEADERS = ["Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token", "X-Amzn-Trace-Id"]
_KEYS = frozenset(
    {
        *("handler", "image", "runtime", "name", "description", "memorySize", "timeout", "environment", "events"),
        *("layers", "reservedConcurrency", "provisionedConcurrency", "ephemeralStorageSize", "architecture", "url"),
        *("package", "role", "vpc", "tags", "tracing", "onError", "kmsKeyArn", "fileSystemConfig", "condition"),
        *("dependsOn", "awsKmsKeyArn", "destinations", "maximumEventAge", "maximumRetryAttempts", "disableLogs"),
        *("logRetentionInDays", "logDataProtectionPolicy", "versionFunction", "snapStart", "runtimeManagement", "logs"),
        *("module", "warmup", "iamRoleStatements", "iamRoleStatementsName", "iamRoleStatementsInherit", "alarms"),
        *("tenancy", "concurrency", "deploymentSettings", "build", "esbuild", "iam", "ai"),
        *("capacityProvider", "durableConfig", "recursiveLoop", "httpApi", "vpcDiscovery"),
    }
)  # fmt: skip


def function_name(service: Service, name: str) -> str:
    """The physical name of a function."""
    return as_text(service.functions[name].get("name")) or f"{service.name}-{service.stage}-{name}"


def service_aliases(service: Service) -> dict[str, Managed]:
    """The aliases that the framework makes, by the logical ids of their functions."""
    found = {}
    for name, said in service.functions.items():
        executions = said.get("provisionedConcurrency")
        if isinstance(executions, int) and not isinstance(executions, bool) and executions > 0:
            found[function_id(name)] = Managed("provisioned", executions)
        elif said.get("snapStart") is True:
            found[function_id(name)] = Managed("snapstart")
    return found


def add_functions(made: Made, has: Callable[[str], bool]) -> None:
    """`has` says whether a file of the service's folder is there."""
    for name in made.service.layers:
        _layer(made, name)
    for name in made.service.functions:
        _function(made, name, has)


def _layer(made: Made, name: str) -> None:
    declared, origin = made.service.layers[name], ("layers", name)
    artifact = as_mapping(declared.get("package")).get("artifact")
    properties = {
        "Content": artifact or declared.get("path"),
        "LayerName": declared.get("name") or name,
        "Description": declared.get("description"),
        "CompatibleRuntimes": declared.get("compatibleRuntimes"),
        "CompatibleArchitectures": declared.get("compatibleArchitectures"),
        "LicenseInfo": declared.get("licenseInfo"),
    }
    places = {"Content": (*origin, "package", "artifact") if artifact else (*origin, "path")}
    retained = "Retain" if declared.get("retain") is True else None
    made.add(layer_id(name), "AWS::Lambda::LayerVersion", properties, origin, places, DeletionPolicy=retained)


def _function(made: Made, name: str, has: Callable[[str], bool]) -> None:
    service = made.service
    declared, origin = service.functions[name], service.paths[name]
    provider = service.provider
    for key in declared:
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS, "a plugin may read it; devserve does not")
            made.tell((*origin, key), f"function {name}: there is no {key}", hint, function_id(name))

    def either(key: str, default: Any = None) -> Any:
        found = declared.get(key)
        return found if found is not None else provider.get(key, default)

    def place(key: str) -> KeyPath:
        return (*origin, key) if key in declared else ("provider", key) if key in provider else origin

    physical = function_name(service, name)
    architecture, tracing = either("architecture"), _tracing(service, declared)
    properties: dict[str, Any] = {
        "FunctionName": physical,
        "Description": declared.get("description"),
        "MemorySize": either("memorySize", MEMORY),
        "Timeout": either("timeout", TIMEOUT),
        "Environment": _environment(service, declared),
        "ReservedConcurrentExecutions": declared.get("reservedConcurrency"),
        "EphemeralStorage": _under("Size", declared.get("ephemeralStorageSize")),
        "Role": _role(made, declared),
        "VpcConfig": _vpc(declared.get("vpc", provider.get("vpc"))),
        "Tags": _tags(service, declared),
        "TracingConfig": _under("Mode", tracing),
        "KmsKeyArn": declared.get("kmsKeyArn") or provider.get("kmsKeyArn"),
        "DeadLetterConfig": _under("TargetArn", declared.get("onError")),
        "FileSystemConfigs": _file_system(made, declared),
        "LoggingConfig": _logging(service, declared),
        "SnapStart": {"ApplyOn": "PublishedVersions"} if declared.get("snapStart") is True else None,
        "RecursiveLoop": declared.get("recursiveLoop"),
    }
    metadata: dict[str, Any] | None = None
    if "image" in declared:
        image = image_of(made, name, declared["image"])
        properties |= {"PackageType": "Image", "Code": image.code, "ImageConfig": image.config}
        metadata, architecture = image.metadata, architecture or image.architecture
    else:
        runtime, handler = either("runtime", RUNTIME), declared.get("handler")
        package = as_mapping(declared.get("package"))
        properties |= {
            "Runtime": runtime,
            "Handler": handler,
            "Code": package.get("artifact") or service.package.get("artifact") or ".",
            "Layers": _layers(declared.get("layers", provider.get("layers"))),
        }
        if bundle := bundled(made, as_text(runtime), as_text(handler), has):
            metadata, properties["Handler"] = bundle.metadata, bundle.handler
    properties["Architectures"] = [architecture] if architecture else None
    places: dict[str, KeyPath] = {
        "Handler": (*origin, "handler"),
        "Runtime": place("runtime"),
        "Code": (*origin, "package", "artifact") if "package" in declared else ("package", "artifact"),
        "MemorySize": place("memorySize"),
        "Timeout": place("timeout"),
        "Layers": place("layers"),
        "Environment": place("environment"),
        "ImageUri": (*origin, "image"),
        "Metadata": (*origin, "handler"),
        **{
            f"Environment.Variables.{key}": ("provider", "environment", key)
            for key in as_mapping(provider.get("environment"))
        },
        **{f"Environment.Variables.{key}": (*origin, "environment", key) for key in _own(declared)},
    }
    if "artifact" not in service.package and "artifact" not in as_mapping(declared.get("package")):
        places["Code"] = origin
    waits = [
        *([] if declared.get("disableLogs") is True else [log_group_id(name)]),
        *as_list(declared.get("dependsOn")),
    ]
    condition = declared.get("condition")
    beside = {"Metadata": metadata, "DependsOn": waits or None, "Condition": condition}
    made.add(function_id(name), "AWS::Lambda::Function", properties, origin, places, **beside)
    if declared.get("disableLogs") is not True:
        kept = declared.get("logRetentionInDays", provider.get("logRetentionInDays"))
        group = {"LogGroupName": f"/aws/lambda/{physical}", "RetentionInDays": kept}
        made.add(log_group_id(name), "AWS::Logs::LogGroup", group, origin, Condition=condition)
    _url(made, name, declared, origin)
    _asynchronous(made, name, declared, origin)


def _own(declared: Values) -> Values:
    return as_mapping(declared.get("environment"))


def _environment(service: Service, declared: Values) -> dict[str, Any] | None:
    """The provider's and then the function's own; a null takes one out."""
    both = {**as_mapping(service.provider.get("environment")), **_own(declared)}
    variables = {
        str(key): value if isinstance(value, Mapping | list) else as_text(value)
        for key, value in both.items()
        if value is not None
    }
    return {"Variables": variables} if variables else None


def _layers(listed: object) -> list[Any] | None:
    found = [layer for layer in as_list(listed) if layer != _REQUIREMENTS]
    return found or None


def _under(key: str, value: object) -> dict[str, Any] | None:
    return None if value is None else {key: value}


def _role(made: Made, declared: Values) -> Any:
    provider = made.service.provider
    common = as_mapping(provider.get("iam")).get("role")
    role = declared.get("role") or provider.get("role") or (common if _is_role(common) else None)
    if isinstance(role, str) and not role.startswith("arn:"):
        return {"Fn::GetAtt": [role, "Arn"]}
    return role or {"Fn::GetAtt": [ROLE, "Arn"]}


def _is_role(role: object) -> bool:
    """Whether it names one, where it may also say what the framework's own has."""
    match role:
        case str():
            return True
        case dict() as one:
            return any(key.startswith(("Fn::", "Ref")) for key in one)
    return False


def _vpc(vpc: object) -> dict[str, Any] | None:
    if not isinstance(vpc, dict) or not vpc:
        return None
    return {"SecurityGroupIds": vpc.get("securityGroupIds", []), "SubnetIds": vpc.get("subnetIds", [])}


def _tags(service: Service, declared: Values) -> list[dict[str, Any]] | None:
    tags = {**as_mapping(service.provider.get("tags")), **as_mapping(declared.get("tags"))}
    return [{"Key": str(key), "Value": value} for key, value in tags.items()] or None


def _tracing(service: Service, declared: Values) -> str | None:
    mode = declared.get("tracing", as_mapping(service.provider.get("tracing")).get("lambda"))
    return "Active" if mode is True else None if mode in (None, False) else as_text(mode)


def _file_system(made: Made, declared: Values) -> list[dict[str, Any]] | None:
    system = as_mapping(declared.get("fileSystemConfig"))
    if not system:
        return None
    made.right(("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"), system.get("arn"))
    return [{"Arn": system.get("arn"), "LocalMountPath": system.get("localMountPath")}]


def _logging(service: Service, declared: Values) -> dict[str, Any] | None:
    common = as_mapping(as_mapping(service.provider.get("logs")).get("lambda"))
    said = {**common, **as_mapping(declared.get("logs"))}
    names = {
        "logFormat": "LogFormat",
        "applicationLogLevel": "ApplicationLogLevel",
        "systemLogLevel": "SystemLogLevel",
        "logGroup": "LogGroup",
    }
    return {names[key]: value for key, value in said.items() if key in names} or None


def _url(made: Made, name: str, declared: Values, origin: KeyPath) -> None:
    url = declared.get("url")
    if not url:
        return
    said, place = as_mapping(url), (*origin, "url")
    auth = "AWS_IAM" if as_text(said.get("authorizer")).lower() == "aws_iam" else "NONE"
    properties = {
        "AuthType": auth,
        "TargetFunctionArn": arn_of(name),
        "Cors": _url_cors(said.get("cors")),
        "InvokeMode": said.get("invokeMode"),
    }
    logical_id = f"{function_id(name)}Url"
    made.add(logical_id, "AWS::Lambda::Url", properties, place, {"InvokeMode": (*place, "invokeMode")})
    made.outputs[logical_id] = {
        "Description": "Lambda Function URL",
        "Value": {"Fn::GetAtt": [logical_id, "FunctionUrl"]},
    }
    if auth == "NONE":
        allowed = {"FunctionName": arn_of(name), "Action": "lambda:InvokeFunctionUrl", "Principal": "*"}
        allowed |= {"FunctionUrlAuthType": "NONE"}
        made.add(f"{normalized(name)}LambdaPermissionFnUrl", "AWS::Lambda::Permission", allowed, place)
        made.permission(name, "Fn", "*", place, InvokedViaFunctionUrl=True)


def _url_cors(cors: object) -> dict[str, Any] | None:
    """True is everything; of a mapping, what it leaves out is what true has, and null is nothing."""
    if not cors:
        return None
    said = as_mapping(cors)
    names = {
        "allowCredentials": ("AllowCredentials", None),
        "allowedHeaders": ("AllowHeaders", _HEADERS),
        "allowedMethods": ("AllowMethods", ["*"]),
        "allowedOrigins": ("AllowOrigins", ["*"]),
        "exposedResponseHeaders": ("ExposeHeaders", None),
        "maxAge": ("MaxAge", None),
    }
    found = {name: said.get(key, default) for key, (name, default) in names.items()}
    return {name: value for name, value in found.items() if value is not None}


def _asynchronous(made: Made, name: str, declared: Values, origin: KeyPath) -> None:
    targets = {
        key: target
        for key, given in (("OnSuccess", "onSuccess"), ("OnFailure", "onFailure"))
        if (target := as_mapping(declared.get("destinations")).get(given)) is not None
    }
    age, retries = declared.get("maximumEventAge"), declared.get("maximumRetryAttempts")
    if not targets and age is None and retries is None:
        return
    destinations = {key: {"Destination": _target(made, target)} for key, target in targets.items()}
    properties = {
        "FunctionName": {"Ref": function_id(name)},
        "DestinationConfig": destinations or None,
        "MaximumEventAgeInSeconds": age,
        "MaximumRetryAttempts": retries,
        "Qualifier": "$LATEST",
    }
    made.add(f"{normalized(name)}LambdaEvConf", "AWS::Lambda::EventInvokeConfig", properties, origin)


def _target(made: Made, target: object) -> Any:
    if isinstance(target, dict):
        return target.get("arn", target)
    text = as_text(target)
    return arn_of(text) if text in made.service.functions else text
