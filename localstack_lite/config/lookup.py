"""Asks the SSM Parameter Store and Secrets Manager for values that a template refers to. I/O: boto3, in threads.

Where the usual `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_SSM`, `AWS_ENDPOINT_URL_SECRETS_MANAGER`, profile and credentials
lead. Nobody is asked when none of them is set. A value is asked for once in the life of this process and kept in its
memory only; a service that does not answer is left alone for a while, so that saving stays quick.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from localstack_lite.config.dynamic import Reference, Unknown, Values

#: Seconds to wait for a connection and for an answer, and to leave a service alone that gave none.
_PATIENCE = 2.0
_LEFT_ALONE = 30.0
#: GetParameters takes ten names (AWS API reference).
_BATCH = 10
_ENDPOINTS = {"ssm": "AWS_ENDPOINT_URL_SSM", "secretsmanager": "AWS_ENDPOINT_URL_SECRETS_MANAGER"}
_CREDENTIALS = (
    *("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    *("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
)
_NOT_SET = Unknown("neither an endpoint nor credentials of AWS are set")


@dataclass(frozen=True, slots=True)
class Account:
    """Whom to ask. Endpoints are empty where boto3 decides; `dummy` stands for credentials that an endpoint of one's
    own does not check."""

    region: str
    profile: str = ""
    ssm: str = ""
    secretsmanager: str = ""
    dummy: bool = False


def account_of(environ: Mapping[str, str], region: str, profile: str = "") -> Account | None:
    """Whom this environment leads to; None when it leads to nobody."""
    common = environ.get("AWS_ENDPOINT_URL", "")
    ssm, secrets = (environ.get(name) or common for name in (_ENDPOINTS["ssm"], _ENDPOINTS["secretsmanager"]))
    credentials = bool(profile) or any(environ.get(name) for name in _CREDENTIALS) or _has_files(environ)
    if not credentials and not ssm and not secrets:
        return None
    named = profile or environ.get("AWS_PROFILE", "") or environ.get("AWS_DEFAULT_PROFILE", "")
    return Account(region, named, ssm, secrets, dummy=not credentials)


def _has_files(environ: Mapping[str, str]) -> bool:
    home = Path(environ["HOME"]) / ".aws" if environ.get("HOME") else None
    named = [environ.get("AWS_SHARED_CREDENTIALS_FILE"), environ.get("AWS_CONFIG_FILE")]
    usual = [home / name for name in ("credentials", "config")] if home else []
    return any(file.is_file() for file in [*(Path(name) for name in named if name), *usual])


def look_up(environ: Mapping[str, str], region: str, references: Collection[Reference], profile: str = "") -> Values:
    """The value of each reference, or why it is not known. Never raises for what AWS or the network does."""
    account = account_of(environ, region, profile)
    if account is None:
        return dict.fromkeys(references, _NOT_SET)
    return _store(account).values(references)


@dataclass(slots=True)
class Store:
    """The values of one account that were asked for so far."""

    account: Account
    kept: dict[Reference, str] = field(default_factory=dict)
    silent: dict[str, tuple[float, Unknown]] = field(default_factory=dict)
    """Services that did not answer: until when they are left alone, and why."""

    def values(self, references: Collection[Reference]) -> Values:
        found: dict[Reference, str | Unknown] = {}
        for service, wanted in _by_service(reference for reference in references if reference not in self.kept).items():
            until, why = self.silent.get(service, (0.0, _NOT_SET))
            if time.monotonic() < until:
                found |= dict.fromkeys(wanted, why)
            elif self.account.dummy and not getattr(self.account, service):
                found |= dict.fromkeys(wanted, _NOT_SET)
            else:
                found |= self._ask(service, wanted)
        self.kept |= {reference: value for reference, value in found.items() if isinstance(value, str)}
        return {reference: self.kept.get(reference) or found.get(reference, "") for reference in references}

    def _ask(self, service: str, wanted: list[Reference]) -> dict[Reference, str | Unknown]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            client = _client(self.account, service)
            ask = _parameters if service == "ssm" else _secret
            with ThreadPoolExecutor(max_workers=8) as pool:
                answers = list(pool.map(lambda part: _told(ask, client, part), _portions(service, wanted)))
        except (BotoCoreError, ClientError, ValueError) as error:  # ValueError: an endpoint that is no URL
            answers = [dict.fromkeys(wanted, Unknown(_reason(error)))]
        found = {reference: value for answer in answers for reference, value in answer.items()}
        silence = next((value for value in found.values() if isinstance(value, Silence)), None)
        if silence is not None:
            self.silent[service] = (time.monotonic() + _LEFT_ALONE, silence)
        return found


@dataclass(frozen=True, slots=True)
class Silence(Unknown):
    """Nobody answered; asking again at once would only cost time."""


@cache
def _store(account: Account) -> Store:
    return Store(account)


def _by_service(references: Iterable[Reference]) -> dict[str, list[Reference]]:
    services: dict[str, list[Reference]] = {}
    for reference in references:
        services.setdefault(reference.service.removesuffix("-secure"), []).append(reference)
    return services


def _portions(service: str, wanted: list[Reference]) -> list[list[Reference]]:
    """What one call can answer: ten parameters, secret ones and numbered ones apart; all keys of a secret's version."""
    if service == "ssm":
        kinds: dict[tuple[str, bool], list[Reference]] = {}
        for reference in wanted:
            kinds.setdefault((reference.service, bool(reference.version)), []).append(reference)
        return [kind[at : at + _BATCH] for kind in kinds.values() for at in range(0, len(kind), _BATCH)]
    secrets: dict[tuple[str, str, str], list[Reference]] = {}
    for reference in wanted:
        secrets.setdefault((reference.name, reference.stage, reference.version), []).append(reference)
    return list(secrets.values())


