import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.config.zappa.keys import KNOWN
from tests.config.zappa_samples import given_of


def only(stage):
    (problem,) = stage.problems
    return problem


def test_an_unknown_setting_is_told_with_what_was_meant():
    problem = only(given_of(memorysize=3))
    assert (problem.where, problem.warning) == ("zappa_settings.json:memorysize", True)
    assert "no setting memorysize" in problem.what
    assert problem.hint == "did you mean memory_size?"


def test_what_only_deploying_needs_is_accepted_silently():
    assert given_of(assume_policy="a.json", certificate_arn="arn", tags={"a": 1}, vpc_config={}).problems == []


def test_comments_written_as_settings_are_silent():
    assert given_of(**{"_comment": "x", "//": "y"}).problems == []


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("memory_size", "512", "a whole number"),
        ("memory_size", True, "a whole number"),
        ("app_function", ["a.b"], "text"),
        ("events", {"function": "a.b"}, "a list of tables"),
        ("environment_variables", ["A"], "a table of text"),
        ("cors", "yes", "true, false or a table"),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_problem_and_is_not_used(key, value, kind):
    stage = given_of(**{key: value})
    problem = only(stage)
    assert (problem.warning, problem.subject) == (False, key)
    assert kind in problem.hint
    assert key not in stage.values


def test_what_is_not_true_or_false_is_taken_as_zappa_does():
    stage = given_of(debug="false", keep_warm=None, binary_support=0)
    assert (stage.yes("debug", True), stage.yes("keep_warm", True), stage.yes("binary_support", True)) == (
        True,
        False,
        False,
    )
    assert ["takes for" in problem.what for problem in stage.problems] == [True, True]


def test_null_is_not_given():
    stage = given_of(domain=None, memory_size=None)
    assert (stage.text("domain", "none"), stage.whole("memory_size", 512)) == ("none", 512)
    assert stage.problems == []


def test_variables_that_are_not_text_become_text_and_are_told_without_their_values():
    stage = given_of(environment_variables={"PORT": 8000, "DEBUG": True, "A": "a", "SECRET": {"a": "hunter2"}})
    assert stage.table("environment_variables") == {"PORT": "8000", "DEBUG": "true", "A": "a"}
    told = " ".join(problem.what for problem in stage.problems)
    assert "environment_variables.PORT is not text" in told
    assert "8000" not in told
    assert "hunter2" not in told


def test_a_variables_name_is_ascii():
    problem = only(given_of(environment_variables={"GRÖSSE": "1"}))
    assert "not ASCII" in problem.what


def test_members_of_another_kind_are_left_out_one_by_one():
    stage = given_of(events=[{"function": "a.b"}, "a.c"], layers=["arn", 5])
    assert (stage.listed("events"), stage.listed("layers")) == ([{"function": "a.b"}], ["arn"])
    assert ["events[1]" in stage.problems[0].what, "layers[1]" in stage.problems[1].what] == [True, True]


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers()) | st.just({"a": 1})


@given(st.dictionaries(st.sampled_from(sorted(KNOWN)), VALUES, max_size=6))
def test_whatever_stands_there_is_used_or_told(settings):
    stage = given_of(**settings)
    told = {problem.subject for problem in stage.problems}
    for key, value in settings.items():
        assert key in stage.values or key in told or value is None
    json.dumps(dict(stage.values))
