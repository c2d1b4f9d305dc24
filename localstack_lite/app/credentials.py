"""Which of the user's AWS settings functions get: whose credentials, and how they come to where functions run. I/O:
reads the names of profiles, and asks boto3 for keys.

A profile that was named on the command line has to be there. One that the project names is the project's, not of every
machine that it is on: without it, functions get what they would get without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from configparser import Error, RawConfigParser
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.errors import UserError
from localstack_lite.lambdas.variables import user_settings
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Problem, Project


@dataclass(frozen=True, slots=True)
class Credentials:
    """`settings` are variables of functions' environments; `profile` is whose they are, if it was named."""

    settings: Mapping[str, str]
    profile: str = ""
    problems: tuple[Problem, ...] = ()


def credentials(project: Project, options: ServeOptions, environ: Mapping[str, str], *, away: bool) -> Credentials:
    """`away`: functions run where the user's files are not. A UserError when what the user named is not there."""
    aws = Path(environ.get("HOME", "/nonexistent")) / ".aws"
    configured = (aws / "credentials").exists() or (aws / "config").exists()

    def of(profile: str) -> Credentials:
        settings = user_settings(environ, profile, options.credentials, configured)
        return Credentials(carried(settings) if away and options.credentials else settings, profile)

    if options.profile or not project.profile or not options.credentials:
        return of(options.profile)
    if project.profile not in profiles(environ):
        if project.profile == "default":
            return of("")  # which says no more than that nothing else is meant
        return _without(of(""), project, "there is no such profile in ~/.aws")
    try:
        return of(project.profile)
    except UserError as error:
        return _without(of(""), project, error.what)


def _without(found: Credentials, project: Project, why: str) -> Credentials:
    where = project.source.name if project.source is not None else "the project's settings"
    what = f"the AWS profile {project.profile} is not used: {why}"
    hint = "functions get the credentials of your environment; --profile names another"
    return Credentials(found.settings, found.profile, (Problem(where, what, hint, warning=True),))


def profiles(environ: Mapping[str, str]) -> frozenset[str]:
    """The names of the user's profiles. Files that cannot be read have none."""
    aws = Path(environ.get("HOME", "/nonexistent")) / ".aws"
    config = Path(environ.get("AWS_CONFIG_FILE") or aws / "config").expanduser()
    keys = Path(environ.get("AWS_SHARED_CREDENTIALS_FILE") or aws / "credentials").expanduser()
    named = (name.removeprefix("profile").strip() for name in _sections(config))
    return frozenset((*named, *_sections(keys)))


def _sections(file: Path) -> list[str]:
    parser = RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, Error):
        return []
    return parser.sections()


def carried(user: Mapping[str, str]) -> dict[str, str]:
    """The user's settings for a place that has none of their files: a profile becomes the keys it stands for."""
    if "AWS_ACCESS_KEY_ID" in user and "AWS_PROFILE" not in user:
        return dict(user)
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        found = boto3.Session(profile_name=user.get("AWS_PROFILE") or None).get_credentials()
        keys = found.get_frozen_credentials() if found is not None else None
    except BotoCoreError as error:
        raise UserError("--profile", str(error).splitlines()[0], "log in again, or use --no-credentials") from None
    if keys is None or keys.access_key is None or keys.secret_key is None:
        return dict(user)
    settings = {**user, "AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key}
    if keys.token:
        settings["AWS_SESSION_TOKEN"] = keys.token
    return {name: value for name, value in settings.items() if name != "AWS_PROFILE"}
