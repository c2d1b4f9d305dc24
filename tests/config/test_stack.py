import pytest

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from tests.config.samples import stack_of

TEXT = """\
    Parameters:
      Size: {Type: Number, Default: 5}
    Conditions:
      Never: !Equals [1, 2]
      Lost: !Equals [!Ref Nobody, 2]
    Globals:
      Function:
        Runtime: shared
    Resources:
      F:
        Type: T
        Properties:
          Size: !Ref Size
          Bad: !Ref Nobody
          Text: hi
          Maybe: !If [Never, 1, !Ref AWS::NoValue ]
          Runtime: shared
      Hidden: {Type: T, Condition: Never}
      Unsure: {Type: T, Condition: Lost}
      Typeless: {Properties: {}}
    """


def test_only_resources_that_exist_are_there_and_the_others_are_told():
    stack = stack_of(TEXT)
    assert [resource.logical_id for resource in stack.of_type("T")] == ["F"]
    assert [(problem.subject, problem.where) for problem in stack.found] == [
        ("Unsure", "template.yaml:19"),
        ("Typeless", "template.yaml:20"),
    ]


def test_properties_are_resolved_and_typed():
    resource = Resource(stack_of(TEXT), "F")
    assert resource.whole("Size", default=1) == 5
    assert resource.text("Text") == "hi"
    assert resource.value("Maybe") is None
    assert resource.text("Nothing", default="d") == "d"


def test_a_refusal_knows_its_place_and_a_soft_read_tells_it():
    resource = Resource(stack_of(TEXT), "F")
    with pytest.raises(Refusal) as caught:
        resource.text("Bad")
    assert caught.value.path == ("Bad",)
    assert resource.text_or("d", "Bad") == "d"
    told = resource.stack.found[-1]
    assert told.where == "template.yaml:14"
    assert told.warning
    assert "F: Bad: there is no parameter or resource Nobody; 'd' is used" in told.what


def test_a_property_from_globals_is_found_there():
    text = """\
        Globals:
          Function:
            Timeout: 3
        Resources:
          F: {Type: T, Properties: {}}
        """
    assert Resource(stack_of(text), "F").where("Timeout") == "template.yaml:3"


def test_what_sam_gave_another_id_is_told_by_the_users_and_where_that_stands():
    text = """\
        Resources:
          Shared: {Type: Gone}
          Shared0123abcd: {Type: T, Metadata: {SamResourceId: Shared}}
          Own: {Type: T, Metadata: {SamResourceId: Nowhere}}
        """
    stack = stack_of(text)
    renamed, own = (Resource(stack, name) for name in ("Shared0123abcd", "Own"))
    assert (renamed.given_id, renamed.where()) == ("Shared", "template.yaml:2")
    assert (own.given_id, own.where()) == ("Own", "template.yaml:4")
    renamed.leave_out(Refusal("is not here"))
    assert stack.found[-1].what == "Shared: is not here"


def test_a_place_in_a_body_is_found_where_sam_has_it():
    text = """\
        Resources:
          Api:
            Type: T
            Properties:
              DefinitionBody:
                paths:
                  /x: {}
          Own: {Type: T, Properties: {Body: {paths: {}}}}
        """
    stack = stack_of(text)
    assert Resource(stack, "Api").where("Body", "paths", "/x", "get") == "template.yaml:7"
    assert Resource(stack, "Own").where("Body", "paths") == "template.yaml:8"
