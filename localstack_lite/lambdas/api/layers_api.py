"""Operations on layers: those that the project's functions use, and those that PublishLayerVersion made.

A layer that the project declares has the one version that it is now. What is published here lies where layers that are
fetched from AWS lie, so a template that names its ARN gets it. The texts of errors are recorded.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from localstack_lite.lambdas.api.account import Account
from localstack_lite.lambdas.api.api_answer import (
    Answer,
    json_response,
    listed,
    no_content,
    not_implemented,
    not_kept,
    null_at,
    page,
    read_body,
    texts,
)
from localstack_lite.lambdas.api.api_error import (
    ApiError,
    constraint,
    invalid_content,
    invalid_parameter,
    not_found,
    validation,
)
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.published import LayerVersion, OfLayer
from localstack_lite.model.function import Code
from localstack_lite.wire.messages import Request

OPERATIONS = frozenset(
    {
        "ListLayers",
        "ListLayerVersions",
        "GetLayerVersion",
        "GetLayerVersionByArn",
        "PublishLayerVersion",
        "DeleteLayerVersion",
    }
)

_NAME = re.compile(r"(?:arn:aws[a-zA-Z-]*:lambda:([a-z0-9-]+):(\d{12}|aws):layer:)?([a-zA-Z0-9-_]+)")
_BY_ARN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:"
    r"[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)"
)
_ARCHITECTURES = ("x86_64", "arm64")
_NOT_THERE = not_found("The resource you requested does not exist.")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A layer version as it is answered. `arn` is the layer's, without a version."""

    arn: str
    version: LayerVersion

    @property
    def name(self) -> str:
        return self.arn.rpartition(":")[2]

    @property
    def version_arn(self) -> str:
        return f"{self.arn}:{self.version.number}"


async def answer(account: Account, call: Call, request: Request, request_id: str) -> Answer:
    match call.operation:
        case "ListLayers":
            return await _list_layers(account, call, request_id)
        case "GetLayerVersionByArn":
            arn = call.query.get("Arn", "")
            if re.fullmatch(_BY_ARN, arn, re.ASCII) is None:
                return validation([constraint(arn, "arn", f"satisfy regular expression pattern: {_BY_ARN}")])
            return await _get(account, arn, request_id)
    named = _NAME.fullmatch(call.path["LayerName"])
    if named is None:
        pattern = "[a-zA-Z0-9-_]+"
        rule = f"satisfy regular expression pattern: {pattern}"
        return validation([constraint(call.path["LayerName"], "layerName", rule)])
    arn = _arn(account, named[3], named[1], named[2])
    match call.operation:
        case "ListLayerVersions":
            return await _list_versions(account, arn, call, request_id)
        case "PublishLayerVersion":
            return await _publish(account, named[3], request, request_id)
    number = call.path["VersionNumber"]
    if re.fullmatch(r"-?\d+", number, re.ASCII) is None:
        return invalid_content(f"Could not parse request: {number} is no version number")
    if int(number) < 1:
        return invalid_parameter("Layer Version Cannot be less than 1")
    if call.operation == "GetLayerVersion":
        return await _get(account, f"{arn}:{int(number)}", request_id)
    return await _delete(account, named[3], int(number), request_id)


async def _all(account: Account) -> list[_Shown]:
    """Newest version of a layer first, layers by ARN."""
    found: dict[str, _Shown] = {}
    for function in account.project.functions:
        for layer in function.layers:
            base, _, number = layer.arn.rpartition(":")
            if number.isdecimal() and layer.arn not in found:
                folder = layer.folder or Path()
                facts = await account.measure(Code(folder)) if layer.folder else None
                sha, created = (facts.sha256, facts.modified) if facts else ("", account.started)
                runtimes = (function.runtime,) if function.runtime else ()
                version = LayerVersion(int(number), folder, layer.size, sha, created, runtimes=runtimes)
                found[layer.arn] = _Shown(base, version)
    for name, of in account.catalogue.kept.layers.items():
        for version in of.versions:
            shown = _Shown(_arn(account, name), version)
            found[shown.version_arn] = shown
    return sorted(found.values(), key=lambda one: (one.arn, -one.version.number))


async def _list_layers(account: Account, call: Call, request_id: str) -> Answer:
    latest: dict[str, _Shown] = {}
    for shown in await _all(account):
        latest.setdefault(shown.arn, shown)
    described = [
        {"LayerName": one.name, "LayerArn": one.arn, "LatestMatchingVersion": _listing(one)} for one in latest.values()
    ]
    one_page = page(described, call.query, list(latest))
    if isinstance(one_page, ApiError):
        return one_page
    return json_response(request_id, listed("Layers", *one_page))


