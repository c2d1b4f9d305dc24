"""HTTP events through Zappa's handler into a Flask app and back, at both tested versions and the shim: what the app
sees and what the gateway gets. Where the versions differ, the test says how."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import zappa_events as events
from tests.live import zappa_runtime
from tests.live.zappa_projects import FLASK, FLASK_APP
from tests.live.zappa_runtime import EVERY, OLD, SHIM, Zappa

pytestmark = pytest.mark.live

PICTURE = bytes(range(256))


@pytest.fixture(scope="module", params=EVERY)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def zappa(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zappa]:
    folder = tmp_path_factory.mktemp("requests")
    mappings = {"X-Api": "apiId", "X-Client": "identity.sourceIp", "X-Nothing": "identity.nothing"}
    settings: dict[str, Any] = {
        "CONTEXT_HEADER_MAPPINGS": mappings,
        "ADDITIONAL_TEXT_MIMETYPES": ["application/x-text"],
    }
    with zappa_runtime.running(folder, version, FLASK, **FLASK_APP, **settings) as running:
        yield running


# -- the stage in front


def test_point_06_rest_has_the_stage_in_front_when_the_host_is_amazon_s(zappa: Zappa) -> None:
    seen = zappa.body(events.rest("/echo/x"))
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/dev", "/echo/x")


@pytest.mark.parametrize("host", ["localhost:3000", "shop.example.com"])
def test_point_06_rest_has_no_stage_in_front_for_any_other_host(zappa: Zappa, host: str) -> None:
    seen = zappa.body(events.rest("/echo/x", host=host))
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("", "/echo/x")


def test_point_06_rest_without_a_host_is_the_console_s_test_and_has_the_stage(zappa: Zappa) -> None:
    assert zappa.body(events.rest("/echo/x", host=""))["SCRIPT_NAME"] == "/dev"


def test_point_06_links_have_the_stage_and_the_host(zappa: Zappa) -> None:
    own = f"https://{events.API_HOST}/dev/link"
    assert zappa.body(events.rest("/link")) == ["/dev/link", own]


def test_point_06_http_has_the_named_stage_in_front_and_not_in_the_path(zappa: Zappa) -> None:
    seen = zappa.body(events.http("/dev/echo/x", stage="dev"))
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/dev", "/echo/x")


def test_the_default_stage_stands_in_front_in_0_62_alone(zappa: Zappa, version: str) -> None:
    seen = zappa.body(events.http("/echo/x"))
    assert seen["SCRIPT_NAME"] == ("/$default" if version == OLD else "")
    assert seen["PATH_INFO"] == "/echo/x"


def test_behind_a_domain_the_stage_stands_in_front_in_0_62_alone(zappa: Zappa, version: str) -> None:
    seen = zappa.body(events.http("/echo/x", stage="dev"))
    assert seen["SCRIPT_NAME"] == ("/dev" if version == OLD else "")


def test_a_path_that_begins_as_the_stage_does_is_not_the_stage_from_0_63_on(zappa: Zappa, version: str) -> None:
    answer = zappa.ask(events.http("/echo/x", stage="ec"))
    if version == OLD:
        assert answer["statusCode"] == 404  # what is left is `ho/x`
    else:
        assert json.loads(answer["body"])["PATH_INFO"] == "/echo/x"


def test_point_05_payload_1_of_an_http_api_has_the_stage_in_its_path(zappa: Zappa) -> None:
    # AWS sends "version": "1.0" and the stage in `path`; Zappa strips it because of Amazon's host.
    seen = zappa.body(events.rest("/dev/echo/x", version="1.0"))
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/dev", "/echo/x")


def test_point_05_a_function_url_has_no_stage_from_0_63_on(zappa: Zappa, version: str) -> None:
    host = ("Host", "abc.lambda-url.us-east-1.on.aws")
    seen = zappa.body(events.http("/echo/x", headers=[host]))
    assert seen["headers"]["Host"] == host[1]
    assert seen["SCRIPT_NAME"] == ("/$default" if version == OLD else "")


@pytest.mark.parametrize("several", [False, True], ids=["headers", "multiValueHeaders"])
def test_point_05_a_load_balancer_gets_its_own_form_back(zappa: Zappa, several: bool) -> None:
    answer = zappa.ask(events.alb("/echo/x", several=several, query="a=1"))
    assert answer["statusDescription"].upper() == "200 OK"
    assert answer["isBase64Encoded"] is False
    assert ("headers" in answer, "multiValueHeaders" in answer) == (not several, several)
    seen = json.loads(answer["body"])
    assert (seen["SCRIPT_NAME"], seen["QUERY_STRING"], seen["REMOTE_ADDR"]) == ("", "a=1", "192.0.2.7")


# -- what the app sees


def test_point_06_the_client_is_the_last_but_one_that_forwarded(zappa: Zappa) -> None:
    forged = ("X-Forwarded-For", "203.0.113.9, 192.0.2.7, 198.51.100.1")
    assert zappa.body(events.rest("/echo/x"))["REMOTE_ADDR"] == "192.0.2.7"
    event = events.http("/echo/x", headers=[forged])
    assert zappa.body(event)["REMOTE_ADDR"] == "192.0.2.7"


def test_point_06_it_is_https_and_the_port_is_the_one_that_was_forwarded(zappa: Zappa) -> None:
    seen = zappa.body(events.rest("/echo/x"))
    assert (seen["wsgi.url_scheme"], seen["HTTPS"], seen["SERVER_PORT"]) == ("https", "on", "443")


def test_without_a_forwarded_port_it_is_80(zappa: Zappa) -> None:
    event = events.rest("/echo/x")
    for headers in (event["headers"], event["multiValueHeaders"]):
        del headers["X-Forwarded-Port"]
    assert zappa.body(event)["SERVER_PORT"] == "80"


def test_point_07_several_values_in_a_query_of_rest(zappa: Zappa) -> None:
    assert zappa.body(events.rest("/echo/x", query="a=1&a=2&b="))["QUERY_STRING"] == "a=1&a=2&b="


def test_several_values_in_a_query_of_http_are_joined_in_0_62_alone(zappa: Zappa, version: str) -> None:
    seen = zappa.body(events.http("/echo/x", query="a=1&a=2"))["QUERY_STRING"]
    assert seen == ("a=1%2C2" if version == OLD else "a=1&a=2")


def test_several_cookie_lines_are_joined_properly_from_0_63_on(zappa: Zappa, version: str) -> None:
    seen = zappa.body(events.rest("/echo/x", headers=[("Cookie", "a=1"), ("Cookie", "b=2")]))
    assert seen["headers"]["Cookie"] == ("a=1, b=2" if version == OLD else "a=1; b=2")


def test_point_07_other_headers_of_several_lines_are_joined_by_commas(zappa: Zappa) -> None:
    seen = zappa.body(events.rest("/echo/x", headers=[("X-One", "1"), ("X-One", "2")]))
    assert seen["headers"]["X-One"] == "1, 2"


def test_point_07_cookies_of_http_come_as_one_header(zappa: Zappa) -> None:
    assert zappa.body(events.http("/echo/x", cookies=["a=1", "b=2"]))["headers"]["Cookie"] == "a=1; b=2"


def test_point_06_context_values_become_headers(zappa: Zappa) -> None:
    headers = zappa.body(events.rest("/echo/x"))["headers"]
    assert (headers["X-Api"], headers["X-Client"]) == ("shop", "192.0.2.7")
    assert "X-Nothing" not in headers


def test_point_08_the_authorizer_s_principal_is_the_remote_user(zappa: Zappa) -> None:
    authorizer = {"principalId": "ann", "plan": "big"}
    seen = zappa.body(events.rest("/echo/x", context={"authorizer": authorizer}))
    assert (seen["REMOTE_USER"], seen["authorizer"]) == ("ann", authorizer)
    seen = zappa.body(events.http("/echo/x", context={"authorizer": {"lambda": {"principalId": "bob"}}}))
    assert seen["REMOTE_USER"] == "bob"


def test_point_08_an_iam_caller_is_the_remote_user(zappa: Zappa) -> None:
    arn = "arn:aws:iam::123456789012:user/ann"
    assert zappa.body(events.rest("/echo/x", context={"identity": {"userArn": arn}}))["REMOTE_USER"] == arn
    iam = {"authorizer": {"iam": {"userArn": arn}}}
    assert zappa.body(events.http("/echo/x", context=iam))["REMOTE_USER"] == arn


def test_the_event_and_the_context_are_there_for_the_app(zappa: Zappa) -> None:
    seen = zappa.body(events.rest("/echo/x"))
    assert "requestContext" in seen["event"]
    assert seen["context"] == "f"


def test_an_encoded_slash_in_a_path_is_lost(zappa: Zappa) -> None:
    assert zappa.body(events.rest("/echo/a%2Fb%20c"))["PATH_INFO"] == "/echo/a/b c"


def test_a_path_beyond_latin_reaches_the_app(zappa: Zappa) -> None:
    assert zappa.body(events.http("/echo/%C3%BC"))["PATH_INFO"].encode("latin-1").decode() == "/echo/ü"


# -- bodies


def test_point_07_a_binary_body_arrives_as_bytes(zappa: Zappa) -> None:
    event = events.rest("/echo/x", "POST", body=PICTURE, headers=[("Content-Type", "image/png")])
    seen = zappa.body(event)
    assert seen["body"].encode("latin-1") == PICTURE
    assert (seen["CONTENT_LENGTH"], seen["CONTENT_TYPE"]) == ("256", "image/png")


def test_a_base64_body_of_a_get_stays_base64(zappa: Zappa) -> None:
    event = events.rest("/echo/x", "GET", body=PICTURE)
    event["multiValueHeaders"]["Content-Length"] = [str(len(event["body"]))]
    assert zappa.body(event)["CONTENT_LENGTH"] is None


def test_a_post_without_a_body_has_length_0(zappa: Zappa) -> None:
    assert zappa.body(events.rest("/echo/x", "POST"))["CONTENT_LENGTH"] == "0"


@pytest.mark.parametrize("make", [events.rest, events.http], ids=["rest", "http"])
def test_point_07_a_picture_goes_out_in_base64(zappa: Zappa, make: Any) -> None:
    answer = zappa.ask(make("/bytes/image/png"))
    assert answer["isBase64Encoded"] is True
    assert base64.b64decode(answer["body"]) == PICTURE


@pytest.mark.parametrize("kind", ["image/svg+xml", "application/json", "application/x-text", "text/csv"])
def test_point_07_text_goes_out_as_it_is(zappa: Zappa, kind: str) -> None:
    answer = zappa.ask(events.rest(f"/bytes/{kind}", "POST", body="<ü>"))
    assert answer["body"] == "<ü>"
    assert not answer.get("isBase64Encoded")


def test_point_07_what_is_encoded_goes_out_in_base64(zappa: Zappa) -> None:
    answer = zappa.ask(events.rest("/packed"))
    assert (answer["isBase64Encoded"], base64.b64decode(answer["body"])) == (True, b"text")


def test_bytes_that_are_no_text_in_a_text_answer_are_an_error_of_the_app(zappa: Zappa) -> None:
    assert zappa.ask(events.rest("/bytes/text/plain"))["statusCode"] == 500


def test_an_answer_without_a_body(zappa: Zappa) -> None:
    assert "body" not in zappa.ask(events.rest("/empty"))
    assert zappa.ask(events.http("/empty"))["body"] is None


# -- headers of answers


def test_point_07_rest_sends_each_cookie_four_times_and_it_is_said_once(zappa: Zappa) -> None:
    answer = zappa.ask(events.rest("/cookies"))
    each = ["a=1; Secure; Path=/", "b=2; Path=/"] * 2
    assert answer["multiValueHeaders"]["Set-Cookie"] == each
    assert answer["multiValueHeaders"]["set-cookie"] == each
    zappa.ask(events.rest("/cookies"))
    zappa.says("each cookie is sent")
    assert len([line for line in zappa.remarks if "each cookie is sent" in line]) == 1


def test_point_07_http_sends_each_cookie_twice(zappa: Zappa) -> None:
    assert zappa.ask(events.http("/cookies"))["cookies"] == ["a=1; Secure; Path=/", "b=2; Path=/"] * 2


def test_point_07_other_headers_of_several_lines(zappa: Zappa) -> None:
    answer = zappa.ask(events.rest("/several"))
    assert answer["multiValueHeaders"]["X-One"] == ["1", "2"]
    assert answer["headers"]["X-One"] == "2"
    assert zappa.ask(events.http("/several"))["headers"]["X-One"] == "1,2"


def test_point_06_redirects_have_the_stage(zappa: Zappa) -> None:
    answer = zappa.ask(events.rest("/away"))
    assert (answer["statusCode"], answer["headers"]["Location"]) == (302, "/dev/link")


def test_rest_answers_in_the_kinds_of_headers_that_were_asked_with(zappa: Zappa) -> None:
    event = events.rest("/empty")
    del event["headers"]
    answer = zappa.ask(event)
    assert "headers" not in answer
    assert "multiValueHeaders" in answer


def test_each_request_has_its_line_in_the_log(zappa: Zappa) -> None:
    zappa.ask(events.rest("/echo/lines", query="a=1", headers=[("User-Agent", "curl/8")]))
    log = zappa.says('"GET /echo/lines?a=1 HTTP/1.1" 200')
    line = next(line for line in log.splitlines() if "/echo/lines?a=1 HTTP" in line)
    assert "192.0.2.7 - - [" in line
    assert line.rpartition(" ")[2].startswith("0/")


# -- what stays and what fails


def test_stage_variables_become_variables_and_stay(zappa: Zappa) -> None:
    assert zappa.body(events.rest("/environ/PLAN", stageVariables={"PLAN": "big"})) == "big"
    assert zappa.body(events.rest("/environ/PLAN")) == "big"


@pytest.mark.parametrize("make", [events.rest, events.http], ids=["rest", "http"])
def test_an_event_that_cannot_be_read_is_a_500_with_text_of_a_dict(zappa: Zappa, make: Any) -> None:
    event = make("/x")
    event.pop("path", None)
    event["requestContext"].pop("http", None)
    answer = zappa.ask(event)
    assert answer["statusCode"] == 500
    text = json.loads(answer["body"])
    assert text.startswith("{'message': 'An uncaught exception")
    assert "KeyError" in text


@pytest.mark.parametrize("installed", EVERY)
def test_the_exception_handler_of_the_project_is_asked_first(installed: str, tmp_path: Path) -> None:
    files = {
        "crash.py": "def app(environ, start):\n    raise ValueError('it broke')\n"
        "def fail(event, context):\n    raise LookupError(event['command'])\n"
        "def seen(error, event, context):\n"
        "    print('seen', repr(error), 'command' in event)\n    return event.get('forgive', False)\n"
    }
    settings: dict[str, Any] = {"EXCEPTION_HANDLER": "crash.seen", "DEBUG": False}
    with zappa_runtime.running(tmp_path, installed, files, APP_MODULE="crash", APP_FUNCTION="app", **settings) as zappa:
        answer = zappa.ask(events.rest("/"))
        assert (answer["statusCode"], "traceback" in answer["body"]) == (500, False)
        zappa.says("seen ValueError('it broke') False")
        assert zappa.failure({"command": "crash.fail"})["errorType"] == "LookupError"
        assert zappa.ask({"command": "crash.fail", "forgive": True}) is None
        zappa.says("seen LookupError('crash.fail') True")


@pytest.mark.parametrize("installed", EVERY)
def test_point_06_base_path_and_domain(installed: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"BASE_PATH": "api", "DOMAIN": "shop.example.com", "BINARY_SUPPORT": False}
    with zappa_runtime.running(tmp_path, installed, FLASK, **FLASK_APP, **settings) as zappa:
        seen = zappa.body(events.rest("/api/echo/x", host="shop.example.com"))
        assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/api", "/echo/x")
        assert zappa.body(events.rest("/api/link", host="shop.example.com"))[1] == "https://shop.example.com/api/link"
        # Without binary support base64 stays what it is, and bytes cannot go out.
        seen = zappa.body(events.rest("/echo/x", "POST", host="shop.example.com", body=b"\xff"))
        assert seen["body"] == "/w=="
        assert zappa.ask(events.rest("/bytes/image/png", host="shop.example.com"))["statusCode"] == 500


def test_the_shim_says_which_zappa_it_is_modelled_on(zappa: Zappa, version: str) -> None:
    if version == SHIM:
        zappa.ask({"raw_command": "import devserve_zappa_shim as s; print('modelled on', s.VERSION)"})
        zappa.says("modelled on 0.63.0")
    else:
        zappa.ask({"raw_command": "import zappa; print('installed', zappa.__version__)"})
        zappa.says(f"installed {version}")
