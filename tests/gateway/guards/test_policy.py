"""Policy documents: what they say, what cannot be read, and that nothing opens by accident."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.guards.policy import Asked, Unreadable, Verdict, read_policy
from tests.gateway.guarded import ARN, document, statement

WANTED = f"{ARN}:rest/stage/GET/pets/1"
ALICE = "arn:aws:iam::123456789012:user/alice"
KEYS = {"aws:sourceip": ("203.0.113.7",)}
OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
HOME = {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}
ALLOW, DENY, NEITHER = Verdict.ALLOW, Verdict.DENY, Verdict.NEITHER


def verdict(given: object, *principals: str, **more: Any) -> Verdict:
    return read_policy(given, **more).judge(Asked(WANTED, KEYS, principals=principals)).verdict


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("*", ALLOW),
        (WANTED, ALLOW),
        (f"{ARN}:rest/stage/GET/pets/?", ALLOW),
        (f"{ARN}:rest/stage/*/pets/*", ALLOW),
        (f"{ARN}:rest/*", ALLOW),
        ("arn:aws:execute-api:*:*:*", ALLOW),
        ([f"{ARN}:other/*", WANTED], ALLOW),
        (f"{ARN}:rest/stage/POST/*", NEITHER),
        (f"{ARN}:rest/stage/GET/pets", NEITHER),
        (f"{ARN}:REST/*", NEITHER),
        (f"{ARN}:other/*", NEITHER),
    ],
)
def test_the_resource_has_to_match(resource: object, expected: Verdict) -> None:
    assert verdict(document(statement("Allow", resource))) is expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("execute-api:Invoke", ALLOW),
        ("EXECUTE-API:invoke", ALLOW),
        ("execute-api:*", ALLOW),
        ("execute-api:Inv?ke", ALLOW),
        ("*", ALLOW),
        (["lambda:*", "execute-api:Invoke"], ALLOW),
        ("execute-api:ManageConnections", NEITHER),
        ("lambda:InvokeFunction", NEITHER),
    ],
)
def test_the_action_has_to_match_in_any_case(action: object, expected: Verdict) -> None:
    assert verdict(document({**statement("Allow"), "Action": action})) is expected


def test_the_not_forms_mean_everything_else() -> None:
    not_action = {"Effect": "Allow", "NotAction": "lambda:*", "Resource": "*"}
    not_resource = {"Effect": "Deny", "Action": "*", "NotResource": f"{ARN}:rest/stage/GET/*"}
    assert verdict(document(not_action)) is ALLOW
    assert verdict(document(not_action | {"NotAction": "execute-api:*"})) is NEITHER
    assert verdict(document(not_action, not_resource)) is ALLOW
    assert verdict(document(not_action, not_resource | {"NotResource": f"{ARN}:rest/stage/POST/*"})) is DENY


def test_an_explicit_deny_wins_wherever_it_stands() -> None:
    allow, deny = statement("Allow"), statement("Deny", WANTED)
    assert verdict(document(allow, deny)) is verdict(document(deny, allow)) is DENY
    assert verdict(document(allow, statement("Deny", f"{ARN}:rest/stage/POST/*"))) is ALLOW


def test_one_statement_may_stand_without_a_list_and_an_empty_list_says_nothing() -> None:
    assert verdict({"Version": "2012-10-17", "Statement": statement("Allow")}) is ALLOW
    assert verdict(document()) is NEITHER
    assert verdict({"Statement": [statement("Allow")]}) is ALLOW


def test_conditions_narrow_both_effects() -> None:
    assert verdict(document(statement("Allow", Condition=OFFICE))) is ALLOW
    assert verdict(document(statement("Allow", Condition=HOME))) is NEITHER
    assert verdict(document(statement("Allow"), statement("Deny", Condition=HOME))) is ALLOW
    assert verdict(document(statement("Allow"), statement("Deny", Condition=OFFICE))) is DENY


def test_what_cannot_be_decided_never_lets_anybody_through_and_is_told() -> None:
    unknown = {"StringMatches": {"aws:UserAgent": "x"}}
    asked = Asked(WANTED, KEYS)
    allowed = read_policy(document(statement("Allow", Condition=unknown))).judge(asked)
    denied = read_policy(document(statement("Allow"), statement("Deny", Condition=unknown))).judge(asked)
    assert (allowed.verdict, denied.verdict) == (NEITHER, DENY)
    assert "StringMatches" in allowed.notes[0]
    assert "StringMatches" in denied.notes[0]
    nameless = document(statement("Allow"), statement("Deny", f"{ARN}:rest/${{aws:username}}/*"))
    assert verdict(nameless) is DENY


def test_variables_are_those_of_the_newer_version() -> None:
    named = statement("Allow", f"{ARN}:rest/stage/GET/pets/${{aws:n}}")
    asked = Asked(WANTED, {"aws:n": ("1",)})
    assert read_policy(document(named)).judge(asked).verdict is ALLOW
    assert read_policy(document(named, version="2008-10-17")).judge(asked).verdict is NEITHER


@pytest.mark.parametrize(
    ("principal", "anonymous", "alice"),
    [
        ({"Principal": "*"}, ALLOW, ALLOW),
        ({"Principal": {"AWS": "*"}}, ALLOW, ALLOW),
        ({"Principal": {"AWS": ["arn:aws:iam::1:user/bob", ALICE]}}, NEITHER, ALLOW),
        ({"Principal": {"AWS": 123456789012}}, NEITHER, ALLOW),
        ({"Principal": {"Service": "*"}}, NEITHER, NEITHER),
        ({"NotPrincipal": {"AWS": ALICE}}, ALLOW, NEITHER),
    ],
)
def test_principals(principal: dict[str, object], anonymous: Verdict, alice: Verdict) -> None:
    policy = document({**statement("Allow"), **principal})
    assert verdict(policy, needs_principal=True) is anonymous
    assert verdict(policy, ALICE, "123456789012", needs_principal=True) is alice


def test_resources_of_an_apis_own_policy_may_be_short() -> None:
    policy = document(statement("Allow", "execute-api:/stage/GET/*", Principal="*"))
    assert verdict(policy, short=f"{ARN}:rest", needs_principal=True) is ALLOW
    assert verdict(policy, short=f"{ARN}:other", needs_principal=True) is NEITHER


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        "Allow",
        {},
        {"Version": "2012-10-17"},
        document({}),
        {"Version": "2026-01-01", "Statement": [statement("Allow")]},
        {"Version": 2012, "Statement": [statement("Allow")]},
        {"Version": ["2012-10-17"], "Statement": [statement("Allow")]},
        {"Statement": ["Allow"]},
        document(statement("allow")),
        document({"Action": "*", "Resource": "*"}),
        document({"Effect": "Allow", "Resource": "*"}),
        document({"Effect": "Allow", "Action": "*"}),
        document({**statement("Allow"), "NotAction": "*"}),
        document({**statement("Allow"), "NotResource": "*"}),
        document(statement("Allow", [])),
        document(statement("Allow", [1])),
        document(statement("Allow", {"Ref": "Api"})),
        document(statement("Allow", Condition=None)),
        document(statement("Allow", Principal={"AWS": {"Ref": "Role"}})),
        document(statement("Allow", Principal="*", NotPrincipal="*")),
        document(statement("Allow"), statement("Deny", {"Fn::Sub": "x"})),
    ],
)
def test_what_is_no_policy_is_unreadable(given: object) -> None:
    with pytest.raises(Unreadable):
        read_policy(given)


def test_a_resource_policy_says_about_whom_it_speaks() -> None:
    with pytest.raises(Unreadable):
        read_policy(document(statement("Allow")), needs_principal=True)


def test_how_long_the_longest_resource_is() -> None:
    assert read_policy(document(statement("Allow", ["é" * 300, "x"]))).longest_resource() == 600
    assert read_policy(document()).longest_resource() == 0


RESOURCES = st.sampled_from(
    ["*", WANTED, f"{ARN}:rest/*", f"{ARN}:other/*", f"{ARN}:rest/${{aws:username}}/*", "?" * 9]
)
CONDITIONS = st.sampled_from([{}, OFFICE, HOME, {"Nonsense": {"a": "b"}}, {"IpAddress": {"aws:SourceIp": "nowhere"}}])
STATEMENTS = st.builds(
    lambda effect, action, form, resources, condition: {
        "Effect": effect,
        "Action": action,
        form: resources,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Deny"]),
    st.sampled_from(["*", "execute-api:Invoke", "s3:*"]),
    st.sampled_from(["Resource", "NotResource"]),
    st.lists(RESOURCES, min_size=1, max_size=3),
    CONDITIONS,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("2012-10-17") | st.just("Allow"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Version", "Statement", "Effect", "Action", "Resource", "Condition", "IpAddress", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.lists(STATEMENTS, max_size=5), STATEMENTS)
def test_adding_a_deny_never_opens_and_adding_anything_never_undoes_a_deny(
    statements: list[dict[str, object]], more: dict[str, object]
) -> None:
    before = verdict(document(*statements))
    if before is DENY:
        assert verdict(document(*statements, more)) is DENY
        assert verdict(document(more, *statements)) is DENY
    after = verdict(document(*statements, more | {"Effect": "Deny"}))
    assert after in (before, DENY)


@given(st.lists(STATEMENTS, max_size=5))
def test_nothing_is_allowed_without_a_statement_that_allows(statements: list[dict[str, object]]) -> None:
    if verdict(document(*statements)) is ALLOW:
        allowing = [one for one in statements if one["Effect"] == "Allow"]
        assert any(verdict(document(one)) is ALLOW for one in allowing)


@given(JSON)
def test_whatever_comes_is_read_or_unreadable(given: object) -> None:
    try:
        policy = read_policy(json.loads(json.dumps(given)))
    except Unreadable:
        return
    assert policy.judge(Asked(WANTED, KEYS)).verdict in Verdict
