"""The blueprint says of every kind of project what CloudFormation is to get, and which local things belong to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.config.blueprints import blueprint
from localstack_lite.config.read import read
from localstack_lite.errors import UserError
from localstack_lite.model.blueprint import SLOT, Blueprint, PieceKind
from localstack_lite.model.options import ReadOptions
from tests.config import cdk_outputs
from tests.config.samples import HANDLER, write

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SAM = "Transform: AWS::Serverless-2016-10-31\n"
FUNCTION = "{Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: app.handler, CodeUri: src}}"


def drawn(folder: Path, files: Mapping[str, str], stack_name: str = "", **options: Any) -> Blueprint:
    write(folder, {"src/app.py": HANDLER, "app.py": HANDLER, **files})
    asked = ReadOptions(folder, **options)
    return blueprint(asked, read(asked, {}), {}, stack_name)


def of_template(folder: Path, text: str, files: Mapping[str, str] | None = None, **options: Any) -> Blueprint:
    return drawn(folder, {"template.yaml": text, **(files or {})}, **options)


def pieces(found: Blueprint) -> dict[str, PieceKind]:
    return {piece.id: piece.kind for piece in found.pieces}


def leaves(value: object) -> Iterator[object]:
    """All scalars and keys of a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            assert type(key) is str
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def blockers(found: Blueprint) -> list[str]:
    return [problem.what for problem in found.problems if not problem.warning]


@pytest.mark.parametrize("name", ["bare", "container", "hello", "layers", "nested", "node", "toml"])
def test_a_blueprint_is_plain_json_without_a_path_of_this_machine(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns(".devserve"))
    asked = ReadOptions(folder)
    found = blueprint(asked, read(asked, {}), {}, "shop")
    assert blockers(found) == []
    slots = {text for stack in found.stacks for text in _slots_in(stack.template)}
    assert slots == {piece.id for piece in found.pieces} != set()
    for stack in found.stacks:
        assert json.loads(json.dumps(stack.template)) == stack.template
        assert not [leaf for leaf in leaves(stack.template) if isinstance(leaf, str) and str(tmp_path) in leaf]
        assert not any(
            str(one.get("Type")).startswith("AWS::Serverless") for one in stack.template["Resources"].values()
        )
        assert not {"Transform", "Globals"} & stack.template.keys()
    assert {function.logical_id for function in found.functions} == {
        piece.id for piece in found.pieces if piece.kind in (PieceKind.FUNCTION, PieceKind.IMAGE)
    }


def _slots_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if SLOT in value:
            yield value[SLOT]
        for item in value.values():
            yield from _slots_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _slots_in(item)


