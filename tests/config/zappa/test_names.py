import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.zappa.names import function_name, project_name, rule_name, slug

FUNCTION = st.text(string.ascii_letters + "._", min_size=1, max_size=63)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("My Shop", "my-shop"), ("shop_api", "shop-api"), ("Çafé--1", "cafe-1"), ("__a__", "a"), ("日本", "")],
)
def test_slugs(text, expected):
    assert slug(text) == expected


def test_a_function_is_called_by_its_project_and_stage():
    assert function_name("My Shop", "dev_eu") == "my-shop-dev-eu"


def test_a_project_without_a_name_has_fifteen_letters_of_its_folders():
    assert project_name({}, "a-rather-long-folder") == "a-rather-long-f"
    assert project_name({"project_name": "Kept As It Is"}, "folder") == "Kept As It Is"


@pytest.mark.parametrize(
    ("name", "index", "rule"),
    [
        ("", 0, "shop-dev-jobs.clean"),
        ("jobs.clean", 0, "shop-dev-jobs.clean"),
        ("nightly", 0, "shop-dev-nightly-jobs.clean"),
        ("", 2, "shop-dev-2-jobs.clean"),
        ("nightly", 1, "shop-dev-1-nightly-jobs.clean"),
    ],
)
def test_a_rule_ends_with_the_function(name, index, rule):
    assert rule_name("shop-dev", "jobs.clean", name, index) == rule


def test_a_rule_that_would_be_too_long_begins_with_a_digest():
    # What Zappa 0.63 itself makes of these two.
    rule = rule_name("a-very-long-project-name-with-a-stage-dev", "package.module.function_with_a_name")
    assert rule == "0d50cc0be79a52593e9deb9d7d69-package.module.function_with_a_name"


@given(st.text(string.ascii_lowercase + "-", min_size=1, max_size=64), FUNCTION, st.integers(0, 9))
def test_the_handler_finds_the_function_in_every_rule(lambda_name, function, index):
    try:
        rule = rule_name(lambda_name, function, "", index)
    except Refusal:
        assert len(function) > 61
        return
    assert len(rule) <= 64
    assert rule.split("-")[-1] == function


@pytest.mark.parametrize("function", ["my-module.job", "a b", "x" * 64])
def test_what_zappa_does_not_schedule_is_refused(function):
    with pytest.raises(Refusal, match="schedules no function"):
        rule_name("shop-dev", function)


def test_names_that_are_too_long_together_are_refused():
    with pytest.raises(Refusal, match="too long"):
        rule_name("shop-dev", "jobs.clean", "n" * 60)
