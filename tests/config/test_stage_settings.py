import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.config.stage_rules import stack_name
from localstack_lite.config.stage_settings import (
    StageSettings,
    default_stack_name,
    merged,
    read_stage_table,
    stage_of,
)
from localstack_lite.model.stage import CAPABILITIES, StageSource


def table(given, name="dev"):
    return read_stage_table(name, StageSource.DEVSERVE, "devserve.toml:1", given, lambda key: f"devserve.toml:{key}")


def test_values_become_text_as_cloudformation_writes_them():
    stage = table({"parameter_overrides": {"A": 1, "B": True, "C": ["x", 2], "D": 1.0}, "tags": {"n": 7}})
    assert stage.parameter_overrides == {"A": "1", "B": "true", "C": "x,2", "D": "1"}
    assert stage.tags == {"n": "7"}
    assert stage.problems == ()


@pytest.mark.parametrize(
    ("given", "subject", "what"),
    [
        ({"region": 5}, "stages.dev.region", "region of stage dev is 5"),
        ({"s3_bucket": "My_Bucket"}, "stages.dev.s3_bucket", "'My_Bucket', no name that S3 takes"),
        ({"capabilities": "CAPABILITY_IAM"}, "stages.dev.capabilities", "'CAPABILITY_IAM'"),
        ({"capabilities": ["IAM"]}, "stages.dev.capabilities", "'IAM'"),
        ({"tags": ["a"]}, "stages.dev.tags", "not a table"),
        ({"tags": {"aws:x": "y"}}, "stages.dev.tags", "tags.aws:x"),
        ({"parameter_overrides": {"A": {"b": 1}}}, "stages.dev.parameter_overrides", "parameter_overrides.A"),
    ],
)
def test_a_bad_value_is_told_at_its_place_and_left_out(given, subject, what):
    stage = table(given)
    (problem,) = stage.problems
    assert what in problem.what
    assert problem.subject == subject
    assert problem.where == f"devserve.toml:{subject.rpartition('.')[2]}"
    assert not problem.warning
    assert stage == StageSettings("dev", where="devserve.toml:1", capabilities=stage.capabilities, problems=(problem,))


def test_what_may_be_secret_is_not_repeated():
    stage = table({"parameter_overrides": {"Password": [["hunter2"]]}})
    assert "hunter2" not in stage.problems[0].what
    assert "hunter2" not in table({"parameter_overrides": "Password=hunter2"}).problems[0].what


def test_a_stage_is_not_named_like_a_path():
    (problem,) = table({}, "../prod").problems
    assert (problem.where, problem.subject) == ("devserve.toml:1", "stages.../prod")


def test_files_are_put_together_key_by_key_and_tables_value_by_value():
    ours = StageSettings("dev", where="a:1", region="eu-west-2", parameter_overrides={"A": "ours"}, capabilities=())
    sam = StageSettings(
        "dev",
        StageSource.SAM,
        "b:1",
        stack_name="shop",
        region="us-east-1",
        parameter_overrides={"A": "sam", "B": "sam"},
        capabilities=("CAPABILITY_IAM",),
        tags={"team": "shop"},
    )
    stage = merged([ours, sam])
    assert (stage.source, stage.where) == (StageSource.DEVSERVE, "a:1")
    assert (stage.region, stage.stack_name) == ("eu-west-2", "shop")
    assert stage.parameter_overrides == {"A": "ours", "B": "sam"}
    assert (stage.tags, stage.capabilities) == ({"team": "shop"}, ())


def test_what_is_wrong_with_a_value_that_does_not_count_does_not_matter():
    bad = table({"s3_bucket": "My_Bucket", "region": "london"})
    stage = merged([StageSettings("dev", s3_bucket="shop"), bad])
    assert [problem.subject for problem in stage.problems] == ["stages.dev.region"]


def test_a_stage_without_a_stack_is_named_after_the_folder():
    stage = stage_of(StageSettings("dev", region="eu-west-2"), "My shop", protected=True)
    assert (stage.stack_name, stage.region, stage.protected) == ("My-shop-dev", "eu-west-2", True)
    assert stage.capabilities == CAPABILITIES
    assert stage_of(StageSettings("dev", capabilities=()), "shop", protected=False).capabilities == ()


def test_what_is_given_reaches_the_stage():
    given = {
        "stack_name": "shop-dev",
        "region": "eu-west-2",
        "profile": "shop",
        "s3_bucket": "artifacts",
        "s3_prefix": "/shop/",
        "image_repository": "host.test/shop",
        "role_arn": "arn:aws:iam::123456789012:role/deploy",
        "endpoint_url": "http://127.0.0.1:5000",
    }
    settings = table({**given, "tags": {"a": "b"}, "parameter_overrides": {"C": "d"}})
    stage = stage_of(settings, "x", protected=False)
    assert {key: getattr(stage, key) for key in given} == {**given, "s3_prefix": "shop"}
    assert (stage.tags, stage.parameters, stage.where) == ({"a": "b"}, {"C": "d"}, "devserve.toml:1")


@pytest.mark.parametrize(
    ("folder", "stage", "name"),
    [
        ("shop", "dev", "shop-dev"),
        ("my_shop.api", "dev_eu", "my-shop-api-dev-eu"),
        ("3d", "dev", "devserve-3d-dev"),
        ("", "dev", "devserve-dev"),
        ("a" * 200, "dev", "a" * 124 + "-dev"),
    ],
)
def test_default_stack_names(folder, stage, name):
    assert default_stack_name(folder, stage) == name


@given(st.text(max_size=150), st.text(max_size=150))
def test_a_default_stack_name_is_always_one_that_cloudformation_takes(folder, stage):
    assert stack_name(default_stack_name(folder, stage)) is None
