"""Debian's Chromium, driven as a person would use it.

    with browser.page(tmp_path) as page:
        page.goto(server.gateway)

Playwright's driver comes with its Python package; the browser is the one of this machine, none is downloaded.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Request, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("DEVSERVE_REQUIRE_BROWSER") == "1"
MARKS = [
    pytest.mark.live,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not REQUIRED, reason="no Chromium on this machine"),
]
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-sync", "--disable-background-networking", "--disable-quic")
_HERE = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",)
#: What the browser says of connections that it gives up because an interface of this machine came or went.
CHANGED = "net::ERR_NETWORK_CHANGED"
#: How often it may be disturbed by that.
VISITS = 5
#: Milliseconds for a page on a machine that is busy with the other tests.
PATIENCE = 30_000


@contextmanager
def page(profile: Path, *, names: bool = False, any_certificate: bool = False) -> Iterator[Page]:
    """A page of a browser with a fresh profile in that folder. Requests to anything but this machine are cut off.

    With `names` by its resolver, which leaves `*.localhost` and all preflights as they are: a driver that looks at
    requests answers preflights itself. `any_certificate`: the browser asks nobody who signed it."""
    assert CHROMIUM is not None, "DEVSERVE_REQUIRE_BROWSER=1, but there is no Chromium on PATH"
    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(profile),
            executable_path=CHROMIUM,
            args=[*_QUIET, *(_HERE if names else ())],
            viewport={"width": 1280, "height": 900},
            ignore_https_errors=any_certificate,
        )
        try:
            context.set_default_timeout(PATIENCE)
            if not names:
                context.route(
                    lambda url: not url.startswith(("http://127.0.0.1", "http://localhost", "data:", "blob:")),
                    lambda route: route.abort(),
                )
            yield context.pages[0] if context.pages else context.new_page()
        finally:
            context.close()


@contextmanager
def failures(page: Page) -> Iterator[list[str]]:
    """What the browser says of requests that came to nothing, while the block runs."""
    found: list[str] = []

    def failed(request: Request) -> None:
        found.append(request.failure or "")

    page.on("requestfailed", failed)
    try:
        yield found
    finally:
        page.remove_listener("requestfailed", failed)


def visit(page: Page, url: str) -> None:
    """Go there. Containers of other tests come and go meanwhile, their interfaces with them, and the browser then gives
    up the connections that it is just making. A page that lacks something for that says nothing: it is asked anew."""
    for _ in range(VISITS):
        with failures(page) as found:
            try:
                page.goto(url)
            except Error as error:
                if CHANGED not in error.message:
                    raise
                continue
        if CHANGED not in found:
            return
    raise AssertionError(f"the network changed {VISITS} times while the browser went to {url}")
