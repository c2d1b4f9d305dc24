"""Rules about Django's settings."""

from __future__ import annotations

import pytest

from localstack_lite.builds.doctor import django_rules
from localstack_lite.builds.doctor.django_settings import Settings, read
from localstack_lite.builds.doctor.finding import Severity

FAILS, DIFFERS, NOTE = Severity


def settings(text: str) -> Settings:
    return read([("settings.py", text)])


def database(engine: str, name: str, more: str = "") -> str:
    return f'DATABASES = {{"default": {{"ENGINE": "{engine}", "NAME": {name}{more}}}}}'


SQLITE = "django.db.backends.sqlite3"
POSTGRES = "django.db.backends.postgresql"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (database(SQLITE, 'BASE_DIR / "db.sqlite3"'), [FAILS]),
        (database(SQLITE, 'os.path.join(BASE_DIR, "db.sqlite3")'), [FAILS]),
        (database(SQLITE, '"db.sqlite3"'), [FAILS]),
        (database(SQLITE, '"/tmp/db.sqlite3"'), [DIFFERS]),
        (database(SQLITE, '":memory:"'), [DIFFERS]),
        (database(SQLITE, "NAME"), []),
        (database("django_s3_sqlite", '"x.db"'), [DIFFERS]),
        (database("zappa_django_utils.db.backends.s3sqlite", '"x.db"'), [DIFFERS]),
        (database(POSTGRES, '"shop"', ', "HOST": "db.example.com"'), []),
        (database(POSTGRES, '"shop"', ', "HOST": "localhost"'), [DIFFERS]),
        (database(POSTGRES, '"shop"', ', "HOST": os.environ["HOST"]'), []),
        ('DATABASES = {"default": dj_database_url.config(default="sqlite:///db.sqlite3")}', [DIFFERS]),
        ('DATABASES = {"default": dj_database_url.config()}', []),
        ("DEBUG = True", []),
    ],
)
def test_databases(text: str, expected: list[Severity]) -> None:
    found = list(django_rules.databases(settings(text)))
    assert [one.severity for one in found] == expected
    assert all(one.where == "settings.py:1" for one in found)


S3 = '"storages.backends.s3.S3Storage"'
NOISE = 'MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]\n'


@pytest.mark.parametrize(
    ("text", "fails"),
    [
        ('STATIC_URL = "static/"', True),
        ('STATIC_URL = "https://cdn.example.com/"', False),
        ('STATIC_URL = f"https://{CLOUDFRONT}/"', False),
        (f'{NOISE}STATIC_URL = "static/"', True),
        (f'{NOISE}STATIC_ROOT = BASE_DIR / "static"\nSTATIC_URL = "static/"', False),
        (f'STATICFILES_STORAGE = {S3}\nSTATIC_URL = "static/"', False),
        (f'STORAGES = {{"staticfiles": {{"BACKEND": {S3}}}}}\nSTATIC_URL = "static/"', False),
        (f'STORAGES = {{"default": {{"BACKEND": {S3}}}}}\nSTATIC_URL = "static/"', True),
        ("DEBUG = True", False),
    ],
)
def test_static_files_need_somebody_who_serves_them(text: str, fails: bool) -> None:
    found = list(django_rules.static_files(settings(text)))
    assert [one.severity for one in found] == ([FAILS] if fails else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('MEDIA_ROOT = BASE_DIR / "media"', [FAILS]),
        ('MEDIA_ROOT = "/tmp/media"', [DIFFERS]),
        ('MEDIA_ROOT = ""', []),
        (f'DEFAULT_FILE_STORAGE = {S3}\nMEDIA_ROOT = "media"', []),
        (f'STORAGES = {{"default": {{"BACKEND": {S3}}}}}\nMEDIA_ROOT = "media"', []),
    ],
)
def test_uploads_need_a_place_that_lasts(text: str, expected: list[Severity]) -> None:
    assert [one.severity for one in django_rules.uploads(settings(text))] == expected


@pytest.mark.parametrize(
    ("text", "domain", "expected"),
    [
        ("ALLOWED_HOSTS = []", "", [FAILS]),
        ("DEBUG = True\nALLOWED_HOSTS = []", "", [NOTE, FAILS]),
        ("SECRET_KEY = 'x'", "", [FAILS]),
        ("ALLOWED_HOSTS = ['localhost']", "", [FAILS]),
        ("ALLOWED_HOSTS = ['*']", "", []),
        ("ALLOWED_HOSTS = ['.amazonaws.com']", "", []),
        ("ALLOWED_HOSTS = ['.execute-api.eu-west-2.amazonaws.com']", "", []),
        ("ALLOWED_HOSTS = ['.on.aws']", "", []),
        ("ALLOWED_HOSTS = ['shop.example.com']", "shop.example.com", []),
        ("ALLOWED_HOSTS = ['*']\nALLOWED_HOSTS += X", "", []),
        ("ALLOWED_HOSTS = os.environ['HOSTS'].split()", "", []),
    ],
)
def test_hosts_have_to_be_those_of_aws(text: str, domain: str, expected: list[Severity]) -> None:
    found = django_rules.hosts(settings(text), "eu-west-2", domain)
    assert [one.severity for one in found] == expected


LOGGING = 'LOGGING = {{"handlers": {{"f": {{"class": "logging.{}", "filename": {}}}}}}}'


@pytest.mark.parametrize(
    ("text", "fails"),
    [
        (LOGGING.format("FileHandler", '"debug.log"'), True),
        (LOGGING.format("handlers.RotatingFileHandler", 'BASE_DIR / "x.log"'), True),
        (LOGGING.format("FileHandler", '"/tmp/debug.log"'), False),
        (LOGGING.format("StreamHandler", '"debug.log"'), False),
        ('CACHES = {"default": {"BACKEND": "x.FileBasedCache", "LOCATION": "/var/cache"}}', True),
        ('CACHES = {"default": {"BACKEND": "x.FileBasedCache", "LOCATION": "/tmp/cache"}}', False),
        ('CACHES = {"default": {"BACKEND": "x.LocMemCache"}}', False),
    ],
)
def test_logs_and_caches_in_files_need_tmp(text: str, fails: bool) -> None:
    assert [one.severity for one in django_rules.files(settings(text))] == ([FAILS] if fails else [])


def test_services_of_this_machine_are_noted_without_their_password() -> None:
    text = 'BROKER_URL = "redis://:secret@localhost:6379/0"\nOTHER = "https://example.com"\nlower = "redis://localhost"'
    (found,) = django_rules.this_machine(settings(text))
    assert found.where == "settings.py:1"
    assert "redis://localhost" in found.what
    assert "secret" not in found.what


def test_a_project_that_is_ready_has_no_findings() -> None:
    text = f"DEBUG = False\nALLOWED_HOSTS = ['*']\n{NOISE}STATIC_URL = '/static/'\nSTATIC_ROOT = 'static'\n" + database(
        POSTGRES, '"shop"', ', "HOST": os.environ["DB"]'
    )
    assert list(django_rules.findings(settings(text))) == []
