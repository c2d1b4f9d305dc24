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


def seen_by(tmp_path: Path, origin: str, port: int, *arguments: str) -> tuple[dict[str, Any], list[Any]]:
    """What the page's script was told, by name; what the server says about it."""
    with (
        devserve(tmp_path, gateway_site.files(origin), *arguments, "--port", str(port)) as server,
        browser.page(tmp_path / "profile", names=True, any_certificate="--tls" in arguments) as page,
    ):
        page.goto(f"{origin}/")
        page.wait_for_function("document.getElementById('end').textContent === 'end'")
        page.screenshot(path=str(tmp_path / "seen.png"), full_page=True)
        seen: dict[str, Any] = page.evaluate("seen")
        told = [(fact["method"], fact["path"], fact["status"], fact["note"]) for fact in server.facts("request")]
        assert [one for one in told if one[0] == "OPTIONS"], "the browser asked nobody before it called"
        return seen, told


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_page_calls_the_other_apis_of_its_project_as_browsers_let_it(tmp_path: Path, scheme: str) -> None:
    port = free_port()
    origin = f"{scheme}://site.localhost:{port}"
    seen, told = seen_by(tmp_path, origin, port, *(["--tls"] if scheme == "https" else []))
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
