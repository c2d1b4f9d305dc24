"""A small Django project with commands that ask, take their time, fail and leave things running."""

from __future__ import annotations

from pathlib import Path

from tests.live import venvs
from tests.live.devserver import write

REQUIREMENT = "django>=5,<5.3"

_MANAGE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""

_SETTINGS = """
import os
from pathlib import Path
BASE = Path(__file__).resolve().parent.parent
SECRET_KEY = "not-a-secret"
DEBUG = True
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "shop"]
ROOT_URLCONF = "site1.urls"
WSGI_APPLICATION = "site1.wsgi.application"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE / "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = []
USE_I18N = False
"""

_WSGI = """
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
application = get_wsgi_application()
"""

_ODD = """
import os, subprocess, sys, time
from django.core.management.base import BaseCommand, CommandError

class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("what")
        parser.add_argument("words", nargs="*")

    def handle(self, what, words, **options):
        getattr(self, what)(*words)

    def says(self, *words):
        self.stdout.write(repr(words))

    def waits(self):
        print("waiting")
        sys.stdin.readline()
        print("heard")

    def sleeps(self):
        print("sleeping")
        time.sleep(60)

    def leaves(self):
        subprocess.Popen(["sleep", "61"], start_new_session=True)

    def fails(self):
        raise CommandError("there is no stock")

    def breaks(self):
        raise RuntimeError("broken inside")

    def exits(self, code):
        sys.exit(int(code))

    def shows(self):
        size = os.get_terminal_size()
        print("terminal", sys.stdin.isatty(), sys.stdout.isatty(), size.columns, size.lines)

    def answers(self, question):
        answer = input(question)
        print("answer", answer)

    def where(self):
        import tempfile
        names = ("AWS_LAMBDA_FUNCTION_NAME", "LAMBDA_TASK_ROOT", "DEVSERVE", "AWS_REGION", "TABLE", "DEVSERVE_APP")
        print({name: os.environ.get(name) for name in names})
        print(os.getcwd(), tempfile.gettempdir(), sys.path[0])

    def writes(self):
        open("written.txt", "w").write("here")
        print("written")
"""

FILES = {
    "manage.py": _MANAGE,
    "site1/__init__.py": "",
    "site1/settings.py": _SETTINGS,
    "site1/urls.py": "urlpatterns = []\n",
    "site1/wsgi.py": _WSGI,
    "shop/__init__.py": "",
    "shop/management/__init__.py": "",
    "shop/management/commands/__init__.py": "",
    "shop/management/commands/odd.py": _ODD,
}


def project(folder: Path) -> Path:
    """The project with an environment of its own that has Django."""
    write(folder, FILES)
    venvs.use(folder, venvs.python("django-commands", REQUIREMENT))
    return folder
