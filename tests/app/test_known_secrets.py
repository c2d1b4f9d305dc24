"""Whose signatures can be verified: keys in variables at once, those of a profile when it was asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.app.known_secrets import KnownSecrets, signed
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.authorizer import Guard, IamAuthorizer, LambdaAuthorizer
from localstack_lite.model.project import Project

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDONE", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}


def test_keys_in_variables_are_known_at_once() -> None:
    known = KnownSecrets(KEYS)
    assert (known("AKIDONE"), known("AKIDTWO"), known.asks) == ("not-a-secret", None, False)


def test_keys_that_functions_do_not_get_are_known_too() -> None:
    known = KnownSecrets(KEYS, {"AWS_ACCESS_KEY_ID": "AKIDOWN", "AWS_SECRET_ACCESS_KEY": "my-own"})
    assert (known("AKIDONE"), known("AKIDOWN")) == ("not-a-secret", "my-own")


def test_a_profile_is_known_when_it_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "credentials"
    file.write_text("[shop]\naws_access_key_id = AKIDSHOP\naws_secret_access_key = of-the-shop\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    known = KnownSecrets({"AWS_PROFILE": "shop"})
    assert known.asks
    assert known("AKIDSHOP") is None
    known.load()
    assert (known("AKIDSHOP"), known.asks) == ("of-the-shop", False)


def test_a_profile_that_is_not_there_makes_nothing_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    known = KnownSecrets({"AWS_PROFILE": "gone", **KEYS})
    known.load()
    assert known("AKIDONE") == "not-a-secret"


@pytest.mark.parametrize(
    ("guard", "wanted"),
    [(None, False), (Guard(LambdaAuthorizer("a", "Fn")), False), (Guard(IamAuthorizer()), True)],
)
def test_only_a_project_with_signed_routes_needs_secrets(guard: Guard | None, wanted: bool, tmp_path: Path) -> None:
    route = Route("GET", "/x", LambdaProxy("Fn"), guard=guard)
    assert signed(Project(tmp_path, apis=(Api("Api", "api", ApiKind.REST, (route,)),))) is wanted
