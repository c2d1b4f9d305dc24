import json
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.config.samconfig import read_samconfig
from localstack_lite.errors import UserError
from localstack_lite.model.stage import StageSource

GUIDED = """\
version = 0.1
[default]
[default.global.parameters]
stack_name = "shop"
region = "eu-west-2"

[default.build.parameters]
cached = true

[default.deploy.parameters]
capabilities = "CAPABILITY_IAM"
confirm_changeset = true
resolve_s3 = true
s3_prefix = "shop"
parameter_overrides = "Stage=\\"dev\\" Greeting=\\"hello you\\" ParameterKey=N,ParameterValue=3"
tags = "team=\\"shop\\" cost-center=7"
profile = "shop"
role_arn = "arn:aws:iam::123456789012:role/cfn"
template_file = "other.yaml"
image_repositories = ["Resize=123456789012.dkr.ecr.eu-west-2.amazonaws.com/shop"]

[default.sync.parameters]
watch = true

[prod.sync.parameters]
stack-name = "shop-prod"
s3-bucket = "artifacts"

[ci.build.parameters]
stack_name = "none"
"""


def read(text, name="samconfig.toml"):
    return read_samconfig(dedent(text), name)


def only(text):
    return read("[dev.deploy.parameters]\n" + dedent(text))["dev"]


def test_what_sam_deploy_guided_writes_is_a_stage():
    stages = read(GUIDED)
    assert list(stages) == ["default", "prod"]
    stage = stages["default"]
    assert (stage.name, stage.source, stage.where) == ("default", StageSource.SAM, "samconfig.toml:10")
    assert (stage.stack_name, stage.region, stage.profile) == ("shop", "eu-west-2", "shop")
    assert (stage.s3_bucket, stage.s3_prefix) == ("", "shop")
    assert stage.parameter_overrides == {"Stage": "dev", "Greeting": "hello you", "N": "3"}
    assert stage.tags == {"team": "shop", "cost-center": "7"}
    assert stage.capabilities == ("CAPABILITY_IAM",)
    assert stage.role_arn == "arn:aws:iam::123456789012:role/cfn"
    assert stage.image_repository == "123456789012.dkr.ecr.eu-west-2.amazonaws.com/shop"
    assert stage.problems == ()


def test_keys_may_have_hyphens():
    assert (read(GUIDED)["prod"].stack_name, read(GUIDED)["prod"].s3_bucket) == ("shop-prod", "artifacts")
    (problem,) = only("stack-name = 'a_b'").problems
    assert problem.where == "samconfig.toml:2"


def test_an_environment_without_a_word_on_deploying_is_no_stage():
    assert (
        read("version = 0.1\n[dev.build.parameters]\ncached = true\n[dev.local_invoke.parameters]\nregion = 'x'\n")
        == {}
    )
    assert read("") == {}


def test_a_commands_section_goes_before_global_and_deploy_before_sync_each_value_as_a_whole():
    stage = read(
        """\
        [dev.global.parameters]
        stack_name = "of-global"
        region = "eu-west-1"
        s3_prefix = "of-global"
        parameter_overrides = "A=global B=global"
        [dev.sync.parameters]
        stack_name = "of-sync"
        s3_prefix = "of-sync"
        parameter_overrides = "A=sync"
        [dev.deploy.parameters]
        stack_name = "of-deploy"
        """
    )["dev"]
    assert (stage.stack_name, stage.s3_prefix, stage.region) == ("of-deploy", "of-sync", "eu-west-1")
    assert stage.parameter_overrides == {"A": "sync"}


@pytest.mark.parametrize(
    ("text", "bucket"),
    [
        ("[dev.deploy.parameters]\ns3_bucket = 'mine'\n", "mine"),
        ("[dev.deploy.parameters]\ns3_bucket = 'mine'\nresolve_s3 = true\n", ""),
        ("[dev.global.parameters]\ns3_bucket = 'mine'\n[dev.deploy.parameters]\nresolve_s3 = true\n", ""),
        ("[dev.global.parameters]\nresolve_s3 = true\n[dev.deploy.parameters]\ns3_bucket = 'mine'\n", "mine"),
        ("[dev.deploy.parameters]\ns3_bucket = 'mine'\nresolve_s3 = false\n", "mine"),
    ],
)
def test_a_bucket_that_is_left_to_sam_is_ours_to_make(text, bucket):
    assert read(text)["dev"].s3_bucket == bucket


