"""Front doors of functions that nobody declared an API for: made, switched, prefixed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model import exposure
from localstack_lite.model.api import Api, ApiKind, Cors, Face, LambdaProxy, Route
from localstack_lite.model.project import Project
from tests.builders import api, function, project

HELLO = function("hello")
DECLARED = api("GET / -> hello")


def served(kind: str = "http", stage: str = "", face: Face = Face.LOCAL, **more: str) -> Project:
    return project(HELLO, exposure.api_for("Hello", kind, stage, face, **more))


def door(found: Project) -> tuple[str, str, Face]:
    (one,) = found.apis
    return exposure.kind_of(one), one.stage, one.face


@pytest.mark.parametrize(
    ("kind", "of", "routes", "payload"),
    [
        ("rest", ApiKind.REST, ["ANY /", "ANY /{proxy+}"], "2.0"),
        ("http", ApiKind.HTTP, ["$default"], "2.0"),
        ("http1", ApiKind.HTTP, ["$default"], "1.0"),
        ("url", ApiKind.FUNCTION_URL, ["$default"], "2.0"),
        ("alb", ApiKind.ALB, ["$default"], "2.0"),
    ],
)
def test_every_kind_hands_everything_to_the_function(kind: str, of: ApiKind, routes: list[str], payload: str) -> None:
    made = exposure.api_for("Hello", kind)
    assert (made.kind, made.switchable, exposure.kind_of(made)) == (of, True, kind)
    assert [route.key for route in made.routes] == routes
    for route in made.routes:
        assert isinstance(route.integration, LambdaProxy)
        assert (route.integration.function, route.integration.payload) == ("Hello", payload)


@pytest.mark.parametrize(
    ("kind", "stage", "face", "made"),
    [
        ("rest", "", Face.LOCAL, ("rest", "dev", Face.LOCAL)),
        ("rest", "prod", Face.AWS, ("rest", "prod", Face.AWS)),
        ("http", "", Face.LOCAL, ("http", "$default", Face.LOCAL)),
        ("http", "", Face.AWS, ("http", "dev", Face.AWS)),
        ("http", "$default", Face.AWS, ("http", "dev", Face.AWS)),
        ("url", "prod", Face.AWS, ("url", "$default", Face.LOCAL)),
        ("alb", "prod", Face.DOMAIN, ("alb", "$default", Face.DOMAIN)),
    ],
)
def test_a_stage_is_there_where_aws_has_one(kind: str, stage: str, face: Face, made: tuple[str, str, Face]) -> None:
    assert door(served(kind, stage, face)) == made


def test_kinds_go_round() -> None:
    found, seen = served("rest"), list[str]()
    for _ in exposure.KINDS:
        kind = exposure.next_kind(found)
        seen.append(kind)
        found = exposure.switched(found, kind)
    assert seen == ["http", "http1", "url", "alb", "rest"]


def test_without_a_door_to_switch_there_is_no_next_kind() -> None:
    assert exposure.next_kind(project(HELLO, DECLARED)) == ""
    assert exposure.next_kind(project(HELLO)) == ""


def test_declared_apis_stay_as_they_are() -> None:
    both = project(HELLO, DECLARED, exposure.api_for("Hello", "http"))
    found = exposure.switched(both, "alb")
    assert found.apis[0] is DECLARED
    assert found.apis[1].kind is ApiKind.ALB


def test_another_door_keeps_name_domain_variables_and_cors() -> None:
    cors = Cors(("https://a.example",))
    made = exposure.api_for("Hello", "http", "prod", Face.DOMAIN, name="n", domain="a.b", base_path="c", cors=cors)
    found = exposure.switched(exposure.switched(project(HELLO, made), "rest"), "http").apis[0]
    assert (found.name, found.domain, found.base_path, found.cors, found.stage) == ("n", "a.b", "c", cors, "prod")
    assert found.face is Face.DOMAIN


def test_what_is_that_door_already_keeps_all_that_it_has() -> None:
    made = exposure.api_for("Hello", "rest")
    options = Route("OPTIONS", "/", LambdaProxy("Hello"))
    mine = Api(made.logical_id, "n", made.kind, (*made.routes, options), "dev", switchable=True)
    assert exposure.switched(project(HELLO, mine), "rest").apis == (mine,)


def test_an_http_api_has_no_stage_unless_it_stands_in_front() -> None:
    assert door(exposure.switched(served("rest"), "http")) == ("http", "$default", Face.LOCAL)
    assert door(exposure.switched(served("rest", "prod", Face.AWS), "http")) == ("http", "prod", Face.AWS)
    assert door(exposure.faced(served("http", "prod", Face.AWS), False)) == ("http", "$default", Face.LOCAL)


def test_the_prefix_goes_on_and_off() -> None:
    on = exposure.faced(served("rest", "prod"), True)
    assert door(on) == ("rest", "prod", Face.AWS)
    assert exposure.prefixed(on.apis[0])
    assert door(exposure.faced(on, False)) == ("rest", "prod", Face.LOCAL)
    own = exposure.faced(served("rest", "prod", Face.AWS, domain="a.b"), False)
    assert door(own) == ("rest", "prod", Face.DOMAIN)
    assert door(exposure.faced(served("alb"), True)) == ("alb", "$default", Face.LOCAL)


def test_a_declared_default_stage_cannot_stand_in_front() -> None:
    found = exposure.faced(project(HELLO, DECLARED), True)
    assert found.apis == (DECLARED,)
    named = api("GET / -> hello", kind=ApiKind.REST, stage="Prod")
    assert exposure.prefixed(exposure.faced(project(HELLO, named), True).apis[0])


def test_nothing_asked_changes_nothing() -> None:
    found = served()
    assert exposure.exposed(found) is found


def test_what_was_asked_is_done_without_a_warning() -> None:
    found = exposure.exposed(served(), "rest", True)
    assert door(found) == ("rest", "dev", Face.AWS)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("found", "kind", "prefix", "where", "what"),
    [
        (project(HELLO, DECLARED), "rest", None, "--as rest", "the project declares its APIs"),
        (project(HELLO), "alb", None, "--as alb", "the project declares no API"),
        (project(HELLO, DECLARED), "", True, "--stage-prefix", "no API here has a stage"),
        (served("alb"), "", True, "--stage-prefix", "no API here has a stage"),
    ],
)
def test_what_cannot_be_done_is_a_warning(found: Project, kind: str, prefix: bool, where: str, what: str) -> None:
    (problem,) = exposure.exposed(found, kind, prefix).problems
    assert problem.where == where
    assert what in problem.what
    assert problem.warning


@given(st.lists(st.sampled_from(exposure.KINDS)), st.booleans())
def test_however_it_is_switched_it_is_one_whole_door(kinds: list[str], prefix: bool) -> None:
    found = served()
    for kind in kinds:
        found = exposure.faced(exposure.switched(found, kind), prefix)
        (one,) = found.apis
        assert exposure.kind_of(one) == kind
        assert exposure.prefixed(one) == (prefix and one.kind in exposure.STAGED)
        assert {r.integration.function for r in one.routes if isinstance(r.integration, LambdaProxy)} == {"Hello"}
