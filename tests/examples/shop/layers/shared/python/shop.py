"""What the functions of the shop share."""

import json

NAME = "The Corner Shop"


def answer(what, status=200):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"shop": NAME, **what}),
    }
