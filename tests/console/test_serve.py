"""The console as a handler."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from localstack_lite.console.serve import FILES, STATIC, Console
from localstack_lite.model.pending_event import PendingEvent
from localstack_lite.model.trigger import Schedule
from localstack_lite.wire.messages import Headers, Request, Response
from tests.builders import function, project

SHOP = project(function("orders"))


class Logbook:
    def events(self, function: str) -> list[dict[str, object]]:
        return [{"timestamp": 1, "message": f"of {function}\n"}]


def upcoming() -> list[tuple[Schedule, float | None]]:
    return [(Schedule("nightly", "Orders", "rate(1 day)"), 1_795_334_400.0)]


def fire(name: str) -> tuple[str, ...]:
    if name != "nightly":
        raise LookupError(f"there is no schedule {name!r}; known: nightly")
    return ("r1", "r2")


def recycle(function: str | None) -> int:
    return {None: 5, "Orders": 2}[function]


def pending() -> list[PendingEvent]:
    return [PendingEvent("r1", "Orders", "$LATEST", 0, 1.0)]


def console() -> Console:
    return Console(
        lambda: SHOP,
        Logbook(),
        ("laptop.lan",),
        upcoming=upcoming,
        fire=fire,
        recycle=recycle,
        pending=pending,
        forget={"r1": 2, "r2": None, "r3": 0}.__getitem__,
    )


def asked(path: str, method: str = "GET", host: str = "localhost:3001", query: str = "") -> Response | None:
    return asyncio.run(console()(Request(method, path, query, Headers((("host", host),)))))


def answered(path: str, method: str = "GET", host: str = "localhost:3001", query: str = "") -> Response:
    response = asked(path, method, host, query)
    assert response is not None
    return response


@pytest.mark.parametrize("path", ["/", "/2015-03-31/functions/", "/_devserver/", "/x/_devserve/"])
def test_what_is_not_below_its_prefix_is_somebody_elses(path: str) -> None:
    assert asked(path) is None


def test_health() -> None:
    assert json.loads(answered("/_devserve/health").body) == {"status": "ok"}


@pytest.mark.parametrize("name", ["orders", "Orders"])
def test_logs_of_a_function_by_name_or_logical_id(name: str) -> None:
    found = answered("/_devserve/api/logs", query=f"function={name}")
    assert (found.status, json.loads(found.body)) == (200, {"events": [{"timestamp": 1, "message": "of Orders\n"}]})


def test_names_are_decoded() -> None:
    assert answered("/_devserve/api/logs", query="function=%6Frders").status == 200
    assert "'a b/c'" in answered("/_devserve/api/logs", query="function=a+b%2Fc").body.decode()


@pytest.mark.parametrize(("query", "status"), [("function=nobody", 404), ("", 400), ("function=", 400)])
def test_logs_of_nobody_are_refused_in_json(query: str, status: int) -> None:
    found = answered("/_devserve/api/logs", query=query)
    assert found.status == status
    assert "orders" in json.loads(found.body)["message"]


@pytest.mark.parametrize(
    "path", ["/_devserve/nope", "/_devserve/../app.py", "/_devserve/static/page.js", "/_devserve//"]
)
def test_an_unknown_path_below_the_prefix_is_404(path: str) -> None:
    assert answered(path).status == 404


def test_every_address_of_the_description_answers() -> None:
    paths = json.loads(answered("/_devserve/api/openapi.json").body)["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            found = answered(path.replace("{name}", "nightly"), method.upper(), query="function=orders&requestId=r1")
            assert str(found.status) == min(operation["responses"]), path
            assert str(found.status) in operation["responses"]


def test_schedules_are_listed_with_their_next_runs() -> None:
    (schedule,) = json.loads(answered("/_devserve/api/schedules").body)["schedules"]
    assert (schedule["name"], schedule["function"], schedule["next"]) == ("nightly", "orders", "2026-11-22T08:00:00Z")


def test_a_schedule_is_run_by_its_name_and_its_request_told() -> None:
    found = answered("/_devserve/api/schedules/%6Eightly/run", "POST")
    assert (found.status, json.loads(found.body)) == (202, {"requestId": "r1", "requestIds": ["r1", "r2"]})


def test_running_a_schedule_that_there_is_not_names_those_that_there_are() -> None:
    found = answered("/_devserve/api/schedules/daily/run", "POST")
    assert (found.status, json.loads(found.body)) == (404, {"message": "there is no schedule 'daily'; known: nightly"})


def test_a_schedule_is_run_by_post_only_and_not_by_another_site() -> None:
    assert answered("/_devserve/api/schedules/nightly/run").status == 405
    headers = Headers((("host", "localhost:3001"), ("origin", "https://evil.example")))
    request = Request("POST", "/_devserve/api/schedules/nightly/run", "", headers)
    refused = asyncio.run(console()(request))
    assert refused is not None
    assert refused.status == 403


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("requestId=r1", 200, {"forgotten": 2}),
        ("requestId=r2", 409, {"message": "The event r2 runs now: the function is not stopped"}),
        ("requestId=r3", 404, {"message": "No event r3 waits; GET /_devserve/api/events lists those that do"}),
        ("", 400, {"message": "Which event? Ask with ?requestId=ID"}),
    ],
)
def test_an_event_is_forgotten_by_its_request_id(query: str, status: int, said: dict[str, object]) -> None:
    found = answered("/_devserve/api/events", "DELETE", query=query)
    assert (found.status, json.loads(found.body)) == (status, said)


def test_without_schedules_there_are_none_to_list_and_none_to_run() -> None:
    bare = Console(lambda: SHOP, Logbook())
    host = Headers((("host", "localhost"),))
    listed = asyncio.run(bare(Request("GET", "/_devserve/api/schedules", "", host)))
    ran = asyncio.run(bare(Request("POST", "/_devserve/api/schedules/nightly/run", "", host)))
    assert listed is not None
    assert ran is not None
    assert (json.loads(listed.body), ran.status) == ({"schedules": []}, 404)


@pytest.mark.parametrize(("query", "ended"), [("", 5), ("function=orders", 2), ("function=Orders", 2)])
def test_idle_environments_are_ended_of_all_functions_or_of_one(query: str, ended: int) -> None:
    found = answered("/_devserve/api/recycle", "POST", query=query)
    assert (found.status, json.loads(found.body)) == (200, {"ended": ended})


def test_environments_are_ended_by_post_only_and_of_functions_that_there_are() -> None:
    assert answered("/_devserve/api/recycle").status == 405
    assert answered("/_devserve/api/recycle", "POST", query="function=nobody").status == 404


def test_events_that_are_not_over_are_listed() -> None:
    (event,) = json.loads(answered("/_devserve/api/events").body)["events"]
    assert (event["requestId"], event["function"], event["next"]) == ("r1", "orders", None)


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH", "OPTIONS"])
def test_nothing_can_be_changed_here(method: str) -> None:
    assert answered("/_devserve/api/logs", method).status == 405


def test_a_foreign_host_is_refused_before_anything_else() -> None:
    refused = answered("/_devserve/health", host="evil.example")
    assert refused.status == 403
    assert "evil.example" in json.loads(refused.body)["message"]
    assert answered("/_devserve/health", host="laptop.lan:3001").status == 200


def test_the_address_without_its_slash_leads_to_the_page() -> None:
    found = answered("/_devserve")
    assert (found.status, dict(found.headers)["Location"]) == (308, "/_devserve/")


def test_the_page_and_all_it_loads_are_served_from_here() -> None:
    page = answered("/_devserve/").body.decode()
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert {"page.js", "style.css"} <= set(loaded)
    for name in loaded:
        assert name.startswith(("./", "data:", "api/")) or answered(f"/_devserve/{name}").status == 200
    assert {file.name for file in STATIC.iterdir()} == {file for file, _ in FILES.values()}


def test_nothing_of_the_page_comes_from_elsewhere() -> None:
    for file, _ in FILES.values():
        assert "//" not in (STATIC / file).read_text(encoding="utf-8").replace("// Two views", "")
