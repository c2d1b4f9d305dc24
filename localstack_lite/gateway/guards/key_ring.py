"""What issuers published, remembered for a while: one ring for all APIs of a run. Asks for what it needs by steps.

AWS docs: the discovery document of an issuer names its key set; an endpoint has 1.5 s to answer; a set of at most
150,000 bytes is kept for two hours. Whether AWS looks again for a key that it has not seen is not said, and its advice
to leave time between two keys speaks against it; here an unknown key is looked for again, at most once a minute, and
as soon as the issuer is on this machine: one that is started anew has new keys. Keys that cannot be had open nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

from localstack_lite.gateway.guards.key_set import LARGEST, KeySet, json_object, read_keys
from localstack_lite.gateway.steps import Telling
from localstack_lite.model.outgoing import Outgoing, Returned, Unreached
from localstack_lite.model.record import record

#: Seconds.
_KEPT = 7_200.0
_ANSWERS_WITHIN = 1.5
_LOOKED_FOR_AGAIN = 60.0
_LOCAL_LOOKED_FOR_AGAIN = 1.0
_LOCAL_REFRESHED = 5.0
_GIVEN_UP_FOR = 2.0
_DISCOVERY = "/.well-known/openid-configuration"
_WEB = ("http", "https")


@record
class Lost:
    """Keys that cannot be had. `said` is what API Gateway tells the client (recorded), `why` is for the user."""

    said: str
    why: str


@record
class Found:
    """`again`: they were asked for once more, for a key that was not among them before."""

    keys: KeySet
    again: bool = False


@dataclass(slots=True)
class _Kept:
    keys: KeySet | None = None
    since: float = 0.0
    lost: Lost | None = None
    asked: float = 0.0


def key_source(issuer: str, jwks: str, root: PurePath) -> str:
    """The address where an issuer's keys are asked for. `jwks`: where they are instead, a URL or a file (relative to
    `root`); empty: its discovery document says so."""
    if not jwks:
        return issuer.rstrip("/") + _DISCOVERY
    if _scheme(jwks) in (*_WEB, "file"):
        return jwks
    path = root / jwks
    return path.as_uri() if path.is_absolute() else f"file:{path}"


class KeyRing:
    """`keys` tells where an issuer's keys are: the ring's own memory, or a request."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def keys(self, source: str, key_id: str, now: float) -> Telling[Found | Lost]:
        """The keys at an address of `key_source`, with the one of that id if it can be had."""
        kept = self._kept.setdefault(source, _Kept())
        known = kept.keys if 0 <= now - kept.since < _KEPT else None
        local = _is_local(source)
        since_asked = now - kept.asked
        if known is not None:
            has = known.has(key_id)
            pause = _LOCAL_LOOKED_FOR_AGAIN if local else _LOOKED_FOR_AGAIN
            stale = local and not 0 <= since_asked < _LOCAL_REFRESHED
            if not stale and (has or 0 <= since_asked < pause):
                return Found(known)
        elif kept.lost is not None and 0 <= since_asked < _GIVEN_UP_FOR:
            return kept.lost
        kept.asked = now
        came = yield from _asked(source)
        if isinstance(came, Lost):
            kept.lost = came
            return came if known is None else Found(known)
        again = known is not None and not known.has(key_id) and came.has(key_id)
        kept.keys, kept.since, kept.lost = came, now, None
        return Found(came, again)


def _asked(source: str) -> Telling[KeySet | Lost]:
    """The key set at an address, which may be a set itself, a discovery document, or an issuer."""
    body = yield from _got(source)
    document = None if isinstance(body, str) else json_object(body)
    before = ""
    if not source.endswith(_DISCOVERY) and (document is None or not ("keys" in document or "jwks_uri" in document)):
        why = body if isinstance(body, str) else f"{source} is no key set"
        if _scheme(source) not in _WEB:
            return Lost("JWKS communication error", why)
        before = f"{why}; "
        source = source.rstrip("/") + _DISCOVERY
        body = yield from _got(source)
        document = None if isinstance(body, str) else json_object(body)
    if isinstance(body, str):
        return Lost("OIDC discovery endpoint communication error", before + body)
    if document is None:
        return Lost("OIDC discovery endpoint communication error", f"{before}{source} is no JSON object")
    if "keys" not in document:
        leads = document.get("jwks_uri")
        if not isinstance(leads, str) or _scheme(leads) not in _WEB:
            return Lost("OIDC discovery endpoint communication error", "the discovery document has no usable jwks_uri")
        source = leads
        body = yield from _got(source)
        if isinstance(body, str):
            return Lost("JWKS communication error", body)
    keys = read_keys(body)
    return Lost("JWKS communication error", f"{source}: {keys}") if isinstance(keys, str) else keys


def _got(url: str) -> Telling[bytes | str]:
    """What is at an address, or why it is not had."""
    came = yield Outgoing("GET", url, (("Accept", "application/json"),), timeout=_ANSWERS_WITHIN)
    match came:
        case Returned(status=200, body=body) if len(body) <= LARGEST:
            return body
        case Returned(status=200, body=body):
            return f"{url} has {len(body):,} bytes; API Gateway takes {LARGEST:,}"
        case Returned(status=status):
            return f"{url} answered {status}"
        case Unreached(timed_out=True):
            return f"{url} did not answer in {_ANSWERS_WITHIN:g} s, which is all that API Gateway gives it"
        case Unreached(why=why):
            return f"{url}: {why}"
    return f"{url} gave nothing"


def _is_local(source: str) -> bool:
    """Whether it is this machine's own, or near it: a file, a server here, or one that AWS would not ask (http)."""
    try:
        host = (urlsplit(source).hostname or "").rstrip(".")
    except ValueError:
        return False
    here = host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")
    return here or _scheme(source) in ("file", "http")


def _scheme(url: str) -> str:
    """The scheme of an address that somebody else wrote; empty when it is none."""
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""
