import base64


def handler(event, context):
    received = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode()
    return {
        "statusCode": 200,
        "headers": {"Content-Type": event["headers"]["Content-Type"]},
        "body": base64.b64encode(received).decode(),
        "isBase64Encoded": True,
    }
