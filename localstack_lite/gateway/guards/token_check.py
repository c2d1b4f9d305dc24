"""A token from where a request carries it to claims that may be believed: what JWT and Cognito authorizers have in
common. Asks for keys by steps.
"""

from __future__ import annotations

from pathlib import PurePath

from localstack_lite.gateway.guards.identity_source import Source, source_of
from localstack_lite.gateway.guards.key_ring import KeyRing, Lost, key_source
from localstack_lite.gateway.guards.token_rules import Claims, Demands, Rejected, Unverified, rejected, scopes_of
from localstack_lite.gateway.steps import Telling
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import Api, Route
from localstack_lite.model.authorizer import JwtIssuer
from localstack_lite.model.project import Project
from localstack_lite.model.record import record

#: What users can do when an issuer is out of reach.
HINT = "a local issuer or a JWKS file can stand in for it: [issuers] in devserve.toml"

_NEW_KEY = "signed with a key that its issuer did not have before; AWS keeps keys for two hours and may refuse it"


@record
class Believed:
    claims: Claims
    scopes: tuple[str, ...]
    note: str = ""


@record
class KeysLost:
    """The keys of the issuer cannot be had. `said` is what API Gateway says of it."""

    said: str
    note: str


def token_source(project: Project, api: Api, route: Route, expression: str) -> Source:
    """Reads the token out of a visit: empty where there is none, or where nothing can be read."""
    return source_of(project, api, route, expression) or (lambda _: "")


def believed(
    visit: Visit, token: Unverified, issuer: JwtIssuer, demands: Demands, keys: KeyRing, root: PurePath
) -> Telling[Believed | Rejected | KeysLost]:
    """Whether the issuer signed the token, and whether it says what it must."""
    now = visit.stamp.now
    found = yield from keys.keys(key_source(issuer.issuer, issuer.jwks, root), token.key_id, now)
    if isinstance(found, Lost):
        return KeysLost(found.said, f"the keys of {issuer.issuer} cannot be had: {found.why}; {HINT}")
    if not found.keys.has(token.key_id):
        note = f"the token's kid is none of those that {issuer.issuer} publishes"
        return Rejected("the token does not have a known key ID", note)
    claims = found.keys.claims(token)
    if claims is None:
        return Rejected("the token's signature is invalid", f"no key of {issuer.issuer} signed the token")
    if (why := rejected(claims, demands, now)) is not None:
        return why
    return Believed(claims, scopes_of(claims), _NEW_KEY if found.again else "")
