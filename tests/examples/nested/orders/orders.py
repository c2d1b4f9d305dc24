import json
import os
import urllib.request


def ask(event, context):
    item = event["pathParameters"]["item"]
    url = f"{os.environ['AWS_ENDPOINT_URL_LAMBDA']}/2015-03-31/functions/{os.environ['STOCK']}/invocations"
    request = urllib.request.Request(url, data=json.dumps({"item": item}).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=5) as answer:
        return {"statusCode": 200, "body": json.dumps({"item": item, "left": json.load(answer)})}
