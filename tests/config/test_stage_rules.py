import pytest

from localstack_lite.config import stage_rules


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stack_name", "shop-dev"),
        ("stack_name", "A" * 128),
        *(
            ("region", value)
            for value in ("eu-west-2", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1", "ap-southeast-5")
        ),
        *(("s3_bucket", value) for value in ("abc", "shop.artifacts-1", "a" * 63, "1-2-3")),
        ("s3_prefix", "shop/dev"),
        ("role_arn", "arn:aws:iam::123456789012:role/ci/deploy"),
        ("role_arn", "arn:aws-us-gov:iam::123456789012:role/deploy"),
        ("image_repository", "123456789012.dkr.ecr.eu-west-2.amazonaws.com/shop"),
        ("image_repository", "127.0.0.1:5000/shop/images"),
        ("endpoint_url", "http://127.0.0.1:5000"),
        ("endpoint_url", "https://cloud.example.test/aws"),
        ("profile", "Shop (dev)"),
    ],
)
def test_what_aws_takes_has_no_remark(key, value):
    assert stage_rules.TEXT_RULES[key](value) is None


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("stack_name", "shop_dev", "letters, digits and hyphens"),
        ("stack_name", "1shop", "first a letter"),
        ("stack_name", "A" * 129, "128"),
        ("region", "eu-west-2a", "the region is eu-west-2"),
        ("region", "EU-WEST-2", "did you mean eu-west-2?"),
        ("region", "eu_west_2", "did you mean eu-west-2?"),
        ("region", "london", "looks like eu-west-2"),
        ("s3_bucket", "s3://shop/dev", "the bucket is shop"),
        *(
            ("s3_bucket", value, "lower-case")
            for value in ("My_Bucket", "ab", "a" * 64, "a..b", "10.0.0.1", "-ab", "ab-")
        ),
        ("s3_prefix", "a b", "letters"),
        ("role_arn", "deploy", "arn:aws:iam"),
        ("role_arn", "arn:aws:iam::123456789012:user/deploy", "role"),
        ("image_repository", "127.0.0.1:5000/shop:latest", "tag"),
        ("image_repository", "https://host.test/shop", "leave https:// out"),
        ("image_repository", "a b", "it looks like"),
        ("endpoint_url", "127.0.0.1:5000", "http://"),
        ("endpoint_url", "ftp://127.0.0.1", "http://"),
        ("endpoint_url", "http://", "http://"),
        ("endpoint_url", "http://host:99999", "http://"),
        ("profile", "a\nb", "config"),
    ],
)
def test_what_aws_refuses_has_a_hint(key, value, hint):
    remark = stage_rules.TEXT_RULES[key](value)
    assert remark is not None
    assert hint in remark[1]


@pytest.mark.parametrize("name", ["../prod", "a/b", "", ".", "..", "dev ", "x" * 65, "é"])
def test_a_stages_name_is_safe_as_a_folders(name):
    assert stage_rules.stage_name(name) is not None


@pytest.mark.parametrize("name", ["dev", "1", "eu-west_2.blue", "x" * 64])
def test_usual_names_are_taken(name):
    assert stage_rules.stage_name(name) is None


def test_a_near_miss_of_a_capability_is_named():
    assert stage_rules.capability("CAPABILITY_NAMED_IAM") is None
    assert stage_rules.capability("CAPABILITY_NAME_IAM") == (
        "no capability of CloudFormation",
        "did you mean CAPABILITY_NAMED_IAM?",
    )


@pytest.mark.parametrize(("key", "value"), [("aws:team", "x"), ("k" * 129, ""), ("k", "v" * 257), ("", "v")])
def test_tags_that_aws_refuses(key, value):
    assert stage_rules.tag(key, value) is not None
    assert stage_rules.tag("team", "shop") is None
