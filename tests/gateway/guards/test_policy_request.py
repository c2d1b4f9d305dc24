"""What a policy can ask about a request."""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.guards.policy_request import asked_of, signer
from tests.gateway.tale import request, visit

USER = "arn:aws:iam::123456789012:user/team/alice"
SESSION = "arn:aws:sts::123456789012:assumed-role/Reader/laptop"


def test_keys_of_an_anonymous_request() -> None:
    sent = request("GET", "/x", [("User-Agent", "curl/8"), ("Referer", "http://localhost/")])
    asked = asked_of(visit(sent), "arn")
    assert (asked.resource, asked.action, asked.principals) == ("arn", "execute-api:Invoke", ())
    assert asked.keys == {
        "aws:sourceip": ("192.0.2.7",),
        "aws:securetransport": ("true",),
        "aws:currenttime": ("2024-08-02T23:34:43Z",),
        "aws:epochtime": ("1722641683",),
        "aws:useragent": ("curl/8",),
        "aws:referer": ("http://localhost/",),
    }


def test_headers_that_are_not_sent_are_no_keys() -> None:
    assert not {"aws:useragent", "aws:referer"} & set(asked_of(visit(request()), "arn").keys)


def test_who_signed_has_several_names() -> None:
    came = replace(visit(request()), caller=Caller(identity={"userArn": USER}))
    asked = asked_of(came, "arn")
    assert asked.principals == (USER, "123456789012", "arn:aws:iam::123456789012:root")
    assert asked.keys["aws:principalarn"] == (USER,)
    assert asked.keys["aws:principalaccount"] == ("123456789012",)
    assert asked.keys["aws:username"] == ("alice",)


def test_a_session_is_known_by_its_role() -> None:
    came = replace(visit(request()), caller=Caller({"iam": {"userArn": SESSION}}))
    asked = asked_of(came, "arn")
    assert signer(came) == SESSION
    assert "arn:aws:iam::123456789012:role/Reader" in asked.principals
    assert asked.keys["aws:principalarn"] == ("arn:aws:iam::123456789012:role/Reader",)
    assert "aws:username" not in asked.keys


def test_nobody_signed_who_was_found_by_a_token() -> None:
    for caller in (
        None,
        Caller(),
        Caller({"lambda": {"userArn": USER}}),
        Caller({"iam": "x"}),
        Caller({"userArn": USER}),
    ):
        assert signer(replace(visit(request()), caller=caller)) == ""


def test_an_arn_of_any_shape_is_no_trouble() -> None:
    for arn in ("x", ":::::", "arn:aws:sts::1:assumed-role"):
        asked_of(replace(visit(request()), caller=Caller(identity={"userArn": arn})), "arn")
