"""Published layers: fetched from AWS with the user's own credentials, once, and kept. I/O: asks the network.

Where AWS is, is the user's to say: `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_LAMBDA`, profile and credentials count as they
do for every SDK. The region is the one in the ARN.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from localstack_lite.builds import tree
from localstack_lite.errors import RemoteError

Unpack = Callable[[Path, Path], str]
"""Unpacks an archive into an empty folder. Answers why it cannot, or nothing."""

Share = Callable[[float | None], None]
"""Is told how much of it is here, 0 to 1."""

_CONNECT_SECONDS, _READ_SECONDS = 3, 30
_CHUNK = 1 << 18


def fetch(arn: str, folder: Path, environ: Mapping[str, str], unpack: Unpack, share: Share) -> None:
    """The content of a layer version, in that folder when this returns. A RemoteError when it cannot be had."""
    content = _described(arn, environ)
    location, expected = str(content.get("Location", "")), str(content.get("CodeSha256", ""))
    if not location.startswith(("https://", "http://")):
        raise RemoteError(arn, "AWS names no place to fetch it from")
    with tree.part(folder) as place:
        archive = place / "layer.zip"
        digest = _download(arn, location, archive, int(content.get("CodeSize") or 0), share)
        if expected and digest != expected:
            raise RemoteError(arn, "what was fetched is not what AWS says it is (CodeSha256)", "try again")
        content_folder = place / "content"
        content_folder.mkdir()
        if why := unpack(archive, content_folder):
            raise RemoteError(arn, why)
        tree.put(content_folder, folder)


def _described(arn: str, environ: Mapping[str, str]) -> Mapping[str, Any]:
    import boto3
    from botocore import exceptions
    from botocore.config import Config

    region = arn.split(":")[3]
    own = (environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY"))
    endpoint = environ.get("AWS_ENDPOINT_URL_LAMBDA") or environ.get("AWS_ENDPOINT_URL")
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        endpoint = None
    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 2})
    try:
        session = boto3.session.Session(
            aws_access_key_id=own[0] if all(own) else None,
            aws_secret_access_key=own[1] if all(own) else None,
            aws_session_token=environ.get("AWS_SESSION_TOKEN") if all(own) else None,
            profile_name=None if all(own) else environ.get("AWS_PROFILE"),
            region_name=region,
        )
        client = session.client("lambda", endpoint_url=endpoint, config=config)
        found: Mapping[str, Any] = client.get_layer_version_by_arn(Arn=arn)["Content"]
        return found
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as error:
        raise RemoteError(arn, "there are no AWS credentials to fetch it with", _SIGN_IN) from error
    except exceptions.ClientError as error:
        problem = error.response.get("Error", {})
        hint = _SIGN_IN if "Token" in str(problem.get("Code")) else "look at the ARN and at lambda:GetLayerVersion"
        raise RemoteError(arn, f"AWS refused it: {problem.get('Code')}: {problem.get('Message')}", hint) from error
    except exceptions.BotoCoreError as error:
        what = " ".join(str(error).split())
        raise RemoteError(arn, f"it cannot be asked for: {what}", "without a network, name a folder or zip") from error


_SIGN_IN = "sign in (aws sso login, AWS_PROFILE, --profile), or name a folder or zip"


def _download(arn: str, location: str, file: Path, size: int, share: Share) -> str:
    """Its SHA-256 in base64, as AWS writes it."""
    from urllib.error import URLError
    from urllib.request import urlopen

    digest = hashlib.sha256()
    done = 0
    try:
        with urlopen(location, timeout=_READ_SECONDS) as source, file.open("wb") as target:
            while block := source.read(_CHUNK):
                digest.update(block)
                target.write(block)
                done += len(block)
                share(min(1.0, done / size) if size else None)
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise RemoteError(arn, f"it cannot be fetched: {reason}", "try again") from error
    return base64.b64encode(digest.digest()).decode()
