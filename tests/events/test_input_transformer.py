"""What input transformers make of events."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.events.input_transformer import transformed
from localstack_lite.model.trigger import InputTransformer

ARN = "arn:aws:events:us-east-1:123456789012:rule/nightly"
EVENT = {
    "id": "i1",
    "time": "2026-11-22T08:00:00Z",
    "resources": [ARN],
    "detail": {"say": 'a "b"', "n": 7, "on": True, "none": None},
}
PATHS = {
    "id": "$.id",
    "res": "$.resources",
    "detail": "$.detail",
    "say": "$.detail.say",
    "n": "$.detail.n",
    "on": "$.detail.on",
}


def made(template: str, paths: dict[str, str] = PATHS) -> str:
    return transformed(InputTransformer(paths, template), EVENT, ARN)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{"id": <id>, "n": <n>, "on": <on>}', '{"id": "i1", "n": 7, "on": true}'),
        ('{"all": [<res>, <say>]}', f'{{"all": [["{ARN}"], "a \\"b\\""]}}'),
        ("<detail>", '{"say":"a \\"b\\"","n":7,"on":true,"none":null}'),
        ("<id>", '"i1"'),
    ],
)
def test_a_value_is_replaced_by_json(template, text):
    assert made(template) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('"<id> at <n>, <on>"', '"i1 at 7, true"'),
        ('{"text": "it says <say>"}', '{"text": "it says a \\"b\\""}'),
        ('"\\"<id>\\""', '"\\"i1\\""'),
        ('{"a": "<id>", "b": <id>, "c": "<id>"}', '{"a": "i1", "b": "i1", "c": "i1"}'),
    ],
)
def test_inside_a_string_it_is_replaced_by_its_text(template, text):
    assert made(template) == text
    json.loads(made(template))


def test_an_object_inside_a_string_loses_its_quotes():
    assert made('"got <detail>"', {"detail": "$.detail"}) == '"got {say:a b,n:7,on:true,none:null}"'


def test_what_is_not_in_the_event_is_empty():
    assert made('{"a": <gone>, "b": "<gone>!"}', {"gone": "$.detail.gone"}) == '{"a": "", "b": "!"}'


def test_reserved_names_need_no_path_and_cannot_be_taken():
    assert made("<aws.events.rule-arn>", {"aws.events.rule-arn": "$.id"}) == f'"{ARN}"'
    assert made('"<aws.events.rule-name>"') == '"nightly"'
    assert made('"<aws.events.event.ingestion-time>"') == '"2026-11-22T08:00:00Z"'
    assert json.loads(made("<aws.events.event.json>")) == EVENT
    assert json.loads(made("<aws.events.event>")) == {key: EVENT[key] for key in ("id", "time", "resources")}


def test_signs_that_are_no_placeholder_stay():
    assert made('"a < b > c, <not a name>"') == '"a < b > c, <not a name>"'


def test_zappas_template_carries_keyword_arguments_beside_the_event():
    template = '{"time": <time>, "resources": <res>, "kwargs": {"a": [1, "<"]}}'
    found = json.loads(made(template, {"time": "$.time", "res": "$.resources"}))
    assert found == {"time": EVENT["time"], "resources": [ARN], "kwargs": {"a": [1, "<"]}}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(values)
def test_whatever_a_value_is_the_result_is_json_outside_and_inside_strings(value):
    event = {"time": "t", "detail": {"v": value}}
    text = transformed(InputTransformer({"v": "$.detail.v"}, '{"a": <v>, "b": "-<v>-"}'), event, ARN)
    found = json.loads(text)
    assert found["a"] == value
    if isinstance(value, str):
        assert found["b"] == f"-{value}-"
