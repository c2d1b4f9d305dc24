"""`remote_env`: variables from a JSON file in S3, or from its stand-in beside the project. Neither has to be there.

The stand-in wins when it is there. It is read before the app, as Zappa reads the one in S3: `environment_variables` of
the settings come later and win over both.
"""

import functools
import json
import os

from devserve_zappa import say

#: Seconds: a machine without a network must not wait for botocore's patience.
_CONNECT, _READ = 3, 10


def from_file(settings) -> None:
    """Sets the variables of the file beside the project, when there is one. S3 is not asked then."""
    name = settings._devserve.get("DEVSERVE_REMOTE_ENV_FILE", "")
    path = os.path.join(os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd(), name)
    if not name or not os.path.isfile(path):
        return
    try:
        with open(path, encoding="utf-8") as file:
            given = json.load(file)
        if not isinstance(given, dict):
            raise ValueError("it is no JSON object")
    except (OSError, ValueError) as error:
        say(f"remote_env: {name} cannot be read ({error}); going on without it")
        return
    settings.REMOTE_ENV = None
    texts = {key: value for key, value in given.items() if isinstance(value, str)}
    os.environ.update(texts)
    say(f"remote_env: {len(texts)} variable{'s'[: len(texts) != 1]} from {name}")
    for key in given.keys() - texts.keys():
        say(f"remote_env: {key} in {name} is no text, and is left out as Zappa leaves it out")


def quickly(load):
    """`LambdaHandler.load_remote_settings` with less patience, and a hint when it fails."""

    @functools.wraps(load)
    def load_remote_settings(self, bucket, file):
        session = self.session
        self.session = _Session(session)
        try:
            return load(self, bucket, file)
        finally:
            self.session = session

    return load_remote_settings


class _Session:
    """As much of boto3's session, resource and object as Zappa uses."""

    def __init__(self, session, bucket="", key="") -> None:
        self._session = session
        self._place = {"Bucket": bucket, "Key": key}

    def resource(self, name):  # noqa: ARG002 - S3 is the only one
        return self

    def Object(self, bucket, key):
        return _Session(self._session, bucket, key)

    def get(self):
        try:
            import boto3
            from botocore.config import Config

            config = Config(connect_timeout=_CONNECT, read_timeout=_READ, retries={"total_max_attempts": 1})
            return (self._session or boto3.Session()).client("s3", config=config).get_object(**self._place)
        except Exception as error:
            place = f"s3://{self._place['Bucket']}/{self._place['Key']}"
            what = f"remote_env: {place} cannot be read ({type(error).__name__}); going on without it"
            say(f"{what}; .devserve/remote_env.json can stand in for it here")
            raise
