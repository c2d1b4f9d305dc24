import json

import house
import money


def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"shop": house.NAME, "total": money.price(1999)})}
