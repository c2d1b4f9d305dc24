"""Which part of Zappa's handler takes an event. Pure. Source: Zappa 0.62 and 0.63, which differ in the order alone."""

_SOCKETS = ("CONNECT", "DISCONNECT", "MESSAGE")
#: Keys that need only be there and not be empty, in Zappa's order; the name of the branch is the key's.
_KEYS = ("command", "raw_command", "manage", "Records", "bot", "triggerSource", "awslogs")


def branch(event) -> str:
    """Its name; empty when nothing takes the event."""
    if event.get("version") == "2.0":
        return "http v2"
    if event.get("httpMethod"):
        return "http v1"
    context = event.get("requestContext")
    if isinstance(context, dict) and context.get("eventType") in _SOCKETS:
        return "websocket"
    if event.get("detail-type") == "Scheduled Event":
        return "schedule"
    if event.get("type") == "TOKEN":
        return "authorizer"
    return next((key for key in _KEYS if event.get(key)), "")


def described(event) -> str:
    """What an event calls itself, for people: its type or source, else its first keys."""
    for key in ("detail-type", "source", "type", "eventType", "version"):
        if isinstance(event.get(key), str) and event[key]:
            return f"{key} {event[key]!r}"
    keys = [str(key) for key in event]
    return "keys " + ", ".join(keys[:6]) + (" …" if len(keys) > 6 else "")


def rule(event) -> str:
    """The name of the rule that a scheduled event is from."""
    resources = event.get("resources") or [""]
    return str(resources[0]).rpartition("/")[2]
