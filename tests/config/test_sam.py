import pytest

from localstack_lite.config.parameters import Place
from localstack_lite.config.sam import SAM_ID, Prepared, is_sam, prepare, restore, transform
from localstack_lite.config.yaml_cfn import parse

FUNCTION = {"Type": "AWS::Serverless::Function"}


def document(text):
    return parse(text, "template.yaml").values


@pytest.mark.parametrize(
    ("resources", "answer"),
    [
        ({"F": FUNCTION}, True),
        ({"F": {"Type": "AWS::Lambda::Function"}}, False),
        ({"F": "odd", "G": {"Type": 3}}, False),
        (None, False),
    ],
)
def test_a_template_with_serverless_resources_needs_the_transform(resources, answer):
    assert is_sam({"Resources": resources}) is answer


def test_local_code_is_swapped_out_and_the_document_stays_as_it_was():
    given = {
        "Globals": {"Function": {"CodeUri": "shared/"}},
        "Resources": {
            "Own": {**FUNCTION, "Properties": {"CodeUri": "own/"}},
            "Shared": {**FUNCTION, "Properties": {}},
            "Inline": {**FUNCTION, "Properties": {"InlineCode": "x"}},
            "Image": {**FUNCTION, "Properties": {"PackageType": "Image"}},
            "Layer": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "layer/"}},
        },
    }
    prepared = prepare(given)
    assert prepared.local == {"Own": "own/", "Shared": "shared/"}
    assert prepared.document["Resources"]["Own"]["Properties"]["CodeUri"].startswith("s3://")
    assert prepared.document["Resources"]["Layer"]["Properties"]["ContentUri"].startswith("s3://")
    assert "CodeUri" not in prepared.document["Globals"]["Function"]
    assert "CodeUri" not in prepared.document["Resources"]["Inline"]["Properties"]
    assert given["Globals"]["Function"]["CodeUri"] == "shared/"


def test_code_comes_back_as_it_was():
    template = {"Resources": {"F": {"Properties": {"Code": {"S3Bucket": "b"}}}, "G": {"Properties": {}}}}
    restored = restore(template, Prepared({}, {"F": {"Ref": "X"}, "G": None, "Gone": "x"}))
    assert restored["Resources"]["F"]["Properties"]["Code"] == {"Ref": "X"}
    assert restored["Resources"]["G"]["Properties"]["Code"] == "."


def test_the_translator_makes_cloudformation_without_account_or_network():
    made = transform(
        document("""
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      Policies: [AmazonDynamoDBFullAccess, SomePolicyNobodyKnows]
      Events:
        Get: {Type: HttpApi, Properties: {Path: /, Method: get}}
"""),
        {},
        Place("eu-west-2"),
    )
    assert made.failure == ""
    resources = made.template["Resources"]
    assert resources["F"]["Type"] == "AWS::Lambda::Function"
    assert resources["F"]["Properties"]["Code"] == "src/"
    assert resources["ServerlessHttpApi"]["Type"] == "AWS::ApiGatewayV2::Api"


def test_what_sam_refuses_is_taken_out_and_the_rest_translated():
    made = transform(
        document("""
Transform: AWS::Serverless-2016-10-31
Resources:
  Good:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src/, Handler: app.handler, Runtime: python3.13}
  Odd:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src/, Handler: app.handler, Runtime: python3.13, Hnadler: x}
  BadEvent:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      Events:
        Nameless: {Type: Api, Properties: {Path: /x}}
"""),
        {},
        Place(),
    )
    assert made.template["Resources"]["Good"]["Type"] == "AWS::Lambda::Function"
    assert "BadEvent" in made.template["Resources"]
    assert {(refused.logical_id, refused.event) for refused in made.refused} == {("Odd", ""), ("BadEvent", "Nameless")}
    assert all(refused.what for refused in made.refused)


@pytest.mark.parametrize(
    "properties",
    [
        {"Events": ["x"]},
        {"Events": {"E": "x"}},
        {"Environment": "x"},
        {"Policies": {"Fn::If": 3}},
        {"Events": {"E": {"Type": "Api", "Properties": None}}},
        {
            "Events": {
                "E": {"Type": "HttpApi", "Properties": {"ApiId": {"Ref": "Nobody"}, "Path": "/", "Method": "get"}}
            }
        },
        {"Layers": 3, "VpcConfig": 4},
    ],
)
def test_odd_resources_never_stop_the_others(properties):
    good = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"CodeUri": "a", "Handler": "a.b", "Runtime": "python3.13"},
    }
    odd = {"Type": "AWS::Serverless::Function", "Properties": {**good["Properties"], **properties}}
    made = transform({"Resources": {"Good": good, "Odd": odd, "Text": "odd"}}, {}, Place())
    assert made.failure == ""
    assert made.template["Resources"]["Good"]["Properties"]["Code"] == "a"
    assert "Text" in {refused.logical_id for refused in made.refused}


def test_a_layer_comes_back_with_its_content_its_metadata_and_the_name_it_was_given():
    made = transform(
        document("""
Transform: AWS::Serverless-2016-10-31
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: python3.13}
    Properties: {ContentUri: !Sub "layers/${AWS::Region}"}
  Elsewhere:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: s3://bucket/key}
  F:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: esbuild}
    Properties: {Handler: app.handler, Runtime: nodejs22.x, Layers: [!Ref Shared]}
"""),
        {},
        Place(),
    )
    resources = made.template["Resources"]
    (name,) = [name for name in resources if name.startswith("Shared")]
    assert resources["F"]["Properties"]["Layers"] == [{"Ref": name}]
    assert resources[name]["Properties"]["Content"] == {"Fn::Sub": "layers/${AWS::Region}"}
    assert resources[name]["Metadata"] == {"BuildMethod": "python3.13", SAM_ID: "Shared"}
    assert resources["F"]["Metadata"] == {"BuildMethod": "esbuild"}
    (other,) = [name for name in resources if name.startswith("Elsewhere")]
    assert resources[other]["Properties"]["Content"] == {"S3Bucket": "bucket", "S3Key": "key"}


def test_a_local_definition_of_a_state_machine_comes_back_and_one_in_a_bucket_stays():
    machine = "Type: AWS::Serverless::StateMachine, Properties: {Role: r, DefinitionUri: %s}"
    made = transform(
        document(f"Resources: {{Here: {{{machine % 'flow.json'}}}, There: {{{machine % 's3://b/k'}}}}}"), {}, Place()
    )
    locations = {
        name: made.template["Resources"][name]["Properties"]["DefinitionS3Location"] for name in ("Here", "There")
    }
    assert locations == {"Here": "flow.json", "There": {"Bucket": "b", "Key": "k"}}


def test_a_managed_policy_has_its_real_arn_where_the_translator_knows_it_and_a_likely_one_otherwise():
    policies = "[AWSLambdaBasicExecutionRole, NobodyKnowsThis, 'arn:aws:iam::1:policy/own']"
    text = (
        f"{{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.13, Handler: a.b, Policies: {policies}}}}}"
    )
    made = transform(document(f"Resources: {{F: {text}}}"), {}, Place("cn-north-1"))
    assert made.template["Resources"]["FRole"]["Properties"]["ManagedPolicyArns"] == [
        "arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws-cn:iam::aws:policy/NobodyKnowsThis",
        "arn:aws:iam::1:policy/own",
    ]