def test_intrinsics_parameters_conditions_and_outputs_stay_as_they_stand(tmp_path: Path) -> None:
    found = of_template(
        tmp_path,
        SAM
        + """
Description: shop
Parameters: {Stage: {Type: String, Default: dev}, Other: {Type: String, Default: x}}
Conditions: {IsDev: !Equals [!Ref Stage, dev]}
Mappings: {Sizes: {dev: {Memory: 256}}}
Globals: {Function: {Timeout: 9}}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Condition: IsDev
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: src
      MemorySize: !FindInMap [Sizes, !Ref Stage, Memory]
      Environment: {Variables: {STAGE: !Ref Stage, QUEUE: !GetAtt Queue.Arn}}
  Queue: {Type: AWS::SQS::Queue}
Outputs: {Name: {Value: !Ref Orders}}
""",
        parameter_overrides={"Stage": "dev", "Unknown": "x"},
    )
    template = found.template
    properties = template["Resources"]["Orders"]["Properties"]
    assert properties["MemorySize"] == {"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]}
    assert properties["Environment"]["Variables"] == {
        "STAGE": {"Ref": "Stage"},
        "QUEUE": {"Fn::GetAtt": ["Queue", "Arn"]},
    }
    assert (properties["Timeout"], properties["Code"]) == (9, {SLOT: "Orders"})
    assert template["Resources"]["Orders"]["Condition"] == "IsDev"
    assert template["Parameters"]["Stage"] == {"Type": "String", "Default": "dev"}
    assert template["Outputs"] == {"Name": {"Value": {"Ref": "Orders"}}}
    assert {"Conditions", "Mappings", "Description"} <= template.keys()
    assert found.stacks[0].parameters == {"Stage": "dev"}
    assert [problem.what for problem in found.problems] == ["there is no parameter Unknown"]


def test_what_is_given_for_this_machine_is_not_deployed(tmp_path: Path) -> None:
    found = of_template(
        tmp_path,
        f"{SAM}Resources: {{Orders: {FUNCTION}}}",
        {
            "devserve.toml": "[functions.Orders]\nmemory = 999\ncode = 'other'\nenvironment = {A = 'toml'}\n",
            "other/app.py": HANDLER,
            "vars.json": '{"Parameters": {"B": "vars"}}',
        },
        env_vars=Path("vars.json"),
        target="template.yaml",
    )
    properties = found.template["Resources"]["Orders"]["Properties"]
    assert "Environment" not in properties
    assert "MemorySize" not in properties
    assert [function.code.folder.name for function in found.functions] == ["src"]
    assert found.pieces[0].source == (tmp_path / "src").resolve()


def test_code_that_lies_elsewhere_stays_where_it_is(tmp_path: Path) -> None:
    plain = (
        "{Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: index.handler, Role: r, Code: %s}}"
    )
    image = "{PackageType: Image, ImageUri: '1.dkr.ecr.eu-west-2.amazonaws.com/a:1'}"
    found = of_template(
        tmp_path,
        f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Here: {FUNCTION}
  Inline: {plain % "{ZipFile: 'def handler(e, c): pass'}"}
  Bucket: {plain % "{S3Bucket: b, S3Key: k}"}
  Uri: {FUNCTION.replace("CodeUri: src", "CodeUri: 's3://b/k'")}
  Parts: {FUNCTION.replace("CodeUri: src", "CodeUri: {Bucket: b, Key: k, Version: '3'}")}
  Image: {{Type: AWS::Serverless::Function, Properties: {image}}}
  Layer: {{Type: AWS::Lambda::LayerVersion, Properties: {{Content: {{S3Bucket: b, S3Key: l}}}}}}
""",
    )
    code = {id: one["Properties"].get("Code") for id, one in found.template["Resources"].items() if "Role" not in id}
    assert code == {
        "Here": {SLOT: "Here"},
        "Inline": {"ZipFile": "def handler(e, c): pass"},
        "Bucket": {"S3Bucket": "b", "S3Key": "k"},
        "Uri": {"S3Bucket": "b", "S3Key": "k"},
        "Parts": {"S3Bucket": "b", "S3Key": "k", "S3ObjectVersion": "3"},
        "Image": {"ImageUri": "1.dkr.ecr.eu-west-2.amazonaws.com/a:1"},
        "Layer": None,
    }
    assert found.template["Resources"]["Layer"]["Properties"]["Content"] == {"S3Bucket": "b", "S3Key": "l"}
    assert (pieces(found), blockers(found)) == ({"Here": PieceKind.FUNCTION}, [])


def test_a_condition_that_does_not_hold_needs_no_code(tmp_path: Path) -> None:
    found = of_template(
        tmp_path,
        f"""
Transform: AWS::Serverless-2016-10-31
Parameters: {{Stage: {{Type: String, Default: dev}}}}
Conditions: {{IsProd: !Equals [!Ref Stage, prod]}}
Resources:
  Here: {FUNCTION}
  Prod: {FUNCTION.replace("Properties", "Condition: IsProd, Properties").replace("src", "gone")}
  Layer: {{Type: AWS::Lambda::LayerVersion, Condition: IsProd, Properties: {{Content: gone}}}}
  Child: {{Type: AWS::CloudFormation::Stack, Condition: IsProd, Properties: {{TemplateURL: gone.yaml}}}}
""",
    )
    assert (pieces(found), blockers(found)) == ({"Here": PieceKind.FUNCTION}, [])
    assert list(_slots_in(found.template)) == ["Here"]
    assert "gone" not in json.dumps({**found.template["Resources"]["Layer"], **found.template["Resources"]["Child"]})


def test_code_that_is_not_there_keeps_the_project_from_being_pushed(tmp_path: Path) -> None:
    found = of_template(
        tmp_path,
        f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Here: {FUNCTION}
  Gone: {FUNCTION.replace("CodeUri: src", "CodeUri: gone")}
  Layer: {{Type: AWS::Serverless::LayerVersion, Properties: {{ContentUri: none}}}}
  Odd: {{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.13, Nothing: 1}}}}
  Sar: {{Type: AWS::Serverless::Application, Properties: {{Location: {{ApplicationId: 'arn:x'}}}}}}
""",
    )
    told = " | ".join(blockers(found))
    for said in (
        "Gone: CodeUri: there is no code at gone",
        "no layer at none",
        "Odd",
        "Serverless Application Repository",
    ):
        assert said in told
    assert pieces(found) == {"Here": PieceKind.FUNCTION}


def test_layers_are_told_with_what_builds_them_and_their_next_version_leaves_the_old_one(tmp_path: Path) -> None:
    found = of_template(
        tmp_path,
        SAM
        + """
Resources:
  Common:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: python3.13, BuildArchitecture: arm64, Team: shop}
    Properties: {ContentUri: layer, CompatibleRuntimes: [python3.13]}
""",
        {"layer/requirements.txt": "", "devserve.toml": "[functions.f]\nhandler = 'app.handler'\n"},
        target="template.yaml",
    )
    (piece,) = found.pieces
    resource = found.template["Resources"][piece.id]
    assert piece.id.startswith("Common")
    assert piece.source == (tmp_path / "layer").resolve()
    assert (piece.build, piece.runtimes, piece.architecture) == ("python3.13", ("python3.13",), "arm64")
    assert resource["Properties"]["Content"] == {SLOT: piece.id}
    assert resource["UpdateReplacePolicy"] == resource["DeletionPolicy"] == "Retain"
    assert resource["Metadata"] == {"Team": "shop"}


def test_local_definitions_stand_in_the_template(tmp_path: Path) -> None:
    api = "openapi: 3.0.1\ninfo: {title: mine}\npaths: {/x: {get: {y: !Sub '${Orders.Arn}'}}}\n"
    found = of_template(
        tmp_path,
        f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders: {FUNCTION}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: flow.asl.json
      DefinitionSubstitutions: {{Fn: !GetAtt Orders.Arn}}
      Role: r
  Api: {{Type: AWS::Serverless::Api, Properties: {{StageName: dev, DefinitionUri: api.yaml}}}}
""",
        {"flow.asl.json": '{"StartAt": "${Fn}"}', "api.yaml": api},
    )
    flow, rest = (found.template["Resources"][name]["Properties"] for name in ("Flow", "Api"))
    assert flow["DefinitionString"] == '{"StartAt": "${Fn}"}'
    assert "DefinitionS3Location" not in flow
    assert flow["DefinitionSubstitutions"] == {"Fn": {"Fn::GetAtt": ["Orders", "Arn"]}}
    assert rest["Body"]["paths"]["/x"]["get"]["y"] == {"Fn::Sub": "${Orders.Arn}"}
    assert rest["Name"] == "mine"


def test_nested_stacks_have_templates_and_paths_of_their_own(tmp_path: Path) -> None:
    child = f"""
Transform: AWS::Serverless-2016-10-31
Parameters: {{Pool: {{Type: String, Default: none}}, Level: {{Type: String}}}}
Resources:
  Kid: {FUNCTION.replace("CodeUri: src", "CodeUri: .")}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: dev
      Auth: {{DefaultAuthorizer: Users, Authorizers: {{Users: {{UserPoolArn: !Ref Pool}}}}}}
      DefinitionBody: {{swagger: '2.0', paths: {{/x: {{get: {{}}}}}}}}
Outputs: {{Name: {{Value: !Ref Kid}}}}
"""
    found = of_template(
        tmp_path,
        """
Resources:
  Users: {Type: AWS::Cognito::UserPool}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child/template.yaml, Parameters: {Pool: !GetAtt Users.Arn, Level: high}}
  Far: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://s3.amazonaws.com/b/t.yaml'}}
""",
        {"child/template.yaml": child, "child/app.py": HANDLER},
    )
    assert [stack.path for stack in found.stacks] == ["", "Child/"]
    assert pieces(found) == {"Child": PieceKind.TEMPLATE, "Child/Kid": PieceKind.FUNCTION}
    assert found.template["Resources"]["Child"]["Properties"]["TemplateURL"] == {SLOT: "Child"}
    assert found.template["Resources"]["Far"]["Properties"]["TemplateURL"] == "https://s3.amazonaws.com/b/t.yaml"
    assert found.template["Resources"]["Child"]["Properties"]["Parameters"]["Pool"] == {"Fn::GetAtt": ["Users", "Arn"]}
    # The translator resolves an authorizer's parameters; a stand-in of ours must not be what it finds.
    below = found.stacks[1].template
    assert {"Ref": "Pool"} in below["Resources"]["Api"]["Properties"]["Body"]["securityDefinitions"]["Users"][
        "x-amazon-apigateway-authorizer"
    ]["providerARNs"]
    assert below["Parameters"]["Pool"]["Default"] == "none"
    assert (found.stacks[1].parameters, blockers(found)) == ({}, [])


def test_loops_are_written_out_and_their_transform_goes(tmp_path: Path) -> None:
    text = f"""
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: {{Names: {{Type: CommaDelimitedList, Default: 'a,b'}}}}
Resources:
  Fn::ForEach::Each:
    - Name
    - !Ref Names
    - F${{Name}}: {FUNCTION}
  Size: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: {{'Fn::Length': !Ref Names}}}}}}
