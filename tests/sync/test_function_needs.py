"""What a function lacks."""

from __future__ import annotations

from typing import Any

from localstack_lite.sync.function_needs import Needs, needs
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.values import digest
from tests.sync.grounds import ground
from tests.sync.modelled_stage import function, image, package, sha

HAS = {"Handler": "app.handler", "Runtime": "python3.13", "Role": "arn:r"}


def lacks(found: Ground) -> Needs:
    return needs(found, "A", found.remote.functions["A"], {})


def of(
    stated: dict[str, Any], old: dict[str, Any] | None = None, has: dict[str, Any] | None = None, **more: Any
) -> Needs:
    new = {"A": function("A", **stated)}
    before = {"A": function("A", **(stated if old is None else old))}
    return lacks(ground(new, before, has={**HAS, **(has or {})}, **more))


def test_a_function_that_has_everything_lacks_nothing() -> None:
    found = of({}, packages={"A": package("A", "a")}, sha256=sha("a"))
    assert not found
    assert not found.published


def test_a_setting_that_it_has_otherwise_is_set() -> None:
    assert of({"MemorySize": 256}, has={"MemorySize": 128}).settings == {"MemorySize": 256}


def test_a_setting_that_was_pushed_and_is_not_stated_any_more_gets_its_default() -> None:
    found = of({}, has={"Timeout": 30}, direct={"A": {"Timeout": digest(30)}})
    assert found.settings == {"Timeout": 3}


def test_a_value_that_cannot_be_known_blocks_only_when_the_template_changed() -> None:
    secret = {"KmsKeyArn": {"Fn::GetAtt": ["Secret", "Arn"]}}
    assert of(secret, {}).blocked == {"KmsKeyArn": "only CloudFormation knows it"}
    assert of(secret).blocked == {}


def test_one_variable_that_cannot_be_known_does_not_block_the_others() -> None:
    def environment(other: str) -> dict[str, Any]:
        return {"Environment": {"Variables": {"KEY": {"Fn::GetAtt": ["Secret", "Arn"]}, "A": other}}}

    has = {"Environment": {"Variables": {"KEY": "as it is", "A": "1"}}}
    assert of(environment("2"), environment("1"), has).settings == {
        "Environment": {"Variables": {"A": "2", "KEY": "as it is"}}
    }
    found = of(environment("2"), {}, has)
    assert found.settings == {}
    assert found.blocked == {"Environment": "KEY: only CloudFormation knows it"}


def test_a_value_that_only_cloudformation_knows_is_taken_away_by_cloudformation_only() -> None:
    """Else its template would go on stating it, and a push that wants it back could not set it."""

    def environment(**variables: Any) -> dict[str, Any]:
        return {"Environment": {"Variables": variables}}

    secret = {"Fn::GetAtt": ["Secret", "Arn"]}
    has = environment(KEY="as it is", A="1")
    for wanted in ({}, environment(A="1"), environment(KEY="plain", A="1")):
        found = of(wanted, environment(KEY=secret, A="1"), has)
        assert found.settings == {}
        assert found.blocked == {"Environment": "KEY: only CloudFormation knows it"}
    assert of({}, {"KmsKeyArn": secret}, {"KMSKeyArn": "arn:k"}).blocked == {
        "KmsKeyArn": "KmsKeyArn: only CloudFormation knows it"
    }
    assert of({}, environment(A="1"), environment(A="1")).settings == environment()


def test_what_a_function_cannot_be_without_has_no_default() -> None:
    new, old = {"A": function("A")}, {"A": function("A")}
    del new["A"]["Properties"]["Handler"]
    found = lacks(ground(new, old, has=HAS))
    assert found.blocked == {"Handler": "the template does not state it any more"}


def test_concurrency_goes_by_what_was_set_last() -> None:
    assert of({"ReservedConcurrentExecutions": 2}, {}).concurrency == (2,)
    assert of({}, {"ReservedConcurrentExecutions": 2}).concurrency == (None,)
    assert of({"ReservedConcurrentExecutions": "2"}, {"ReservedConcurrentExecutions": 2}).concurrency == ()
    assert of({"ReservedConcurrentExecutions": {"Ref": "Secret"}}, {}).blocked.keys() == {
        "ReservedConcurrentExecutions"
    }


def test_other_code_is_brought_and_so_is_the_same_for_another_architecture() -> None:
    packages = {"A": package("A", "a")}
    assert of({}, packages=packages, sha256=sha("b")).package == package("A", "a")
    found = of({"Architectures": ["arm64"]}, {}, packages=packages, sha256=sha("a"))
    assert (found.package, found.architecture, found.other_code) == (package("A", "a"), "arm64", False)


def test_an_image_is_known_by_the_digest_that_it_got() -> None:
    packages = {"A": image("A", "a")}
    digests = {image("A", "a").sha256: "d1"}
    assert of({}, packages=packages, sha256="d1", images=digests).package is None
    assert of({}, packages=packages, sha256="d2", images=digests).package == image("A", "a")


def test_an_image_without_a_known_digest_goes_by_the_stacks_tag() -> None:
    packages, deployed = {"A": image("A", "a")}, {"A": image("A", "a").sha256}
    assert of({}, packages=packages, sha256="d1", deployed=deployed).package is None
    assert of({}, packages=packages, sha256="d1").package is not None
    assert of({}, packages=packages, sha256="d1", deployed=deployed, direct={"A": {"Code": "x"}}).package is not None
