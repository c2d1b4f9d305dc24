"""Small projects with an environment that looks installed: folders and metadata, no Python in it."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.builds.doctor.checkup import Running
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Project
from tests.live.devserver import write

SETTINGS = """\
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.admin", "orders", "debug_toolbar"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
STATIC_URL = "static/"
"""
DJANGO = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.dev")\nimport django\n',
    "shop/__init__.py": "",
    "shop/settings/__init__.py": "",
    "shop/settings/base.py": SETTINGS,
    "shop/settings/dev.py": "from .base import *\n",
    "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\n",
    "orders/__init__.py": "",
    "orders/views.py": "import requests\nfrom django.http import HttpResponse\n",
    "orders/tests.py": "import pytest\n",
    "requirements.txt": "Django>=5\n",
}


def install(
    home: Path, name: str, module: str, *, size: int = 1000, tag: str = "py3-none-any", needs: str = ""
) -> None:
    """A package of that name, as an installer leaves it."""
    info = home / "lib" / "python3.12" / "site-packages" / f"{name.replace('-', '_')}-1.0.dist-info"
    needed = f"Requires-Dist: {needs}\n" if needs else ""
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needed}\n",
        "WHEEL": f"Wheel-Version: 1.0\nTag: {tag}\n",
        "RECORD": f"{module}/__init__.py,sha256=x,{size}\n",
    }
    write(info, files)


def django(root: Path, files: dict[str, str] | None = None, kind: AppKind = AppKind.WSGI) -> tuple[Project, Running]:
    """A Django project as its reader gives it, in an environment with Django, requests and a tool."""
    write(root, files or DJANGO)
    home = root / ".venv"
    write(home, {"pyvenv.cfg": "version = 3.12.1\n"})
    install(home, "Django", "django", size=8_000_000, needs="asgiref>=3")
    install(home, "asgiref", "asgiref")
    install(home, "requests", "requests")
    install(home, "django-debug-toolbar", "debug_toolbar")
    adapter = Adapter(kind, "shop.wsgi:application", "apig-wsgi", django_settings="shop.settings.dev")
    function = Function("Shop", "shop", "python3.12", "devserve_app.handler", Code(root), adapter=adapter)
    return Project(root, (function,)), Running(home, "3.12", ".venv")
