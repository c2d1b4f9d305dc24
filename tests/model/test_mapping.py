"""What a request parameter may be mapped to, and what gives no value."""

from __future__ import annotations

import pytest

from localstack_lite.model.mapping import CONTEXT, Mapped, Origin, parse


@pytest.mark.parametrize(
    ("expression", "mapped"),
    [
        ("method.request.header.X-Tenant", Mapped(Origin.HEADER, "X-Tenant")),
        ("method.request.multivalueheader.X-Tenant", Mapped(Origin.HEADER, "X-Tenant")),
        ("method.request.querystring.tenant", Mapped(Origin.QUERY, "tenant")),
        ("method.request.multivaluequerystring.t", Mapped(Origin.QUERY, "t")),
        ("method.request.path.tenant", Mapped(Origin.PATH, "tenant")),
        ("stageVariables.tenant", Mapped(Origin.STAGE_VARIABLE, "tenant")),
        ("context.identity.sourceIp", Mapped(Origin.CONTEXT, "identity.sourceIp")),
        ("'acme'", Mapped(Origin.STATIC, "acme")),
        ("''", Mapped(Origin.STATIC, "")),
    ],
)
def test_every_origin_is_told_from_the_others(expression: str, mapped: Mapped) -> None:
    assert parse(expression) == mapped


@pytest.mark.parametrize(
    "expression",
    ["", "'", "acme", "method.request.header.", "method.request.body.tenant", "context.authorizer.tenant", "context."],
)
def test_what_gives_no_value_here_is_none(expression: str) -> None:
    assert parse(expression) is None


def test_every_value_of_the_context_that_is_listed_can_be_mapped() -> None:
    assert all(parse(f"context.{name}") == Mapped(Origin.CONTEXT, name) for name in CONTEXT)
