"""Outputs of CDK apps as `cdk synth` writes them, cut down to what counts, for tests of every level.

Recorded with aws-cdk-lib 2.276; hashes are made up, since nobody checks them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Resources = dict[str, dict[str, Any]]

BUCKET = {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}
BOOTSTRAP = {
    "Parameters": {
        "BootstrapVersion": {
            "Type": "AWS::SSM::Parameter::Value<String>",
            "Default": "/cdk-bootstrap/hnb659fds/version",
        }
    },
    "Rules": {"CheckBootstrapVersion": {"Assertions": [{"Assert": {"Fn::Not": [{"Ref": "BootstrapVersion"}]}}]}},
}


def digest(letter: str) -> str:
    """A hash of 64 digits."""
    return letter * 64


def metadata(path: str, letter: str = "", held: str = "Code", **more: Any) -> dict[str, Any]:
    place = {"aws:asset:path": f"asset.{digest(letter)}", "aws:asset:property": held} if letter else {}
    return {"aws:cdk:path": path, **place, **{f"aws:asset:{key.replace('_', '-')}": more[key] for key in more}}


def function(path: str, letter: str, handler: str = "app.handler", **properties: Any) -> dict[str, Any]:
    """A function whose code is the asset of that letter; `path` is its construct's, as `Shop/Orders`."""
    code = {"S3Bucket": BUCKET, "S3Key": f"{digest(letter)}.zip"}
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": code, "Handler": handler, "Runtime": "python3.11", **properties},
        "Metadata": metadata(f"{path}/Resource", letter, is_bundled=False),
    }


def http_api(path: str, function_id: str, route: str) -> Resources:
    """What `new HttpApi` with one route and `HttpLambdaIntegration` becomes."""
    return {
        "Http36EFD62B": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": "Http", "ProtocolType": "HTTP"},
            "Metadata": metadata(f"{path}/Http/Resource"),
        },
        "HttpDefaultStageE6653C08": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Http36EFD62B"}, "AutoDeploy": True, "StageName": "$default"},
        },
        "HttpIntegrationJF6F3C724": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "Http36EFD62B"},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": {"Fn::GetAtt": [function_id, "Arn"]},
                "PayloadFormatVersion": "2.0",
            },
        },
        "HttpRoute4EEA086E": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": "Http36EFD62B"},
                "AuthorizationType": "NONE",
                "RouteKey": route,
                "Target": {"Fn::Join": ["", ["integrations/", {"Ref": "HttpIntegrationJF6F3C724"}]]},
            },
        },
    }


def rest_api(function_id: str) -> Resources:
    """What `new RestApi` with `items/{id}` and a GET becomes."""
    uri = ["", ["arn:", {"Ref": "AWS::Partition"}, ":apigateway:", {"Ref": "AWS::Region"}]]
    uri[1] += [":lambda:path/2015-03-31/functions/", {"Fn::GetAtt": [function_id, "Arn"]}, "/invocations"]  # type: ignore[operator]
    api = {"Ref": "Rest9065D4D9"}
    return {
        "Rest9065D4D9": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "Rest"}},
        "RestDeploymentStageprod7FDE5000": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {"RestApiId": api, "StageName": "prod", "DeploymentId": {"Ref": "RestDeployment633E6720"}},
        },
        "RestDeployment633E6720": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": api}},
        "Restitems5ECDCDF8": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {
                "ParentId": {"Fn::GetAtt": ["Rest9065D4D9", "RootResourceId"]},
                "PathPart": "items",
                "RestApiId": api,
            },
        },
        "RestitemsidC165EC4C": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {"ParentId": {"Ref": "Restitems5ECDCDF8"}, "PathPart": "{id}", "RestApiId": api},
        },
        "RestitemsidGET27795156": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "AuthorizationType": "NONE",
                "HttpMethod": "GET",
                "Integration": {"IntegrationHttpMethod": "POST", "Type": "AWS_PROXY", "Uri": {"Fn::Join": uri}},
                "ResourceId": {"Ref": "RestitemsidC165EC4C"},
                "RestApiId": api,
            },
        },
    }


def template(resources: Resources, **sections: Any) -> dict[str, Any]:
    extra = {"CDKMetadata": {"Type": "AWS::CDK::Metadata", "Condition": "CDKMetadataAvailable"}}
    conditions = {"Conditions": {"CDKMetadataAvailable": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}}}
    return {"Resources": {**resources, **extra}, **conditions, **BOOTSTRAP, **sections}


def stack(name: str, environment: str = "aws://unknown-account/unknown-region", *needs: str) -> dict[str, Any]:
    """The artifact of a stack in a manifest; `name` is its construct path."""
    key = name.replace("/", "")
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": f"{key}.template.json", "stackName": name.replace("/", "-")},
        "dependencies": [*needs, f"{key}.assets"],
        "displayName": name,
    }


def assets(name: str) -> dict[str, Any]:
    return {"type": "cdk:asset-manifest", "properties": {"file": f"{name.replace('/', '')}.assets.json"}}


def asset_files(*letters: str, above: str = "") -> dict[str, Any]:
    """An asset manifest; `above` is the way to where the assets are."""
    source = {letter: {"path": f"{above}asset.{digest(letter)}", "packaging": "zip"} for letter in letters}
    return {
        "version": "55.0.0",
        "files": {digest(letter): {"source": source[letter], "destinations": {}} for letter in letters},
        "dockerImages": {},
    }


def write_output(
    output: Path, stacks: Mapping[str, dict[str, Any]], *letters: str, artifacts: Mapping[str, Any] | None = None
) -> Path:
    """Writes an output with these templates by stack; `artifacts` replaces or adds to the manifest's."""
    output.mkdir(parents=True, exist_ok=True)
    listed: dict[str, Any] = {}
    for name, values in stacks.items():
        key = name.replace("/", "")
        listed |= {key: stack(name), f"{key}.assets": assets(name)}
        (output / f"{key}.template.json").write_text(json.dumps(values, indent=1))
        (output / f"{key}.assets.json").write_text(json.dumps(asset_files(*letters)))
    manifest = {"version": "55.0.0", "artifacts": {**listed, **(artifacts or {}), "Tree": {"type": "cdk:tree"}}}
    (output / "manifest.json").write_text(json.dumps(manifest, indent=1))
    (output / "cdk.out").write_text('{"version":"55.0.0"}')
    return output


def stage_asset(output: Path, source: Path, letter: str) -> Path:
    """The copy of a folder that synthesis makes."""
    place = output / f"asset.{digest(letter)}"
    shutil.copytree(source, place, dirs_exist_ok=True)
    return place
