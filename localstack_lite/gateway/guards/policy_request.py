"""What a policy is asked about a request: the condition keys that have a value here, and who asks.

Source: AWS docs, "AWS condition keys that can be used in API Gateway resource policies". On AWS every request comes by
https, so `aws:SecureTransport` is true whatever the client does here. A VPC or its endpoint is never there, so
conditions on `aws:SourceVpc` and `aws:SourceVpce` see nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime

from localstack_lite.gateway.guards.policy import Asked
from localstack_lite.gateway.guards.policy_pattern import Keys
from localstack_lite.gateway.visit import Visit


def asked_of(visit: Visit, arn: str) -> Asked:
    """`arn` is what the client wants, as `authorizer_event.method_arn` writes it."""
    user = signer(visit)
    return Asked(arn, _keys(visit, user), principals=_names(user))


def signer(visit: Visit) -> str:
    """The ARN of who signed the request; empty where nobody did."""
    caller = visit.caller
    if caller is None:
        return ""
    signed = (caller.authorizer or {}).get("iam")
    found = signed.get("userArn") if isinstance(signed, dict) else caller.identity.get("userArn")
    return found if isinstance(found, str) else ""


def _keys(visit: Visit, user: str) -> Keys:
    request, now = visit.request, visit.stamp.now
    keys = {
        "aws:sourceip": (request.client,),
        "aws:securetransport": ("true",),
        "aws:currenttime": (datetime.fromtimestamp(int(now), UTC).isoformat().replace("+00:00", "Z"),),
        "aws:epochtime": (str(int(now)),),
    }
    for key, header in (("aws:useragent", "user-agent"), ("aws:referer", "referer")):
        if (value := request.headers.get(header)) is not None:
            keys[key] = (value,)
    if user:
        keys["aws:principalarn"] = (_role(user) or user,)
        keys["aws:principalaccount"] = (_account(user),)
        if ":user/" in user:
            keys["aws:username"] = (user.rpartition("/")[2],)
    return keys


def _names(user: str) -> tuple[str, ...]:
    """All that the Principal of a resource policy may call somebody: the ARN, the role of a session, the account."""
    if not user:
        return ()
    account = _account(user)
    return tuple(name for name in (user, _role(user), account, f"arn:aws:iam::{account}:root") if name)


def _account(user: str) -> str:
    return (user.split(":") + [""] * 5)[4]


def _role(user: str) -> str:
    """The ARN of the role that `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` is a session of."""
    kind, _, rest = user.rpartition(":")[2].partition("/")
    return f"arn:aws:iam::{_account(user)}:role/{rest.partition('/')[0]}" if kind == "assumed-role" else ""
