import json
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.config.zappa.stages import read_zappa_stages
from localstack_lite.errors import UserError
from localstack_lite.model.stage import StageSource

SETTINGS = """\
{
    // what every stage has
    "common": {
        "aws_region": "eu-west-2",
        "s3_bucket": "zappa-artifacts",
        "project_name": "My shop",
        "tags": {"team": "shop"},
    },
    "dev": {
        "extends": "common",
        "app_function": "app.app",
        "profile_name": "shop",
        "role_arn": "arn:aws:iam::123456789012:role/functions",
        "environment_variables": {"A": "b"}
    },
    "production_eu": {
        "extends": "dev",
        aws_region: eu-west-1
        "tags": {"stage": "production"}
    }
}
"""


def read(text, name="zappa_settings.json", folder="shop_api"):
    return read_zappa_stages(dedent(text), name, folder)


def test_a_stage_is_what_it_says_and_what_it_extends():
    stages = read(SETTINGS)
    dev = stages["dev"]
    assert (dev.source, dev.where) == (StageSource.ZAPPA, "zappa_settings.json:9")
    assert (dev.stack_name, dev.region, dev.profile) == ("my-shop-dev", "eu-west-2", "shop")
    assert (dev.s3_bucket, dev.tags) == ("zappa-artifacts", {"team": "shop"})
    production = stages["production_eu"]
    assert (production.stack_name, production.region) == ("my-shop-production-eu", "eu-west-1")
    assert (production.profile, production.tags) == ("shop", {"stage": "production"})
    assert dev.problems == production.problems == ()


@pytest.mark.parametrize(
    ("settings", "aliases"),
    [
        ("", ()),
        ('"snap_start": "None", "alb_enabled": false', ()),
        ('"snap_start": "PublishedVersions"', ("snapstart",)),
        ('"provisioned_concurrency": 2', ("provisioned-concurrency",)),
        ('"apigateway_lambda_qualifier": "live", "snap_start": "PublishedVersions"', ("live",)),
        ('"apigateway_lambda_qualifier": "$LATEST"', ()),
        ('"snap_start": "PublishedVersions", "apigateway_enabled": false', ()),
        ('"provisioned_concurrency": 2, "alb_enabled": true', ("provisioned-concurrency", "current-alb-version")),
    ],
)
def test_the_aliases_that_zappa_has_its_callers_call(settings, aliases):
    text = f'{{"dev": {{"app_function": "app.app"{"," if settings else ""} {settings}}}}}'
    assert read_zappa_stages(text, "z.json", "shop", deployed=True)["dev"].aliases == aliases
    assert read(text)["dev"].aliases == ()


def test_the_functions_role_is_not_the_stacks():
    assert read(SETTINGS)["dev"].role_arn == ""


def test_a_stage_that_zappa_deploys_is_its_function():
    stages = read_zappa_stages(SETTINGS, "zappa_settings.json", "shop_api", deployed=True)
    assert stages["production_eu"].function == "my-shop-production-eu"
    assert read(SETTINGS)["dev"].function == ""


def test_what_only_others_extend_is_no_stage():
    assert list(read(SETTINGS)) == ["dev", "production_eu"]
    alone = '{"common": {"aws_region": "eu-west-2"}}'
    assert list(read(alone)) == ["common"]


def test_without_a_project_name_it_is_the_folders_cut_as_zappa_does():
    text = '{"dev": {"app_function": "app.app"}}'
    assert read(text, folder="my_Shop")["dev"].stack_name == "my-shop-dev"
    assert read(text, folder="a-rather-long-folder")["dev"].stack_name == "a-rather-long-f-dev"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[dev]\naws_region = "eu-west-2"\n[dev.tags]\na = "b"\n', "zappa_settings.toml"),
        ("dev:\n  aws_region: eu-west-2\n  tags: {a: b}\n", "zappa_settings.yml"),
        ("dev:\n  aws_region: eu-west-2\n  tags: {a: b}\n", "zappa_settings.yaml"),
    ],
)
def test_all_formats_say_the_same(text, name):
    dev = read(text, name)["dev"]
    assert (dev.region, dev.tags, dev.where) == ("eu-west-2", {"a": "b"}, f"{name}:1")


@pytest.mark.parametrize(
    ("text", "what", "hint", "where"),
    [
        ('{\n"dev": {\n"extends": "commom"},\n"common": {}}', "it extends commom, which is not there", "common", 3),
        ('{\n"dev": {\n"extends": ["a"]}}', "which is not there", "", 3),
        ('{\n"dev": {\n"extends": "dev"}}', "dev → dev", "take one", 3),
        ('{\n"dev": {\n"s3_bucket": "My_Bucket"}}', "s3_bucket of stage dev", "lower-case", 3),
        ('{\n"dev": {\n"aws_region": null,\n"profile_name": 5}}', "profile of stage dev is 5", "text", 4),
        ('{\n"dev": {\n"project_name": "3d"}}', "stack_name of stage dev is '3d-dev'", "letter", 3),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(text, what, hint, where):
    (problem,) = read(text)["dev"].problems
    assert what in problem.what
    assert hint in problem.hint
    assert (problem.where, problem.warning) == (f"zappa_settings.json:{where}", False)


def test_a_circle_is_told_at_each_of_its_stages():
    stages = read('{"a": {"extends": "b", "app_function": "x.y"}, "b": {"extends": "a", "app_function": "x.y"}}')
    assert ["circle" in stage.problems[0].what for stage in stages.values()] == [True, True]


def test_a_problem_of_an_extended_stage_stands_where_it_was_written():
    text = '{\n"base": {\n"s3_bucket": "My_Bucket"},\n"dev": {"extends": "base", "app_function": "a.b"}}'
    (problem,) = read(text)["dev"].problems
    assert problem.where == "zappa_settings.json:3"


def test_a_name_that_only_zappa_refuses_is_a_warning():
    (problem,) = read('{"dev-eu": {}}')["dev-eu"].problems
    assert problem.warning


def test_a_broken_file_names_its_line():
    with pytest.raises(UserError) as caught:
        read('{\n"dev": {\n"a": [1,\n')
    assert caught.value.where == "zappa_settings.json:4"


VALUES = st.sampled_from([None, "", "a", "b", 5, True, [], ["a"], {}, {"a": "b"}, {"a": {"b": 1}}, "eu-west-2"])
KEYS = ["extends", "aws_region", "s3_bucket", "tags", "project_name", "profile_name", "app_function"]


@given(st.dictionaries(st.sampled_from(["a", "b", "c-d"]), st.dictionaries(st.sampled_from(KEYS), VALUES) | VALUES))
def test_whatever_stands_there_becomes_a_stage_or_a_problem(settings):
    stages = read(json.dumps(settings, indent=1))
    for name, stage in stages.items():
        assert settings[name] is not None
        assert {type(each) for each in (stage.stack_name, stage.region, *stage.tags.values())} == {str}
        assert all(problem.where.startswith("zappa_settings.json:") for problem in stage.problems)
