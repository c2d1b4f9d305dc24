import pytest

from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from tests.config.samples import stack_of

STACK = stack_of("""\
    Conditions:
      Yes: !Equals [1, 1]
    Resources:
      Api:
        Type: AWS::ApiGateway::RestApi
        Properties:
          AuthorizerUri: !Ref AWS::Region
          nobody: !Ref Nobody
          gone: !Ref AWS::NoValue
          TtlInSeconds: 5
          Enabled: true
          Sources: [a, !Ref AWS::Region]
          Pairs: {A: 1, b: !Ref AWS::Region}
          Chosen: !If [Yes, {Inner: {Deep: 1}}, {}]
          Members: [{Name: x}, text, !If [Yes, {Name: y}, !Ref Nobody]]
          Words: {One: {Name: x}, two: text}
    """)
API = Resource(STACK, "Api")
PART = Part(API, API.properties)


@pytest.mark.parametrize(
    ("key", "text"), [("authorizerUri", "us-east-1"), ("AuthorizerUri", "us-east-1"), ("missing", "x"), ("gone", "x")]
)
def test_a_key_is_found_as_both_forms_write_it(key, text):
    assert PART.text(key, default="x") == text


def test_the_first_of_several_keys_that_is_there_counts():
    assert PART.text("missing", "gone", "authorizerUri", "ttlInSeconds") == "us-east-1"
    assert (PART.has("authorizerUri"), PART.has("gone")) == (True, False)


def test_values_have_the_type_that_is_asked_for():
    assert (PART.number("ttlInSeconds"), PART.number("missing"), PART.flag("enabled")) == (5.0, None, True)
    assert PART.texts("sources") == ("a", "us-east-1")
    assert PART.texts("authorizerUri") == ("us-east-1",)
    assert PART.pairs("pairs") == {"A": "1", "b": "us-east-1"}


@pytest.mark.parametrize("value", ["x", "1,5", "nan", "inf", "9" * 400, float("nan")])
def test_a_number_is_finite(value):
    with pytest.raises(Refusal):
        Part(API, {"a": value}).number("a")


def test_parts_of_a_part_keep_their_places():
    inner = PART.child("chosen").child("inner")
    assert (inner.path, inner.text("deep")) == (("Chosen", "Inner"), "1")
    assert [(each.path, each.text("name")) for each in PART.children("members")] == [
        (("Members",), "x"),
        (("Members",), "y"),
    ]
    assert [(name, each.path) for name, each in PART.named("words")] == [("One", ("Words", "One"))]
    assert PART.child("authorizerUri") is None
    assert list(PART.children("missing")) == list(PART.named("missing")) == []


@pytest.mark.parametrize(
    ("read", "place"),
    [
        (lambda: PART.text("nobody"), ("nobody",)),
        (lambda: PART.child("nobody"), ("nobody",)),
        (lambda: list(PART.children("nobody")), ("nobody",)),
        (lambda: PART.number("authorizerUri"), ("AuthorizerUri",)),
        (lambda: PART.text("sources"), ("Sources",)),
    ],
)
def test_what_cannot_be_read_says_where(read, place):
    with pytest.raises(Refusal) as caught:
        read()
    assert caught.value.path == place
