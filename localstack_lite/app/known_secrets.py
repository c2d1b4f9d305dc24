"""Whose signatures can be verified here: the user's own credentials, those that functions get. I/O: profiles are asked
through boto3. Secrets stay in memory and are told to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

from localstack_lite.model.authorizer import IamAuthorizer
from localstack_lite.model.project import Project


class KnownSecrets:
    """Made of the settings that functions get, and of the user's `own` variables, which functions may not get. Knows a
    profile's keys once `load` was called."""

    def __init__(self, settings: Mapping[str, str], own: Mapping[str, str] | None = None) -> None:
        self._profile = settings.get("AWS_PROFILE", "")
        self._named = bool(self._profile) or "AWS_ACCESS_KEY_ID" not in settings
        self._secrets: dict[str, str] = {}
        for variables in (settings, own or {}):
            self._keep(variables.get("AWS_ACCESS_KEY_ID"), variables.get("AWS_SECRET_ACCESS_KEY"))

    def __call__(self, access_key_id: str) -> str | None:
        return self._secrets.get(access_key_id)

    @property
    def asks(self) -> bool:
        """Whether `load` would find out more."""
        return self._named

    def load(self) -> None:
        """What the profile stands for, or the usual files do. Blocking. Without any, nothing more is known."""
        import boto3
        from botocore.exceptions import BotoCoreError

        self._named = False
        try:
            found = boto3.Session(profile_name=self._profile or None).get_credentials()
            keys = found.get_frozen_credentials() if found is not None else None
        except BotoCoreError:
            return
        if keys is not None:
            self._keep(keys.access_key, keys.secret_key)

    def _keep(self, access_key_id: str | None, secret: str | None) -> None:
        if access_key_id and secret:
            self._secrets[access_key_id] = secret


def signed(project: Project) -> bool:
    """Whether anything in it wants signed requests."""
    return any(
        route.guard is not None and isinstance(route.guard.authorizer, IamAuthorizer)
        for api in project.apis
        for route in api.routes
    )