@pytest.mark.parametrize(
    "written",
    [
        "'A=1 B=\"x y\"'",
        "['A=1', 'B=\"x y\"']",
        "['A=1 B=\"x y\"']",
        "['ParameterKey=A,ParameterValue=1', 'ParameterKey=B,ParameterValue=\"x y\"']",
        "{ A = 1, B = 'x y' }",
        "[{ A = '1' }, 'B=\"x y\"']",
    ],
)
def test_pairs_come_as_text_as_a_list_or_as_a_table(written):
    assert only(f"parameter_overrides = {written}").parameter_overrides == {"A": "1", "B": "x y"}
    if "ParameterKey" not in written:
        assert only(f"tags = {written}").tags == {"A": "1", "B": "x y"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("'CAPABILITY_IAM CAPABILITY_AUTO_EXPAND'", ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")),
        ("['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM']", ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")),
        ("[]", ()),
        ("''", None),
    ],
)
def test_capabilities_come_as_text_or_as_a_list(written, expected):
    assert only(f"capabilities = {written}").capabilities == expected


@pytest.mark.parametrize(
    ("line", "what", "hint"),
    [
        ("stack_name = 'shop_dev'", "stack_name of stage dev is 'shop_dev'", "letters, digits and hyphens"),
        ("region = ['eu-west-2']", "region of stage dev is ['eu-west-2']", "it is text"),
        ("capabilities = 'IAM'", "'IAM' among the capabilities", "CAPABILITY_IAM"),
        ("parameter_overrides = 'A=1 B'", "parameter_overrides of stage dev: what follows A is not", "quote"),
        ("parameter_overrides = 'Stage'", "parameter_overrides of stage dev: its beginning is not", "quote"),
        ("tags = 5", "tags of stage dev: its beginning is not", "quote"),
        ("role_arn = 'deploy'", "role_arn of stage dev", "arn:aws:iam"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(line, what, hint):
    stage = only(line)
    (problem,) = stage.problems
    assert what in problem.what
    assert hint in problem.hint
    assert (problem.where, problem.warning) == ("samconfig.toml:2", False)


def test_a_value_of_parameters_is_never_in_a_message():
    (problem,) = only("parameter_overrides = 'Password=hunter 2a2b'").problems
    assert "2a2b" not in problem.what + problem.hint


def test_several_repositories_of_images_are_told_and_the_first_is_used():
    stage = only("image_repositories = 'A=host.test/a B=host.test/b'")
    assert stage.image_repository == "host.test/a"
    (problem,) = stage.problems
    assert problem.warning
    assert only("image_repositories = 'A=host.test/a B=host.test/a'").problems == ()
    assert (
        only("image_repository = 'host.test/c'\nimage_repositories = 'A=host.test/a'").image_repository == "host.test/c"
    )


def test_yaml_says_the_same():
    stages = read(
        """\
        version: 0.1
        default:
          global:
            parameters:
              stack_name: shop
          deploy:
            parameters:
              region: eu-west-2
              resolve_s3: true
              parameter_overrides:
                - Stage=dev
                - N=3
              tags:
                team: shop
              stack-name: shop-dev
              profile: 7
        """,
        "samconfig.yaml",
    )
    stage = stages["default"]
    assert (stage.stack_name, stage.region) == ("shop-dev", "eu-west-2")
    assert stage.parameter_overrides == {"Stage": "dev", "N": "3"}
    assert stage.tags == {"team": "shop"}
    assert stage.where == "samconfig.yaml:7"
    assert [problem.where for problem in stage.problems] == ["samconfig.yaml:16"]


def test_a_broken_file_names_its_line():
    with pytest.raises(UserError) as caught:
        read("version = 0.1\n[dev.deploy.parameters\n")
    assert caught.value.where == "samconfig.toml:2"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "A=1", "A=1 b", "x", "eu-west-2", "'\"="]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["A", "b c", ""]), inner, max_size=2),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        *("stack_name", "stack-name", "region", "s3_bucket", "s3_prefix", "resolve_s3", "parameter_overrides", "tags"),
        *("capabilities", "image_repository", "image_repositories", "role_arn", "watch"),
    ]
)


@given(
    st.dictionaries(
        st.sampled_from(["deploy", "sync", "global", "build"]),
        st.fixed_dictionaries({"parameters": st.dictionaries(KEYS, ANYTHING, max_size=4) | ANYTHING}) | ANYTHING,
    )
)
def test_whatever_stands_there_becomes_text_or_a_problem(environment):
    text = json.dumps({"version": 0.1, "dev": environment})
    for stage in read(text, "samconfig.yaml").values():
        pairs = [*stage.tags.items(), *stage.parameter_overrides.items()]
        texts = [stage.stack_name, stage.region, stage.s3_bucket, *(stage.capabilities or ()), *sum(pairs, ())]
        assert {type(each) for each in texts} == {str}
        assert all(problem.where.startswith("samconfig.yaml:") for problem in stage.problems)