def _client(account: Account, service: str) -> Any:
    import boto3
    from botocore.config import Config
    from botocore.session import Session

    core, endpoint = Session(profile=account.profile or None), getattr(account, service) or None
    # Asking the machine's metadata address takes seconds on a laptop, where nobody is there.
    core.get_component("credential_provider").remove("iam-role")
    if endpoint and (account.dummy or core.get_credentials() is None):
        core.set_credentials("devserve", "devserve")
    config = Config(connect_timeout=_PATIENCE, read_timeout=_PATIENCE, retries={"total_max_attempts": 1})
    session = boto3.Session(botocore_session=core, region_name=account.region)
    return session.client(service, endpoint_url=endpoint, config=config)


_Ask = Callable[[Any, list[Reference]], dict[Reference, str | Unknown]]


def _told(ask: _Ask, client: Any, portion: list[Reference]) -> dict[Reference, str | Unknown]:
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NoConnectionError

    try:
        return ask(client, portion)
    except (HTTPClientError, NoConnectionError) as error:
        return dict.fromkeys(portion, Silence(f"{client.meta.endpoint_url} does not answer ({type(error).__name__})"))
    except (BotoCoreError, ClientError) as error:
        if len(portion) > 1 and ask is _parameters:  # one bad or forbidden name fails all of a call
            alone = [_told(ask, client, [reference]) for reference in portion]
            return {reference: value for answer in alone for reference, value in answer.items()}
        return dict.fromkeys(portion, Unknown(_reason(error)))


def _parameters(client: Any, portion: list[Reference]) -> dict[Reference, str | Unknown]:
    secret = portion[0].service == "ssm-secure"
    names = {reference: f"{reference.name}:{reference.version}".rstrip(":") for reference in portion}
    answer = client.get_parameters(Names=sorted(set(names.values())), WithDecryption=secret)
    found: dict[str, str | Unknown] = {}
    for parameter in answer.get("Parameters", ()):
        hidden = parameter.get("Type") == "SecureString" and not secret
        value = Unknown("it is a SecureString, which is written ssm-secure") if hidden else parameter["Value"]
        number = f":{parameter.get('Version')}" if portion[0].version else ""
        for name in (parameter["Name"], parameter.get("ARN", "")):
            found[name.removesuffix(number) + number] = value
    missing = Unknown("the Parameter Store has no such parameter")
    return {reference: found.get(name, missing) for reference, name in names.items()}


def _secret(client: Any, portion: list[Reference]) -> dict[Reference, str | Unknown]:
    first = portion[0]
    chosen = {"VersionId": first.version, "VersionStage": first.stage}
    answer = client.get_secret_value(SecretId=first.name, **{name: text for name, text in chosen.items() if text})
    return {reference: _part(answer.get("SecretString"), reference.key) for reference in portion}


def _part(secret: str | None, key: str) -> str | Unknown:
    if secret is None:
        return Unknown("the secret is binary, not text")
    if not key:
        return secret
    try:
        whole = json.loads(secret)
    except ValueError:
        return Unknown("the secret is no JSON object, so it has no keys")
    if not isinstance(whole, dict) or key not in whole:
        return Unknown(f"the secret has no key {key}")
    value = whole[key]
    return value if isinstance(value, str) else json.dumps(value)


def _reason(error: Exception) -> str:
    """The kind of the error only: its text may repeat what was sent."""
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return f"the answer was {code}" if code else f"boto3 says {type(error).__name__}"
