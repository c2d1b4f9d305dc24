"""The projects that the Zappa tests run, as files. Written as people write them: nothing in them knows of devserve."""

from __future__ import annotations

#: What an app was asked, as JSON; cookies, binary bodies, headers and errors on demand.
FLASK = {
    "shop.py": """
import json
import os
from flask import Flask, Response, jsonify, make_response, redirect, request, url_for

app = Flask(__name__)
SHOWN = ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "REMOTE_USER", "SERVER_PORT", "SERVER_NAME",
         "wsgi.url_scheme", "HTTPS", "CONTENT_LENGTH", "CONTENT_TYPE", "REQUEST_METHOD")

@app.route("/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@app.route("/echo/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def echo(path):
    environ = request.environ
    told = {name: environ.get(name) for name in SHOWN}
    told["headers"] = dict(request.headers)
    told["authorizer"] = environ.get("API_GATEWAY_AUTHORIZER")
    told["event"] = sorted(environ["lambda.event"])
    told["context"] = environ["lambda.context"].function_name
    told["body"] = request.get_data().decode("latin-1")
    return jsonify(told)

@app.route("/environ/<name>")
def environ(name):
    return jsonify(os.environ.get(name))

@app.route("/link")
def link():
    return jsonify([url_for("link"), url_for("link", _external=True)])

@app.route("/away")
def away():
    return redirect(url_for("link"))

@app.route("/cookies")
def cookies():
    answer = make_response("two")
    answer.set_cookie("a", "1", secure=True)
    answer.set_cookie("b", "2")
    return answer

@app.route("/several")
def several():
    return Response("x", headers=[("X-One", "1"), ("X-One", "2")])

@app.route("/bytes/<kind>/<subtype>", methods=["GET", "POST"])
def some_bytes(kind, subtype):
    return Response(request.get_data() or bytes(range(256)), content_type=f"{kind}/{subtype}")

@app.route("/packed")
def packed():
    return Response(b"text", content_type="text/plain", headers={"Content-Encoding": "identity"})

@app.route("/empty")
def empty():
    return "", 204

@app.route("/crash")
def crash():
    raise ValueError("it broke")
""",
}
FLASK_APP = {"APP_MODULE": "shop", "APP_FUNCTION": "app"}

#: Functions of the other branches, in a module beside the app.
FUNCTIONS = {
    "work.py": """
calls = []

def both(event, context):
    calls.append("both")
    what = event.get("detail-type") or sorted(event)
    return {"both": what, "kwargs": event.get("kwargs"), "id": context.function_name}

def first(event, context):
    calls.append("first")
    return "first"

def second(event, context):
    calls.append("second")
    return ["second", list(calls)]

def one(event):
    return ["one", sorted(event)]

def none():
    return "none"

def breaks(event, context):
    raise LookupError("no such order")

def authorize(event, context):
    return {"principalId": event["authorizationToken"], "policyDocument": {"Version": "2012-10-17", "Statement": []}}

def on_cognito(event, context):
    event["response"]["autoConfirmUser"] = True
    return event

entered = 0

def wrong_inside(event, context=None):
    global entered
    entered += 1
    return "a" + 1

def wrong_with_two(event, context):
    return len(3)

def twice(event):
    return [entered]
""",
}

ASGI = {
    "site_asgi.py": """
import json

async def app(scope, receive, send):
    message = await receive()
    again = await receive()
    if scope["path"] == "/crash":
        raise ValueError("it broke")
    told = {"path": scope["path"], "root_path": scope["root_path"], "scheme": scope["scheme"],
            "method": scope["method"], "query": scope["query_string"].decode(),
            "server": list(scope["server"]), "client": list(scope["client"]),
            "type": scope["type"], "user": scope.get("remote_user"), "body": message["body"].decode("latin-1"),
            "again": again["type"], "headers": {n.decode(): v.decode() for n, v in scope["headers"]},
            "lambda": sorted(scope["lambda.event"])}
    kind = b"image/png" if scope["path"] == "/image" else b"application/json"
    await send({"type": "http.response.start", "status": 201 if scope["method"] == "POST" else 200,
                "headers": [(b"content-type", kind), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"),
                            (b"x-one", b"1"), (b"x-one", b"2")]})
    await send({"type": "http.response.body", "body": json.dumps(told).encode(), "more_body": True})
    await send({"type": "http.response.body", "body": b""})
""",
}
ASGI_APP = {"APP_MODULE": "site_asgi", "APP_FUNCTION": "app", "APP_TYPE": "asgi"}

#: Settings, admin, sessions, a management command; SQLite in `/tmp`, as on Lambda.
DJANGO = {
    "manage.py": """
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
""",
    "site1/__init__.py": "",
    "site1/settings.py": """
import os

SECRET_KEY = "not a secret: a test's"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "site1.urls"
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                  "django.contrib.sessions", "django.contrib.messages", "site1"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
              "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
              "django.contrib.auth.middleware.AuthenticationMiddleware",
              "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
              "OPTIONS": {"context_processors": ["django.template.context_processors.request",
                                                 "django.contrib.auth.context_processors.auth",
                                                 "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3",
                         "NAME": os.environ.get("SHOP_DB", "/tmp/shop.sqlite3")}}
SECURE_SSL_REDIRECT = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
USE_TZ = True
WSGI_APPLICATION = "site1.wsgi.application"
STATIC_URL = "/static/"
""",
    "site1/urls.py": """
from django.contrib import admin
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import path, reverse

def hello(request):
    seen = request.session.get("seen", 0) + 1 if "session" in request.GET else 0
    if seen:
        request.session["seen"] = seen
    return JsonResponse({"seen": seen, "path": request.path, "url": request.build_absolute_uri(),
                         "secure": request.is_secure(), "own": reverse("hello"),
                         "address": request.META["REMOTE_ADDR"]})

def away(request):
    return HttpResponseRedirect(reverse("hello"))

urlpatterns = [path("admin/", admin.site.urls), path("hello/", hello, name="hello"), path("away/", away)]
""",
    "site1/wsgi.py": """
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
application = get_wsgi_application()
""",
    "site1/asgi.py": """
import os
from django.core.asgi import get_asgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
application = get_asgi_application()
""",
    "site1/management/__init__.py": "",
    "site1/management/commands/__init__.py": "",
    "site1/management/commands/say.py": """
from django.core.management.base import BaseCommand, CommandError

class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("words", nargs="*")
        parser.add_argument("--fail", action="store_true")

    def handle(self, *args, words, fail, **options):
        if fail:
            raise CommandError("nothing to say")
        self.stdout.write(f"{len(words)} words: {' | '.join(words)}")
""",
}
