"""GET /report, and the last step of the state machine."""

from shop import answer


def handler(event, context):
    print("making the report")
    return answer({"report": "all is well", "memory": context.memory_limit_in_mb})
