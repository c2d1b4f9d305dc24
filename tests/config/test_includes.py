from localstack_lite.config.includes import include

FILES = {"api.yaml": {"paths": {"/x": {}}}, "part.yaml": {"/y": {}}}


def load(path):
    return FILES.get(path)


def document(kind, **properties):
    return {"Resources": {"Api": {"Type": kind, "Properties": properties}, "Other": "odd"}}


def test_a_local_definition_is_put_in_place():
    made = include(document("AWS::Serverless::Api", DefinitionUri="api.yaml"), load)
    assert made["Resources"]["Api"]["Properties"] == {"DefinitionBody": FILES["api.yaml"]}
    made = include(document("AWS::ApiGateway::RestApi", BodyS3Location="api.yaml"), load)
    assert made["Resources"]["Api"]["Properties"] == {"Body": FILES["api.yaml"]}


def test_an_include_is_merged_where_it_stands():
    macro = {"Name": "AWS::Include", "Parameters": {"Location": "part.yaml"}}
    body = {"paths": {"Fn::Transform": macro, "/x": {"get": {}}}}
    made = include(document("AWS::Serverless::HttpApi", DefinitionBody=body), load)
    assert made["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"] == {"/y": {}, "/x": {"get": {}}}
    assert "Fn::Transform" in body["paths"]


def test_what_is_elsewhere_stays_as_it_is():
    for given in (
        document("AWS::Serverless::Api", DefinitionUri="s3://b/k"),
        document("AWS::Serverless::Api", DefinitionUri="nowhere.yaml"),
        document("AWS::Lambda::Function", Code="x"),
        {"Resources": None},
    ):
        assert include(given, load) is given
