"""The project with the function URLs that it has now."""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.published import (
    KeptAlias,
    OfFunction,
    Statement,
    UrlConfig,
    with_alias,
    with_policy,
    with_url,
    without_url,
)
from localstack_lite.lambdas.urls import is_declared, url_api, urls_of, with_urls
from localstack_lite.model.alias import Alias
from localstack_lite.model.api import Api, ApiKind, Closed, Cors, Integration, LambdaProxy, Route
from localstack_lite.model.authorizer import Guard, IamAuthorizer
from localstack_lite.model.project import Project
from tests.builders import api, function, project

HELLO = function("hello")
OPEN = UrlConfig("NONE", 1.0, 2.0)
EVERYBODY = Statement("s", '{"Action": "lambda:InvokeFunctionUrl", "Principal": "*"}')


def url(integration: Integration, **changes: object) -> Api:
    one = Api("HelloUrl", "hello", ApiKind.FUNCTION_URL, (Route("ANY", "$default", integration),))
    return replace(one, **changes)  # type: ignore[arg-type]


def served(declared: Project, of: OfFunction) -> list[Integration]:
    catalogue = Catalogue(declared)
    catalogue.change("Hello", of)
    return [one.routes[0].integration for one in with_urls(declared, catalogue).apis]


def refuses(integration: Integration) -> bool:
    return isinstance(integration, Closed)


def test_without_changes_it_is_the_same_project() -> None:
    declared = project(HELLO, url(LambdaProxy("Hello")), api("GET / -> hello"))
    assert with_urls(declared, Catalogue(declared)) is declared


def test_a_url_made_over_the_api_answers_403_until_a_statement_opens_it() -> None:
    of = with_url(OfFunction(), "", OPEN)
    (closed,) = served(project(HELLO), of)
    assert refuses(closed)
    (opened,) = served(project(HELLO), with_policy(of, "", (EVERYBODY,)))
    assert opened == LambdaProxy("Hello", timeout=900.0)


def test_a_statement_about_something_else_opens_nothing() -> None:
    for text in (
        '{"Action": "lambda:InvokeFunction", "Principal": "*"}',
        '{"Action": "lambda:InvokeFunctionUrl", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}',
    ):
        of = with_policy(with_url(OfFunction(), "", OPEN), "", (Statement("s", text),))
        assert refuses(served(project(HELLO), of)[0])


def test_what_is_declared_has_its_permission_with_it() -> None:
    declared = project(HELLO, url(LambdaProxy("Hello")))
    assert served(declared, OfFunction()) == [LambdaProxy("Hello")]
    changed = with_url(OfFunction(), "", replace(OPEN, mode="RESPONSE_STREAM"))
    assert served(declared, changed) == [LambdaProxy("Hello", timeout=900.0, streamed=True)]


def test_a_declared_one_can_be_deleted() -> None:
    declared = project(HELLO, url(LambdaProxy("Hello")), api("GET / -> hello"))
    assert len(served(declared, without_url(OfFunction(), "", declared=True))) == 1


def test_signed_urls_never_stand_open() -> None:
    catalogue = Catalogue(project(HELLO))
    catalogue.change("Hello", with_url(OfFunction(), "", replace(OPEN, auth="AWS_IAM")))
    (made,) = with_urls(project(HELLO), catalogue).apis
    guard = Guard(IamAuthorizer())
    assert made.routes == (Route("ANY", "$default", LambdaProxy("Hello", timeout=900.0), "", "AWS_IAM", guard),)


def test_when_its_alias_is_gone_a_url_answers_403() -> None:
    live = replace(HELLO, aliases=(Alias("live"),))
    declared = project(live, url(LambdaProxy("Hello", qualifier="live")))
    assert served(declared, OfFunction()) == [LambdaProxy("Hello", qualifier="live")]
    assert refuses(served(declared, OfFunction(aliases={"live": None}))[0])
    made = with_policy(with_url(OfFunction(), "prod", OPEN), "prod", (EVERYBODY,))
    assert refuses(served(project(HELLO), made)[0])
    there = with_alias(made, KeptAlias(Alias("prod", "$LATEST"), "r"))
    assert served(project(HELLO), there) == [LambdaProxy("Hello", timeout=900.0, qualifier="prod")]


def test_urls_by_qualifier_declared_and_made() -> None:
    cors = Cors(("*",))
    declared = project(HELLO, url(LambdaProxy("Hello", streamed=True), cors=cors))
    catalogue = Catalogue(declared)
    catalogue.change("Hello", with_url(OfFunction(), "prod", OPEN))
    assert urls_of(catalogue, HELLO) == {"": UrlConfig("NONE", 0, 0, "RESPONSE_STREAM", cors), "prod": OPEN}
    assert (is_declared(declared, HELLO, ""), is_declared(declared, HELLO, "prod")) == (True, False)
    whole = with_urls(declared, catalogue)
    names = [one.logical_id for one in (url_api(whole, HELLO, ""), url_api(whole, HELLO, "prod")) if one]
    assert names == ["HelloUrl", "HelloUrlprod"]


def test_a_protected_declared_url_is_known_by_what_it_protects() -> None:
    proxy = LambdaProxy("Hello")
    route = Route("ANY", "$default", proxy, authorizer="AWS_IAM", guard=Guard(IamAuthorizer()))
    declared = project(HELLO, url(proxy, routes=(route,)))
    assert urls_of(Catalogue(declared), HELLO)[""].auth == "AWS_IAM"
