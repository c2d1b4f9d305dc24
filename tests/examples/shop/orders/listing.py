"""GET /orders and GET /orders/{id}."""

import os

from shop import answer


def handler(event, context):
    one = (event.get("pathParameters") or {}).get("id")
    print("listing", one or "all", "of", os.environ["TABLE"])
    return answer({"table": os.environ["TABLE"], "order": one})