async def _list_versions(account: Account, arn: str, call: Call, request_id: str) -> Answer:
    versions = [one for one in await _all(account) if one.arn == arn]
    one_page = page(versions, call.query, [str(one.version.number) for one in versions])
    if isinstance(one_page, ApiError):
        return one_page
    return json_response(request_id, listed("LayerVersions", [_listing(one) for one in one_page[0]], one_page[1]))


async def _get(account: Account, version_arn: str, request_id: str) -> Answer:
    shown = next((one for one in await _all(account) if one.version_arn == version_arn), None)
    return _NOT_THERE if shown is None else json_response(request_id, _whole(shown))


async def _publish(account: Account, name: str, request: Request, request_id: str) -> Answer:
    body = read_body(request)
    if isinstance(body, ApiError):
        return body
    given = texts(body, "Description", "LicenseInfo")
    if isinstance(given, ApiError):
        return given
    archive = _archive(body.get("Content"))
    lists = [_names(body.get(member)) for member in ("CompatibleRuntimes", "CompatibleArchitectures")]
    if isinstance(archive, ApiError):
        return archive
    if any(isinstance(one, ApiError) for one in lists):
        return next(one for one in lists if isinstance(one, ApiError))
    runtimes, architectures = (one for one in lists if isinstance(one, tuple))
    if any(one not in _ARCHITECTURES for one in architectures):
        rule = f"satisfy enum value set: [{', '.join(_ARCHITECTURES)}]"
        return validation([constraint(f"[{', '.join(architectures)}]", "compatibleArchitectures", rule)])
    async with account.shelf.turn:
        shown = [one.version.number for one in await _all(account) if one.arn == _arn(account, name)]
        of = account.catalogue.kept.layer(name)
        number = max((of.last, *shown)) + 1
        try:
            arn = f"{_arn(account, name)}:{number}"
            folder, size, sha = await account.shelf.unpack_layer(arn, archive)
            description, license_ = given.get("Description", ""), given.get("LicenseInfo", "")
            now = account.clock.now()
            version = LayerVersion(number, folder, size, sha, now, description, license_, runtimes, architectures)
            await account.change_layer(name, OfLayer(number, (*of.versions, version)))
        except ValueError as error:
            return invalid_parameter(
                f"Could not unzip uploaded file. Please check your file, then try again. ({error})"
            )
        except OSError as error:
            return not_kept(error)
    return json_response(request_id, _whole(_Shown(_arn(account, name), version)), 201)


async def _delete(account: Account, name: str, number: int, request_id: str) -> Answer:
    """204 whether or not it was there (recorded). One that the project declares stays until the project says so."""
    of = account.catalogue.kept.layer(name)
    gone = next((one for one in of.versions if one.number == number), None)
    if gone is None:
        return no_content(request_id)
    try:
        await account.change_layer(name, replace(of, versions=tuple(one for one in of.versions if one is not gone)))
    except OSError as error:
        return not_kept(error)
    if not any(layer.folder == gone.folder for one in account.project.functions for layer in one.layers):
        # Functions that have it keep it (AWS docs, "DeleteLayerVersion").
        await account.shelf.discard_folder(gone.folder)
    return no_content(request_id)


def _archive(content: object) -> bytes | ApiError:
    if not isinstance(content, dict):
        return validation([null_at("content")])
    match content.get("ZipFile"):
        case str() as text:
            try:
                return base64.b64decode(text, validate=True)
            except binascii.Error:
                return invalid_content("Could not parse request body into json: ZipFile is no base64")
    return not_implemented("PublishLayerVersion from S3", "Send the zip itself, as ZipFile.")


def _names(given: object) -> tuple[str, ...] | ApiError:
    if given is None:
        return ()
    if isinstance(given, list) and all(isinstance(one, str) for one in given):
        return tuple(given)
    return invalid_content("Could not parse request body into json: a list of text was expected")


def _arn(account: Account, name: str, region: str | None = None, owner: str | None = None) -> str:
    project = account.project
    return f"arn:aws:lambda:{region or project.region}:{owner or project.account}:layer:{name}"


def _listing(shown: _Shown) -> dict[str, object]:
    version = shown.version
    described: dict[str, object] = {
        "LayerVersionArn": shown.version_arn,
        "Version": version.number,
        "Description": version.description,
        "CreatedDate": _time(version.created),
        "CompatibleRuntimes": list(version.runtimes),
        "CompatibleArchitectures": list(version.architectures),
    }
    return described | ({"LicenseInfo": version.license} if version.license else {})


def _whole(shown: _Shown) -> dict[str, object]:
    version = shown.version
    content: dict[str, object] = {
        "Location": version.folder.absolute().as_uri() if version.folder.name else "",
        "CodeSha256": version.sha256,
        "CodeSize": version.size,
    }
    return {"Content": content, "LayerArn": shown.arn, **_listing(shown)}


def _time(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"
