import pytest

from localstack_lite.config.api_domains import domains_of
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import DomainName
from tests.config.samples import stack_of


def domains(kind, properties):
    stack = stack_of(f"""\
        Resources:
          Api: {{Type: AWS::ApiGateway::RestApi}}
          Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api, StageName: dev}}}}
          Old: {{Type: AWS::ApiGateway::DomainName, Properties: {{DomainName: API.example.com}}}}
          New: {{Type: AWS::ApiGatewayV2::DomainName, Properties: {{DomainName: api.example.com}}}}
          Mapping: {{Type: AWS::{kind}, Properties: {properties}}}
        """)
    return domains_of(Resource(stack, "Api")), stack.found


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        (
            "ApiGateway::BasePathMapping",
            "{RestApiId: !Ref Api, DomainName: !Ref Old, Stage: !Ref Stage, BasePath: shop}",
            DomainName("api.example.com", "shop", "dev"),
        ),
        ("ApiGateway::BasePathMapping", "{RestApiId: !Ref Api, DomainName: x.example}", DomainName("x.example")),
        (
            "ApiGateway::BasePathMapping",
            "{RestApiId: !Ref Api, DomainName: x.example, BasePath: (none), Stage: live}",
            DomainName("x.example", "", "live"),
        ),
        (
            "ApiGatewayV2::ApiMapping",
            "{ApiId: !Ref Api, DomainName: !Ref New, Stage: $default, ApiMappingKey: a/b}",
            DomainName("api.example.com", "a/b", "$default"),
        ),
        (
            "ApiGateway::BasePathMappingV2",
            "{RestApiId: !Ref Api, DomainNameArn: 'arn:aws:apigateway:x::/domainnames/p.example+abc', Stage: dev}",
            DomainName("p.example", "", "dev"),
        ),
    ],
)
def test_a_mapping_leads_a_name_to_a_stage(kind, properties, expected):
    assert domains(kind, properties) == ((expected,), [])


@pytest.mark.parametrize("name", ["!Ref Nobody", "''"])
def test_a_name_that_cannot_be_told_costs_itself(name):
    found, (problem,) = domains("ApiGateway::BasePathMapping", f"{{RestApiId: !Ref Api, DomainName: {name}}}")
    assert found == ()
    assert "does not lead here" in problem.what


def test_mappings_of_other_apis_are_theirs():
    assert domains("ApiGatewayV2::ApiMapping", "{ApiId: other, DomainName: !Ref New}") == ((), [])
