"""A browser opens a served function: what the whole thing is for."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.live.devserver import devserve
from tests.live.templates import function, sam

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("DEVSERVE_REQUIRE_BROWSER") == "1"

pytestmark = [
    pytest.mark.live,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not REQUIRED, reason="no Chromium on this machine"),
]

PAGE = '''
import json

PAGE = """<!doctype html><title>orders</title><p id="answer">waiting</p>
<script>
fetch("/orders?q=1", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({n: 20})})
  .then(response => response.json().then(body => [response.status, body.total, document.cookie].join(" ")))
  .then(text => { document.getElementById("answer").textContent = text; });
</script>"""

def page(event, context):
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return {"statusCode": 200, "headers": headers, "cookies": ["seen=yes; Path=/"], "body": PAGE}

def orders(event, context):
    total = json.loads(event["body"])["n"] + int(event["queryStringParameters"]["q"])
    return {"statusCode": 201, "headers": {"Content-Type": "application/json"}, "body": json.dumps({"total": total})}
'''


def dump(url: str, profile: Path) -> str:
    """The page as it is after its scripts ran."""
    assert CHROMIUM is not None, "DEVSERVE_REQUIRE_BROWSER=1, but there is no Chromium on PATH"
    quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-sync", *quiet]
    done = subprocess.run(
        [*command, f"--user-data-dir={profile}", "--virtual-time-budget=5000", "--dump-dom", url],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return done.stdout


def test_a_page_of_a_function_runs_its_script_against_another(tmp_path: Path) -> None:
    files = {
        "app.py": PAGE,
        "template.json": sam({"Page": function("app.page", "GET /"), "Orders": function("app.orders", "POST /orders")}),
    }
    with devserve(tmp_path, files) as server:
        dom = dump(server.ready["apis"][0]["url"], tmp_path / "profile")
        assert '<p id="answer">201 21 seen=yes</p>' in dom, dom
