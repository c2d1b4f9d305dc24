"""Which requests mean a file of the static folder, and what they are answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.static import StaticFile, content_type, file_name, respond, wanted
from localstack_lite.model.project import Project
from tests.gateway.tale import header, http, project, request, rest, url

PAGE = StaticFile(b"<p>hello", 0x1234)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a.css", "a.css"),
        ("/css/main%20site.css", "css/main site.css"),
        ("/caf%C3%A9.html", "café.html"),
        ("/", ""),
        ("/css/", ""),
        ("//a.css", ""),
        ("/../secret", ""),
        ("/css/../../secret", ""),
        ("/%2e%2e/secret", ""),
        ("/css%2F..%2F..%2Fsecret", ""),
        ("/..%5csecret", ""),
        ("/.env", ""),
        ("/.git/config", ""),
        ("/css/.hidden", ""),
        ("/a%00.css", ""),
        ("/c:/windows", ""),
        ("/%ff", ""),
    ],
)
def test_a_path_names_a_file_below_the_folder_or_none(path: str, name: str) -> None:
    assert file_name(path) == name


@pytest.mark.parametrize(
    ("method", "target", "served", "name"),
    [
        ("GET", "/a.css", project(rest({"GET /x": "Fn"})), "a.css"),
        ("HEAD", "/a.css", project(rest({"GET /x": "Fn"})), "a.css"),
        ("GET", "/a.css?v=1", project(), "a.css"),
        ("POST", "/a.css", project(rest({"GET /x": "Fn"})), ""),
        ("GET", "/x", project(rest({"GET /x": "Fn"})), ""),
        ("GET", "/x", project(rest({"POST /x": "Fn"})), "x"),
        ("GET", "/a.css", project(rest({"ANY /{proxy+}": "Fn"})), "a.css"),
        ("GET", "/a.css", project(http({"$default": "Fn"})), "a.css"),
        ("GET", "/a.css", project(url()), "a.css"),
        ("GET", "/api/a.css", project(rest({"ANY /api/{proxy+}": "Fn"})), ""),
        ("GET", "/a.css", project(rest({"GET /{name}": "Fn"})), ""),
        ("GET", "/b/a.css", project(rest({"GET /{name}": "Fn"})), "b/a.css"),
    ],
)
def test_a_route_wins_over_a_file_but_a_catch_all_does_not(
    method: str, target: str, served: Project, name: str
) -> None:
    assert wanted(Sites(served).at("localhost:3000"), request(method, target)) == name


@pytest.mark.parametrize("host", ["rest.localhost", "rest.execute-api.localhost", "evil.example"])
def test_files_are_at_the_plain_address_only(host: str) -> None:
    sites = Sites(project(rest({"GET /x": "Fn"})))
    assert wanted(sites.at(host), request(target="/a.css")) == ""


def test_a_file_is_sent_with_its_type_and_a_tag() -> None:
    reply = respond(request(), "index.html", PAGE)
    assert (reply.status, reply.body) == (200, b"<p>hello")
    assert header(reply, "Content-Type") == "text/html; charset=utf-8"
    assert header(reply, "Cache-Control") == "no-cache"
    assert header(reply, "ETag")


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_the_file_gets_no_body(form: str) -> None:
    tag = header(respond(request(), "a.html", PAGE), "ETag")
    assert tag is not None
    reply = respond(request(headers=[("If-None-Match", form.format(tag))]), "a.html", PAGE)
    assert (reply.status, reply.body, header(reply, "ETag")) == (304, b"", tag)


@pytest.mark.parametrize("now", [replace(PAGE, modified=0x1235), replace(PAGE, content=b"<p>more")])
def test_a_saved_file_has_another_tag(now: StaticFile) -> None:
    tag = header(respond(request(), "a.html", PAGE), "ETag")
    reply = respond(request(headers=[("If-None-Match", tag or "")]), "a.html", now)
    assert (reply.status, reply.body) == (200, now.content)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("a.JS", "text/javascript; charset=utf-8"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.json", "application/json; charset=utf-8"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.png", "image/png"),
        ("a.wasm", "application/wasm"),
        ("a.tar.gz", "application/gzip"),
        ("a", "application/octet-stream"),
        ("a.unheard-of", "application/octet-stream"),
    ],
)
def test_the_type_is_by_the_name(name: str, expected: str) -> None:
    assert content_type(name) == expected
