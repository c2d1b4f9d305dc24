"""A Django project as `startproject` makes it, with a few views and an admin: made once, copied for each test."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.live import venvs
from tests.live.devserver import write

DJANGO = "django==5.2.*"
VIEWS = """
import hashlib
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

def name(request):
    if request.method == "POST":
        request.session["name"] = request.POST["name"]
        return HttpResponseRedirect(reverse("name"))
    return HttpResponse(f"{request.session.get('name', 'nobody')} {get_token(request)}", content_type="text/plain")

@csrf_exempt
def upload(request):
    content = request.FILES["file"].read()
    return JsonResponse({"name": request.FILES["file"].name, "digest": hashlib.sha256(content).hexdigest()})

def picture(request):
    return HttpResponse(bytes(range(256)), content_type="image/png")

def stream(request):
    return StreamingHttpResponse((f"{n}," for n in range(5)), content_type="text/plain")

def paths(request):
    return JsonResponse({
        "full": request.get_full_path(), "absolute": request.build_absolute_uri("/x"), "info": request.path_info,
        "reverse": reverse("name"), "secure": request.is_secure(), "query": request.GET.getlist("a"),
    })

def page(request):
    return render(request, "page.html")
"""
URLS = """
from django.contrib import admin
from django.urls import path
from mysite import views

urlpatterns = [path("admin/", admin.site.urls)] + [
    path(name + "/", getattr(views, name), name=name)
    for name in ("name", "upload", "picture", "stream", "paths", "page")
]
"""


def made(folder: Path) -> Path:
    """A fresh project in `folder/project`, with its database (user `admin`, password `secret7`), in its own
    environment."""
    python = venvs.python("django", DJANGO)
    place = folder / "project"
    venvs.use(place, python)
    line = [str(python), "-m", "django", "startproject", "mysite", "."]
    subprocess.run(line, cwd=place, check=True, capture_output=True)
    settings = (place / "mysite" / "settings.py").read_text()
    settings = settings.replace("ALLOWED_HOSTS = []", "ALLOWED_HOSTS = ['*']")
    settings = settings.replace("'DIRS': []", "'DIRS': [BASE_DIR / 'templates']")
    # A hash that is quick to make: the admin's password guards nothing.
    settings += "\nPASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']\n"
    files = {"mysite/settings.py": settings, "mysite/views.py": VIEWS, "mysite/urls.py": URLS}
    write(place, {**files, "templates/page.html": "<p>{{ 1|add:1 }}</p>"})
    make = "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
    make += "from django.contrib.auth.models import User; User.objects.create_superuser('admin', 'a@b.c', 'secret7')"
    subprocess.run([str(python), "manage.py", "shell", "-c", make], cwd=place, check=True, capture_output=True)
    return folder


def copied(folder: Path, to: Path) -> Path:
    """Another one of it, in `to/project`."""
    shutil.copytree(folder / "project", to / "project", symlinks=True)
    return to
