"""What the sources of variables in `serverless.yml` answer: the command line, the environment, parameters, AWS. Pure:
files and stores come in as callables.

What only a cloud knows is looked up where somebody to ask is configured (the Parameter Store and Secrets Manager), and
told with a hint otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from localstack_lite.config.dynamic import LookUp, Reference, Unknown, nobody
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.serverless.variables import File, Own, Unfound

DEFAULT_STAGE, DEFAULT_REGION = "dev", "us-east-1"
_SECRET = "/aws/reference/secretsmanager/"
_INSTEAD = "give a default: ${..., 'value'}, or set the function's variable with --env-vars FILE"
#: Sources that this machine cannot answer, and what each would be.
_ELSEWHERE = {
    "cf": "an output of a CloudFormation stack",
    "s3": "an object in a bucket",
    "git": "something that a plugin asks git for",
    "output": "an output of another service in Serverless's dashboard",
    "secret": "a secret of Serverless's dashboard",
    "state": "the state of another service",
    "terraform": "an output of Terraform",
    "vault": "a secret of HashiCorp Vault",
    "doppler": "a secret of Doppler",
    "aws": "something of the AWS account",
}
_KNOWN = ("self", "env", "opt", "file", "sls", "param", "aws", "ssm", "strToBool", *_ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Given:
    """What was given beside the file. `options` are of the command line (`stage`, `region`), `params` those of
    `--param`; `instance` is another text for every run."""

    read: Callable[[str], File]
    environ: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    account: str = ""
    instance: str = ""
    look_up: LookUp = nobody

    def load(self, path: str) -> File:
        if path.endswith((".js", ".cjs", ".mjs", ".ts", ".mts", ".cts")):
            raise Refusal(
                f"the file {path} is a program, which is not run by this version",
                "put the values into a .yml or .json file, or set the function's variables with --env-vars FILE",
            )
        return self.read(path)

    def value(self, source: str, params: tuple[str, ...], address: str, own: Own) -> object:
        match source:
            case "env":
                return _found(self.environ.get(address), f"the environment has no {address}", f"export {address}=...")
            case "opt":
                return _found(self.options.get(address), f"there is no option --{address}", _INSTEAD)
            case "sls":
                return self._of_run(address, own)
            case "param":
                return self._param(address, own)
            case "aws" if address in ("accountId", "region"):
                return self.account if address == "accountId" else self.region(own)
            case "strToBool":
                return _truth(params[0] if params else "")
            case "ssm":
                return self._stored(params, address)
            case _ if source in _ELSEWHERE:
                raise Unfound(f"{_ELSEWHERE[source]} is not known on this machine", _INSTEAD)
        hint = did_you_mean(source, _KNOWN, f"known are {', '.join(_KNOWN[:8])}")
        raise Unfound(f"there is no source of values {source}", hint)

    def stage(self, own: Own) -> str:
        return self.options.get("stage") or as_text(own.follow("provider", "stage")) or DEFAULT_STAGE

    def region(self, own: Own) -> str:
        return self.options.get("region") or as_text(own.follow("provider", "region")) or DEFAULT_REGION

    def _of_run(self, address: str, own: Own) -> str:
        if address == "stage":
            return self.stage(own)
        if address == "instanceId":
            return self.instance
        raise Unfound(f"there is no sls:{address}", "there are sls:stage and sls:instanceId")

    def _param(self, name: str, own: Own) -> object:
        if name in self.params:
            return self.params[name]
        stage = self.stage(own)
        for path in (
            *(("params", stage, name), ("stages", stage, "params", name)),
            *(("params", "default", name), ("stages", "default", "params", name)),
        ):
            if (found := own.follow(*path)) is not None:
                return found
        raise Unfound(f"stage {stage} has no parameter {name}", f"give it: --param {name}=...")

    def _stored(self, params: tuple[str, ...], address: str) -> object:
        name = address.partition("~")[0]
        secret = name.startswith(_SECRET)
        reference = Reference("secretsmanager" if secret else "ssm", name.removeprefix(_SECRET) if secret else name)
        found = self.look_up([reference]).get(reference, Unknown("it was not answered"))
        if isinstance(found, Unknown):
            raise Unfound(f"it is not looked up: {found.why}", f"say with AWS_ENDPOINT_URL whom to ask, or {_INSTEAD}")
        if secret and "raw" not in params and found[:1] in ("{", "["):
            try:
                return json.loads(found)
            except ValueError:
                return found
        return found


def _found(value: object, what: str, hint: str) -> object:
    if value is None:
        raise Unfound(what, hint)
    return value


def _truth(text: str) -> bool:
    match text.strip().lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
    raise Refusal(f"strToBool takes true, false, 1 or 0, not {text[:40]!r}", "look at what stands in its parentheses")
