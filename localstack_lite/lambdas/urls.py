"""Function URLs: those that the project declares, as calls of the API changed them, and those that calls made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import orjson

from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.published import UrlConfig
from localstack_lite.model.api import DEFAULT_ROUTE, Api, ApiKind, Closed, LambdaProxy, Route
from localstack_lite.model.authorizer import Guard, IamAuthorizer
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project

#: A function URL waits as long as the function may run (AWS docs): no limit of its own.
_TIMEOUT = 900.0
_GONE = Closed("the alias of this function URL is gone")
_SHUT = Closed("no statement of the function's policy opens this function URL")


def urls_of(catalogue: Catalogue, function: Function) -> Mapping[str, UrlConfig]:
    """A function's URLs by qualifier, empty for the function itself. A declared one has the time 0."""
    found: dict[str, UrlConfig] = {}
    for api, proxy in declared_urls(catalogue.project):
        if proxy.function == function.logical_id:
            mode = "RESPONSE_STREAM" if proxy.streamed else "BUFFERED"
            found.setdefault(proxy.qualifier, UrlConfig(api.routes[0].authorizer or "NONE", 0, 0, mode, api.cors))
    for qualifier, config in catalogue.kept.of(function.logical_id).urls.items():
        if config is None:
            found.pop(qualifier, None)
        else:
            found[qualifier] = config
    return found


def is_declared(project: Project, function: Function, qualifier: str) -> bool:
    return any(_is(proxy, function, qualifier) for _, proxy in declared_urls(project))


def url_api(project: Project, function: Function, qualifier: str) -> Api | None:
    """The API that a URL is in a project that has them all (`with_urls`)."""
    declared = (api for api, proxy in declared_urls(project) if _is(proxy, function, qualifier))
    own = f"{function.logical_id}Url{qualifier}"
    return next(declared, None) or next((api for api in project.apis if api.logical_id == own), None)


def with_urls(project: Project, catalogue: Catalogue) -> Project:
    """The project as the gateway serves it: with the URLs that calls of the API made, without those that they deleted.
    A URL of an alias that is gone answers 403, as does one made over the API that no statement of the function's policy
    opens. What the project declares has its permission with it."""
    apis: list[Api] = []
    changed = False
    done: set[tuple[str, str]] = set()
    declared = {api.logical_id: proxy for api, proxy in declared_urls(project)}
    for api in project.apis:
        proxy = declared.get(api.logical_id)
        function = None if proxy is None else project.function(proxy.function)
        if proxy is None or function is None:
            apis.append(api)
            continue
        done.add((proxy.function, proxy.qualifier))
        made = _served(api, proxy, function, catalogue)
        changed = changed or made is not api
        if made is not None:
            apis.append(made)
    for function in project.functions:
        for qualifier, config in catalogue.kept.of(function.logical_id).urls.items():
            if config is not None and (function.logical_id, qualifier) not in done:
                apis.append(_made(f"{function.logical_id}Url{qualifier}", function, qualifier, config, catalogue))
                changed = True
    return replace(project, apis=tuple(apis)) if changed else project


def _served(api: Api, proxy: LambdaProxy, function: Function, catalogue: Catalogue) -> Api | None:
    """A declared URL as it is now; None when it was deleted."""
    kept = catalogue.kept.of(proxy.function).urls
    if proxy.qualifier in kept:
        config = kept[proxy.qualifier]
        return (
            None if config is None else _made(api.logical_id, function, proxy.qualifier, config, catalogue, open_=True)
        )
    if proxy.qualifier and not catalogue.has(function, proxy.qualifier):
        return replace(api, name=function.name, routes=(Route("ANY", DEFAULT_ROUTE, _GONE),))
    return api


def _made(
    logical_id: str, function: Function, qualifier: str, config: UrlConfig, catalogue: Catalogue, *, open_: bool = False
) -> Api:
    proxy = LambdaProxy(
        function.logical_id,
        timeout=_TIMEOUT,
        streamed=config.mode == "RESPONSE_STREAM",
        qualifier=qualifier,
    )
    route = Route("ANY", DEFAULT_ROUTE, proxy)
    if qualifier and not catalogue.has(function, qualifier):
        route = Route("ANY", DEFAULT_ROUTE, _GONE)
    elif config.auth != "NONE":
        route = replace(route, authorizer=config.auth, guard=Guard(IamAuthorizer()))
    elif not open_ and not _is_open(catalogue, function, qualifier):
        route = Route("ANY", DEFAULT_ROUTE, _SHUT)
    return Api(logical_id, function.name, ApiKind.FUNCTION_URL, (route,), cors=config.cors, where=function.where)


def _is_open(catalogue: Catalogue, function: Function, qualifier: str) -> bool:
    """Whether everybody may call the URL."""
    statements = catalogue.kept.of(function.logical_id).policies.get(qualifier, ())
    for text in (orjson.loads(statement.text) for statement in statements):
        if text["Action"] in ("lambda:InvokeFunctionUrl", "lambda:*", "*") and text["Principal"] == "*":
            return True
    return False


def declared_urls(project: Project) -> Iterator[tuple[Api, LambdaProxy]]:
    """The URLs that a project declares, with what they call, protected ones included."""
    for api in project.apis:
        if api.kind is ApiKind.FUNCTION_URL and api.routes:
            target = api.routes[0].integration
            if isinstance(target, LambdaProxy):
                yield api, target


def _is(proxy: LambdaProxy, function: Function, qualifier: str) -> bool:
    return (proxy.function, proxy.qualifier) == (function.logical_id, qualifier)
