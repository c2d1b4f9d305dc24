"""A browser holds the gateway to what other clients do not look at: origins, preflights, cookies, sub-protocols."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.live import browser, gateway_site
from tests.live.devserver import devserve
from tests.live.registry import free_port

pytestmark = [*browser.MARKS, pytest.mark.timeout(120)]

OWN, FAR = ["hidden=1", "shown=2"], ["far=1"]


def answered(cookies: list[str], mark: str | None, made: str) -> list[Any]:
    """What a script gets of a reply that its origin may read, with the one header that it may see."""
    return [201, {"cookies": cookies, "mark": mark}, made, None]


def seen_by(tmp_path: Path, scheme: str) -> tuple[dict[str, Any], list[Any]]:
    """What the page's script was told, by name; what server and browser say about it. A story in which the machine's
    network changed (see `browser.visit`) is told anew from its beginning."""
    for number in range(browser.VISITS):
        port = free_port()
        seen, told, failed = story(tmp_path / str(number), f"{scheme}://site.localhost:{port}", port, scheme)
        if browser.CHANGED not in failed:
            return seen, [*told, *failed]
    raise AssertionError(f"the network changed in each of {browser.VISITS} stories")


def story(tmp_path: Path, origin: str, port: int, scheme: str) -> tuple[dict[str, Any], list[Any], list[str]]:
    arguments = ["--tls"] if scheme == "https" else []
    with (
        devserve(tmp_path, gateway_site.files(origin), *arguments, "--port", str(port)) as server,
        browser.page(tmp_path / "profile", names=True, any_certificate=bool(arguments)) as page,
        browser.failures(page) as failed,
    ):
        browser.visit(page, f"{origin}/")
        page.wait_for_function("document.getElementById('end').textContent === 'end'")
        page.screenshot(path=str(tmp_path / "seen.png"), full_page=True)
        seen: dict[str, Any] = page.evaluate("seen")
        told = [(fact["method"], fact["path"], fact["status"], fact["note"]) for fact in server.facts("request")]
        assert [one for one in told if one[0] == "OPTIONS"], "the browser asked nobody before it called"
        return seen, told, failed


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_page_calls_the_other_apis_of_its_project_as_browsers_let_it(tmp_path: Path, scheme: str) -> None:
    seen, told = seen_by(tmp_path, scheme)
    assert seen["page cookies"] == "shown=2", "HttpOnly is nothing for scripts"
    assert seen["own"][:2] == [200, OWN]
    for api, made in (("orders", "rest"), ("items", "http")):
        assert seen[f"{api} first"] == answered([], None, made), told
        # Each API is a site of its own: SameSite=Lax is not kept, and SameSite=None only where it is Partitioned.
        assert seen[f"{api} again"] == answered(FAR, "me", made), told
        assert seen[f"{api} without credentials"] == answered([], None, made), told
        assert seen[f"{api} method not allowed"] == "TypeError"
        assert seen[f"{api} header not allowed"] == "TypeError"
    assert seen["chat"] == [["open", "chat.v2"], '{"echo": "grüße"}', "pushed Ω", ["close", 4001, "enough", True]]
    closed = ["close", 1000, "Connection Closed Normally", True]
    assert seen["chat ended by the backend"] == [["open", ""], '{"echo": null}', closed]
    assert seen["chat refused"] == [["close", 1006, "", False]]
