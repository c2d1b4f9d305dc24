"""The demonstration: a fresh Wagtail site, served as it would run behind API Gateway, used by a person in a browser."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response

from tests.live import browser, venvs
from tests.live.devserver import PROCESS, Devserve, devserve, run
from tests.live.pictures import png

pytestmark = [*browser.MARKS, pytest.mark.timeout(300)]

PASSWORD = "a pass word"
SUPERUSER = f"""
from django.contrib.auth import get_user_model
get_user_model().objects.create_superuser("editor", "editor@example.com", "{PASSWORD}")
"""
#: What a site needs behind a stage, on AWS as here: addresses of files below the stage, and somebody to serve them.
UNDER_A_STAGE = """
from .dev import *
STATIC_URL = "/dev/static/"
MEDIA_URL = "/dev/media/"
MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware", *MIDDLEWARE]
WHITENOISE_USE_FINDERS = True
WHITENOISE_STATIC_PREFIX = "/static/"
ROOT_URLCONF = "demo.stage_urls"
"""
STAGE_URLS = """
from django.conf import settings
from django.urls import re_path
from django.views.static import serve
from demo.urls import urlpatterns as pages
urlpatterns = [re_path("^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}), *pages]
"""
SHOTS = os.environ.get("DEVSERVE_SCREENSHOTS", "")
"""A folder to keep pictures of the pages in, for people."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the talk makes it, with devserve's own commands: `wagtail start`, `migrate`, a superuser."""
    python = venvs.python("wagtail", "wagtail>=7", "whitenoise>=6", "zappa==0.63.0")
    folder = tmp_path_factory.mktemp("talk") / "project"
    wagtail = python.parent / "wagtail"
    folder.mkdir()
    subprocess.run([wagtail, "start", "demo", str(folder)], check=True, capture_output=True)
    venvs.use(folder, python)
    (folder / "demo" / "settings" / "stage.py").write_text(UNDER_A_STAGE)
    (folder / "demo" / "stage_urls.py").write_text(STAGE_URLS)
    settings = {"dev": {"project_name": "demo", "django_settings": "demo.settings.stage", "runtime": "python3.11"}}
    for arguments in (("migrate", "--verbosity", "0"), ("shell", "-c", SUPERUSER)):
        ran = run(folder, "manage", "--sandbox", PROCESS, "--", *arguments, seconds=120)
        assert ran.code == 0, ran.stderr + ran.stdout
    (folder / "zappa.json").write_text(json.dumps(settings))
    return folder


@pytest.fixture(params=["", "dev"])
def served(site: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Devserve, str]]:
    """The site as a Django project, and the same one by Zappa's settings under `/dev`: the address of its root."""
    zappa = site / "zappa_settings.json"
    zappa.unlink(missing_ok=True)
    if request.param:
        zappa.write_bytes((site / "zappa.json").read_bytes())
    # A browser asks for six things at once: six cold starts of three seconds each on a machine that is busy with tests.
    with devserve(site.parent, None, "--max-environments", "2") as server:
        yield server, f"{server.gateway}/{request.param}".rstrip("/")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_an_editor_logs_in_edits_a_page_and_uploads_a_picture(served: tuple[Devserve, str], tmp_path: Path) -> None:
    server, root = served
    kind = "zappa" if root.endswith("/dev") else "django"
    failed: list[str] = []

    def answered(reply: Response) -> None:
        if reply.status >= 400:
            failed.append(f"{reply.status} {reply.url}")

    with browser.page(tmp_path / "profile") as page:
        page.on("response", answered)
        browser.visit(page, f"{root}/")
        assert "Welcome to your new Wagtail site!" in page.inner_text("body")
        shot(page, f"{kind}-1-welcome")

        browser.visit(page, f"{root}/admin/")
        assert page.url.startswith(f"{root}/admin/login/"), page.url
        page.fill("input[name=username]", "editor")
        page.fill("input[name=password]", PASSWORD)
        shot(page, f"{kind}-2-login")
        page.click("button[type=submit]")
        page.wait_for_url(f"{root}/admin/")
        # What the admin's style sheet says, so it has arrived.
        assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--w-color-primary').trim() !== ''")
        shot(page, f"{kind}-3-dashboard")

        browser.visit(page, f"{root}/admin/pages/3/edit/")
        page.fill("input[name=title]", f"Edited through {kind}")
        page.locator("button.button[data-w-dropdown-target=toggle]").last.click()
        page.click("button[name=action-publish]")
        page.wait_for_selector("text=has been published")
        shot(page, f"{kind}-4-published")
        browser.visit(page, f"{root}/")
        assert page.title().startswith(f"Edited through {kind}"), page.title()

        (tmp_path / "picture.png").write_bytes(png())
        browser.visit(page, f"{root}/admin/images/add/")
        page.set_input_files("input[type=file]", tmp_path / "picture.png")
        page.fill("input[name=title]", f"A picture for {kind}")
        page.click("form button[type=submit]:has-text('Upload')")
        page.wait_for_url(f"{root}/admin/images/**")
        browser.visit(page, f"{root}/admin/images/")
        size = page.evaluate(
            f"""async () => {{
                const shown = document.querySelector("img[alt='A picture for {kind}']")
                    || [...document.querySelectorAll("img")].find(one => one.src.includes("picture"));
                await shown.decode();
                return [shown.naturalWidth > 0, shown.src];
            }}"""
        )
        assert size[0], "the rendition was made here and has arrived as a picture"
        shot(page, f"{kind}-5-pictures")
    assert failed == []
    assert "Traceback" not in server.stderr
    originals = list((server.folder / "media" / "original_images").glob("picture*.png"))
    assert any(file.read_bytes() == png() for file in originals), "every byte as it was uploaded"
