"""A Django project as it is: through the whole gateway beside gunicorn with one sync worker, and from a save to the new
answer beside what importing it takes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import load, server
from tests.benchmarks.table import Row, middle
from tests.live import venvs
from tests.live.devserver import write
from tests.live.wire import send

RUNS = 5
VIEWS = """from django.http import HttpResponse

def hello(request):
    return HttpResponse("%s")
"""
FILES = {
    "manage.py": """import os, sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
""",
    "site1/__init__.py": "",
    "site1/settings.py": """SECRET_KEY = "not a secret: a benchmark's"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "site1.urls"
WSGI_APPLICATION = "site1.wsgi.application"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
""",
    "site1/urls.py": """from django.urls import path

from site1 import views

urlpatterns = [path("hello", views.hello)]
""",
    "site1/views.py": VIEWS % "hello-0",
    "site1/wsgi.py": """import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
application = get_wsgi_application()
""",
}


@contextmanager
def gunicorn(folder: Path, python: Path) -> Iterator[str]:
    port = server.free_port()
    line = [str(python), "-m", "gunicorn", "-w", "1", "-b", f"127.0.0.1:{port}", "site1.wsgi"]
    with server.running(line, folder, f"http://127.0.0.1:{port}") as url:
        yield url


def django(folder: Path) -> Iterator[Row]:
    python = venvs.python("django-bench", "django>=5.2,<6", "gunicorn>=22")
    write(folder, FILES)
    venvs.use(folder, python)
    with gunicorn(folder, python) as beside, server.devserve(folder) as ours:
        for url in (beside, ours):
            server.first_answer(url, "/hello")
        if load.wrk() is None:
            yield Row("Django hello, p50", "", None, note="wrk is not installed (Debian package wrk)")
        else:
            pairs = [(load.run(f"{ours}/hello", 1), load.run(f"{beside}/hello", 1)) for _ in range(3)]
            got, reference = (middle(pair[side].p50 for pair in pairs) for side in (0, 1))
            errors = sum(each.errors for pair in pairs for each in pair)
            note = f"{errors} errors!" if errors else "beside gunicorn, 1 sync worker"
            yield Row("Django hello, p50 at 1 connection", "ms", got, reference, target=1.5, note=note)
        times, imports = [], []
        for number in range(1, 2 * RUNS + 1):
            imports.append(_import(folder, python))
            word = f"hello-{number}"
            (folder / "site1" / "views.py").write_text(VIEWS % word, encoding="utf-8")
            since = time.perf_counter()
            while word not in send(ours, "GET", "/hello").text:
                if time.perf_counter() - since > 20:
                    raise AssertionError("the new code never answered")
            times.append((time.perf_counter() - since) * 1000)
    note = f"beside importing it; worst {max(times):.0f} ms"
    yield Row("Django, save to new answer", "ms", middle(times), middle(imports), target=1.2, note=note)


def _import(folder: Path, python: Path) -> float:
    """Milliseconds of a Python that does nothing but import the application."""
    since = time.perf_counter()
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([str(python), "-c", "import site1.wsgi"], cwd=folder, env=environ, check=True)
    return (time.perf_counter() - since) * 1000
