"""`AWS_IAM` of REST APIs, HTTP APIs, WebSocket APIs and function URLs: signed requests only, as what stands before a
route.

A signature is verified when its secret is known here. Otherwise it is let through with a note, or refused when that was
asked for (`--strict-auth`). Whose keys they are only AWS knows: the user in events is a stand-in, the same for the same
access key, and whether its policies allow the call is not asked. What is refused is answered as AWS does: 403, a REST
API with a sentence that says why, an HTTP API without one, a function URL with either (recorded).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

from localstack_lite.gateway import differences
from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.door import gate
from localstack_lite.gateway.faces import SIDE_HEADER
from localstack_lite.gateway.guards.signature import ill_scoped, mismatched, unsigned_payload
from localstack_lite.gateway.guards.signed_request import ASYMMETRIC, INCOMPLETE, Flaw, SignedRequest, signed_request
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.visit import Door, Visit
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.authorizer import IamAuthorizer
from localstack_lite.model.difference import Difference
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Headers, Request

_URL_FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
_STRANGER = Flaw("UnrecognizedClientException", "The security token included in the request is invalid.")
_STAND_IN = "events name a stand-in for the user: only AWS knows whose keys these are, and what they may do"


def iam_door(
    project: Project,
    api: Api,
    route: Route,
    authorizer: IamAuthorizer,  # noqa: ARG001  the doors of all authorizers are made alike
    scopes: tuple[str, ...],  # noqa: ARG001  (one signature for all of its kind)
    settings: Settings,
    memory: ApiMemory,  # noqa: ARG001  (one signature for all of its kind)
) -> Door:
    """Lets signed requests through, with the caller whose keys signed them."""
    service = "lambda" if api.kind is ApiKind.FUNCTION_URL else "execute-api"

    def rule(visit: Visit) -> Visit | Denial:
        request = _as_sent(visit)
        signed = signed_request(request)
        if signed is None:
            return _unsigned(api.kind)
        if isinstance(signed, Flaw):
            return _flawed(api.kind, signed, "the signature is incomplete or malformed")
        if (flaw := ill_scoped(signed, service, visit.stamp.now)) is not None:
            return _flawed(api.kind, flaw, flaw.message)
        came = _verified(request, signed, settings)
        if isinstance(came, Flaw):
            return _flawed(api.kind, came, _why(came, request, signed))
        if signed.region and signed.region != project.region:
            what = f"signed for the region {signed.region[:40]!r}: AWS refuses that at an API of {project.region}"
            visit.differences.append(Difference(differences.OTHER_REGION, what))
        visit.differences.append(Difference(differences.IAM_USER, _STAND_IN))
        arn = _stand_in(project.account, signed)
        return replace(visit, caller=replace(_caller(api, route, arn, signed.key_id), note=came))

    return gate(rule)


def iam_caller(api: Api, route: Route, arn: str) -> Caller:
    """What events show of a user or a role's session with that ARN."""
    return _caller(
        api, route, arn, "ASIA" + _letters(arn, 16) if ":assumed-role/" in arn else "AKIA" + _letters(arn, 16)
    )


def shortened(key_id: str) -> str:
    """An access key id as users may see it."""
    shown = "".join(c if c.isascii() and c.isalnum() else "?" for c in key_id)
    return f"{shown[:4]}…{shown[-3:]}" if len(shown) > 10 else f"{shown[:2]}…"


def _verified(request: Request, signed: SignedRequest, settings: Settings) -> str | Flaw:
    """The note on a signature that will do; empty when it was verified."""
    name = shortened(signed.key_id)
    if signed.algorithm == ASYMMETRIC:
        note = f"signature of {name} not verified: it is SigV4a"
        return _STRANGER if settings.strict_auth else note
    secret = settings.secret(signed.key_id)
    if secret is None:
        note = f"signature of {name} not verified: its secret is not known here"
        return _STRANGER if settings.strict_auth else note
    return mismatched(request, signed, secret) or ""


def _why(flaw: Flaw, request: Request, signed: SignedRequest) -> str:
    """The note on a signature that will not do."""
    name = shortened(signed.key_id)
    if flaw is _STRANGER:
        return f"signature of {name} cannot be verified, and --strict-auth refuses it"
    if unsigned_payload(request):
        return f"signature of {name} does not match: it leaves the body out, which AWS takes for S3 only"
    return f"signature of {name} does not match: another secret, or the request was changed on its way"


def _unsigned(kind: ApiKind) -> Denial:
    note = "the request is not signed"
    if kind is ApiKind.FUNCTION_URL:
        return Denial(ResponseType.ACCESS_DENIED, note, _URL_FORBIDDEN, error="AccessDeniedException")
    if kind is ApiKind.HTTP:
        return Denial(ResponseType.ACCESS_DENIED, note)
    return Denial(ResponseType.MISSING_AUTHENTICATION_TOKEN, note)


def _flawed(kind: ApiKind, flaw: Flaw, note: str) -> Denial:
    if kind is ApiKind.HTTP:
        return Denial(ResponseType.ACCESS_DENIED, note)
    incomplete = flaw.error == INCOMPLETE
    type_ = ResponseType.MISSING_AUTHENTICATION_TOKEN if incomplete else ResponseType.INVALID_SIGNATURE
    return Denial(type_, note, flaw.message, error=flaw.error)


def _as_sent(visit: Visit) -> Request:
    """The request with the Host that its client signed, where the API has a face."""
    request = visit.request
    if visit.mask is None or not visit.mask.host:
        return request
    host = request.headers.get(SIDE_HEADER)
    kept = tuple(line for line in request.headers.lines if line[0].lower() not in ("host", SIDE_HEADER.lower()))
    return replace(request, headers=Headers((("Host", host or ""), *kept)))


def _stand_in(account: str, signed: SignedRequest) -> str:
    """The ARN of the user, or of a role's session where the keys are temporary."""
    if signed.temporary or signed.key_id.startswith("ASIA"):
        return f"arn:aws:sts::{account}:assumed-role/devserve/{_letters(signed.key_id, 8).lower()}"
    return f"arn:aws:iam::{account}:user/devserve-{_letters(signed.key_id, 8).lower()}"


def _caller(api: Api, route: Route, arn: str, key_id: str) -> Caller:
    parts = arn.split(":")
    account = parts[4] if len(parts) > 5 else ""
    user = _user_id(arn)
    old = isinstance(route.integration, LambdaProxy) and route.integration.payload == "1.0"
    if api.kind in (ApiKind.REST, ApiKind.WEBSOCKET) or (api.kind is ApiKind.HTTP and old):
        identity = {"accessKey": key_id, "accountId": account, "caller": user, "user": user, "userArn": arn}
        return Caller(identity=identity)
    iam = {
        "accessKey": key_id,
        "accountId": account,
        "callerId": user,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": arn,
        "userId": user,
    }
    return Caller({"iam": iam})


def _user_id(arn: str) -> str:
    """The unique id of who has that ARN: of a role's session `ROLE:SESSION`."""
    if ":assumed-role/" in arn:
        role, _, session = arn.rpartition("/")
        return f"AROA{_letters(role, 17)}:{session}"
    return f"AIDA{_letters(arn, 17)}"


def _letters(text: str, count: int) -> str:
    """Capital letters and digits that are always the same for the same text, and lead nowhere back to it."""
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    return base64.b32encode(digest).decode()[:count]
