"""Lines and names of what SAM made of events."""

from localstack_lite.config.made_by_sam import leave_out, place, shown, warn
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource, open_stack
from tests.config.samples import stack_of

WRITTEN = stack_of("""\
    Resources:
      Hello:
        Type: AWS::Serverless::Function
        Properties:
          Events:
            Nightly:
              Type: Schedule
              Properties:
                Input: '1'
                Schedule: rate(1 hour)
      Own:
        Type: AWS::Events::Rule
        Properties:
          ScheduleExpression: rate(1 hour)
    """)
RULE = {"Type": "AWS::Events::Rule"}


def opened():
    resources = {"HelloNightly": RULE, "Own": WRITTEN.resources["Own"], "Unknown": RULE}
    return open_stack("template.yaml", WRITTEN.source, {"Resources": resources}, WRITTEN.scope, [])


def test_a_property_is_found_in_the_event_under_sams_name():
    made = Resource(opened(), "HelloNightly")
    assert place(made, "ScheduleExpression") == "template.yaml:10"
    assert place(made, "Input") == "template.yaml:9"
    assert place(made, "Targets") == "template.yaml:8"
    assert place(made) == "template.yaml:6"
    assert shown(made) == "event Nightly of Hello"


def test_what_the_user_wrote_is_where_it_is():
    own = Resource(opened(), "Own")
    assert (place(own, "ScheduleExpression"), shown(own)) == ("template.yaml:14", "Own")


def test_what_comes_from_nowhere_is_in_the_template():
    unknown = Resource(opened(), "Unknown")
    assert (place(unknown, "X"), shown(unknown)) == ("template.yaml", "Unknown")


def test_a_problem_names_the_event_and_the_property():
    stack = opened()
    made = Resource(stack, "HelloNightly")
    leave_out(made, Refusal("is odd", "mend it", ("ScheduleExpression",)))
    warn(made, Refusal("is late"))
    assert [(each.where, each.what, each.hint, each.subject, each.warning) for each in stack.found] == [
        ("template.yaml:10", "event Nightly of Hello: ScheduleExpression: is odd", "mend it", "HelloNightly", False),
        ("template.yaml:6", "event Nightly of Hello: is late", "", "HelloNightly", True),
    ]
