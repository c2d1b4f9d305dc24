import pytest

from localstack_lite.config.belonging import belonging, is_api, named_by, says
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from tests.config.samples import stack_of

STACK = stack_of("""\
    Resources:
      Api: {Type: AWS::ApiGateway::RestApi}
      Other: {Type: AWS::ApiGateway::RestApi}
      Mine: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api}}
      Else: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Other}}
      Auth: {Type: AWS::ApiGateway::Authorizer, Properties: {Name: shown}}
      Method: {Type: AWS::ApiGateway::Method, Properties: {AuthorizerId: !Ref Auth, RestApiId: !Ref Nobody}}
    """)
API = Resource(STACK, "Api")
METHOD = Resource(STACK, "Method")


def test_resources_belong_to_the_api_that_they_speak_of():
    assert [one.logical_id for one in belonging(API, "AWS::ApiGateway::Stage", "RestApiId")] == ["Mine"]


@pytest.mark.parametrize(("value", "found"), [({"Ref": "Api"}, True), ("api", True), ({"Ref": "Other"}, False)])
def test_a_value_may_be_the_id_of_an_api(value, found):
    assert is_api(METHOD, value, API) is found


def test_a_resource_is_found_by_what_its_ref_answers():
    kinds = ("AWS::ApiGateway::Authorizer",)
    for value in ({"Ref": "Auth"}, {"Fn::GetAtt": ["Auth", "AuthorizerId"]}, "Auth"):
        assert named_by(METHOD, value, *kinds).logical_id == "Auth"
    assert named_by(METHOD, "Api", *kinds) is None
    assert named_by(METHOD, None, *kinds) is None
    with pytest.raises(Refusal):
        named_by(METHOD, {"Ref": "Nobody"}, *kinds)


def test_what_cannot_be_resolved_says_nothing():
    assert says(METHOD, {"Ref": "Nobody"}) == ""
