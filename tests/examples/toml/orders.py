"""Two handlers in one file. The orders live in memory, so each environment has its own."""

import json
import os

ORDERS = {"7": {"id": "7", "status": "placed"}}


def list_all(event, context):
    wanted = (event.get("pathParameters") or {}).get("id")
    if wanted is None:
        return reply(200, list(ORDERS.values()))
    if wanted in ORDERS:
        return reply(200, ORDERS[wanted])
    return reply(404, {"message": f"no order {wanted}"})


def place(event, context):
    order = json.loads(event.get("body") or "{}")
    return reply(201, {**order, "currency": os.environ["CURRENCY"]})


def reply(status, value):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(value)}
