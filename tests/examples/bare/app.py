"""No template and no settings: a file with a handler is a project."""


def handler(event, context):
    path = event.get("rawPath", "/")
    return {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": f"you asked for {path}\n"}