"""
    found = of_template(tmp_path, text, parameter_overrides={"Names": "x,y,z"})
    assert {"Fx", "Fy", "Fz"} <= found.template["Resources"].keys()
    assert found.template["Resources"]["Size"]["Properties"]["Value"] == 3
    assert "Transform" not in found.template


@pytest.mark.parametrize(
    "value",
    ["{'Fn::ToJsonString': {arn: !GetAtt Q.Arn}}", "{'Fn::Length': !Split [',', !Ref Secret]}"],
)
def test_what_only_cloudformation_can_do_keeps_its_transform(value: str, tmp_path: Path) -> None:
    text = f"""
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31, Mine]
Parameters: {{Secret: {{Type: String, NoEcho: true, Default: 'a,b'}}}}
Resources:
  F: {FUNCTION}
  Q: {{Type: AWS::SQS::Queue}}
  P: {{Type: AWS::SSM::Parameter, DeletionPolicy: !Ref AWS::StackId, Properties: {{Type: String, Value: {value}}}}}
"""
    template = of_template(tmp_path, text).template
    assert template["Transform"] == ["AWS::LanguageExtensions", "Mine"]
    assert next(iter(template["Resources"]["P"]["Properties"]["Value"])).startswith("Fn::")
    assert template["Resources"]["P"]["DeletionPolicy"] == {"Ref": "AWS::StackId"}


def test_a_stored_parameter_stays_a_name(tmp_path: Path) -> None:
    text = f"""
