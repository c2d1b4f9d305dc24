"""Where a stage answers."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.sync.remote import Remote, RemoteResource, RemoteStack
from localstack_lite.sync.stage_urls import urls

REST, HTTP = "AWS::ApiGateway", "AWS::ApiGatewayV2"


def found(
    resources: dict[str, Any],
    physical: dict[str, str],
    outputs: dict[str, str] | None = None,
    region: str = "eu-west-2",
) -> dict[str, str]:
    remote = Remote(
        "1",
        region,
        RemoteStack("id", "shop", "UPDATE_COMPLETE", outputs=outputs or {}),
        tuple(RemoteResource(id, str(resources[id]["Type"]), name) for id, name in physical.items()),
    )
    return dict(urls(remote, {"": {"Resources": resources}}))


def rest(*stages: str) -> dict[str, Any]:
    made: dict[str, Any] = {"Api": {"Type": f"{REST}::RestApi"}}
    for name in stages:
        made[name] = {"Type": f"{REST}::Stage", "Properties": {"RestApiId": {"Ref": "Api"}}}
    return made


def http(**stated: Any) -> dict[str, Any]:
    stage = {"Type": f"{HTTP}::Stage", "Properties": {"ApiId": {"Ref": "Api"}}}
    return {"Api": {"Type": f"{HTTP}::Api", "Properties": stated}, "S": stage}


def test_a_rest_api_answers_below_its_stage() -> None:
    made = found(rest("S"), {"Api": "abc", "S": "prod"})
    assert made == {"Api": "https://abc.execute-api.eu-west-2.amazonaws.com/prod"}
    assert found(rest("S"), {"Api": "abc", "S": "p"}, region="cn-north-1")["Api"].endswith(".amazonaws.com.cn/p")


def test_several_stages_are_told_apart() -> None:
    assert list(found(rest("S", "T"), {"Api": "abc", "S": "dev", "T": "prod"})) == ["Api/dev", "Api/prod"]


def test_the_default_stage_has_no_path() -> None:
    physical = {"Api": "abc", "S": "$default"}
    assert found(http(), physical) == {"Api": "https://abc.execute-api.eu-west-2.amazonaws.com"}
    sockets = found(http(ProtocolType="WEBSOCKET"), {"Api": "abc", "S": "prod"})
    assert sockets == {"Api": "wss://abc.execute-api.eu-west-2.amazonaws.com/prod"}


def test_outputs_that_are_addresses_come_along_once() -> None:
    outputs = {
        "Url": "https://abc.execute-api.eu-west-2.amazonaws.com/prod/",
        "Site": "https://shop.example",
        "Arn": "arn:aws:x",
    }
    made = found(rest("S"), {"Api": "abc", "S": "prod"}, outputs)
    assert list(made) == ["Api", "Site"]


@pytest.mark.parametrize("physical", [{}, {"Api": "", "S": "prod"}, {"Api": "abc"}])
def test_what_has_no_id_answers_nowhere(physical: dict[str, str]) -> None:
    assert found(rest("S"), physical) == {}
