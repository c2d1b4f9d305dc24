"""POST /orders."""

import json

from shop import answer


def handler(event, context):
    order = json.loads(event.get("body") or "{}")
    print("placing", order)
    return answer({"placed": order}, 201)