Transform: AWS::Serverless-2016-10-31
Parameters: {{Url: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /shop/url}}}}
Resources: {{F: {FUNCTION.replace("CodeUri", "Environment: {Variables: {U: !Ref Url}}, CodeUri")}}}
"""
    found = of_template(tmp_path, text, parameter_overrides={"Url": "/shop/other"})
    assert found.template["Parameters"]["Url"]["Default"] == "/shop/url"
    assert found.template["Resources"]["F"]["Properties"]["Environment"]["Variables"] == {"U": {"Ref": "Url"}}
    assert found.stacks[0].parameters == {"Url": "/shop/other"}


def test_a_project_of_settings_gets_a_template(tmp_path: Path) -> None:
    toml = """
[functions.send-mail]
handler = "app.handler"
environment = {SECRET = "{{resolve:ssm:/x}}"}
routes = ["POST /mail"]
"""
    found = drawn(tmp_path, {"devserve.toml": toml, ".env": "LOCAL=1"}, env_file=Path(".env"))
    assert pieces(found) == {"SendMail": PieceKind.FUNCTION}
    assert [(function.logical_id, function.name) for function in found.functions] == [("SendMail", "send-mail")]
    properties = found.template["Resources"]["SendMail"]["Properties"]
    assert properties["Environment"]["Variables"] == {"SECRET": "{{resolve:ssm:/x}}"}
    assert "FunctionName" not in properties
    assert found.template["Outputs"].keys() == {"HttpApiUrl", "SendMailName"}
    assert blockers(found) == []


def test_a_synthesised_app_is_deployed_with_its_own_functions_and_without_the_bootstrap(tmp_path: Path) -> None:
    shop = {
        "Orders1": cdk_outputs.function("Shop/Orders", "a"),
        "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"S3Bucket": cdk_outputs.BUCKET, "S3Key": f"{cdk_outputs.digest('b')}.zip"},
                "Handler": "index.handler",
                "Runtime": "nodejs22.x",
                "Role": "r",
            },
        },
        "Copy": {"Type": "Custom::CDKBucketDeployment", "Properties": {"Keys": [f"{cdk_outputs.digest('c')}.zip"]}},
    }
    other = {"Orders1": cdk_outputs.function("Other/Orders", "a")}
    stacks = {"Shop": cdk_outputs.template(shop), "Other": cdk_outputs.template(other)}
    output = cdk_outputs.write_output(tmp_path / "cdk.out", stacks, "a", "b", "c")
    write(tmp_path, {"cdk.json": "{}"})
    for letter, file, text in (("a", "app.py", HANDLER), ("b", "index.js", "exports.handler = 1"), ("c", "page", "")):
        write(output, {f"asset.{cdk_outputs.digest(letter)}/{file}": text})
    asked = ReadOptions(tmp_path)
    found = blueprint(asked, read(asked, {}), {}, "Shop")
    framework = "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F"
    assert pieces(found) == {"Orders1": PieceKind.FUNCTION, framework: PieceKind.FUNCTION}
    assert [function.logical_id for function in found.functions] == ["Orders1", framework]
    orders = found.template["Resources"]["Orders1"]
    assert orders["Properties"]["Code"] == {SLOT: "Orders1"}
    assert "FunctionName" not in orders["Properties"]
    assert orders["Metadata"] == {"aws:cdk:path": "Shop/Orders/Resource"}
    assert not {"Rules", "Parameters"} & found.template.keys()
    assert ["only `cdk deploy` uploads" in problem.what for problem in found.problems] == [True]
    with pytest.raises(UserError, match="2 stacks and none is named prod: Shop, Other"):
        blueprint(asked, read(asked, {}), {}, "prod")


def test_what_was_read_once_is_not_translated_again(tmp_path: Path) -> None:
    first = of_template(tmp_path, f"{SAM}Resources: {{F: {FUNCTION}}}")
    kept = list((tmp_path / ".devserve/cache/sam").iterdir())
    asked = ReadOptions(tmp_path)
    assert blueprint(asked, read(asked, {}), {}) == first
    assert list((tmp_path / ".devserve/cache/sam").iterdir()) == kept
    assert len(kept) == 1
