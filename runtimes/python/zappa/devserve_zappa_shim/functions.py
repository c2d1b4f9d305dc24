"""Functions by their dotted names: which one an event is for, and how Zappa calls it."""

import importlib
import json


def find(name):
    module, function = name.rsplit(".", 1)
    return getattr(importlib.import_module(module), function)


def run(function, event, context):
    """With two, one or no arguments, whatever does not raise a TypeError first. One from inside counts as well."""
    for arguments in ((event, context), (event,), ()):
        try:
            return function(*arguments)
        except TypeError:
            continue
    raise RuntimeError(
        "Function signature is invalid. Expected a function that accepts at most 2 arguments or varargs."
    )


def scheduled(event):
    """What is behind the last hyphen of the rule's name."""
    return event["resources"][0].split("/")[-1].split("-")[-1]


def for_record(record, mapping):
    """All that the first record's source is mapped to."""
    if "s3" in record and ":" in record["s3"]["configurationId"]:
        return [record["s3"]["configurationId"].split(":")[-1]]
    if "Sns" in record:
        command = _command(record["Sns"]["Message"])
        if command:
            return [command]
        arn = record["Sns"].get("TopicArn")
    elif "s3" in record and "dynamodb" not in record and "kinesis" not in record:
        arn = record["s3"]["bucket"]["arn"]
    elif "dynamodb" in record or "kinesis" in record or record.get("eventSource") == "aws:sqs":
        arn = record.get("eventSourceARN")
    else:
        arn = None
    names = mapping.get(arn, []) if arn else []
    return [names] if isinstance(names, str) else names


def for_bot(event, mapping):
    intent = (event.get("currentIntent") or {}).get("name")
    return mapping.get(f"{intent}:{event.get('invocationSource')}") if intent else None


def _command(message):
    """Of a task that was sent over SNS."""
    try:
        return json.loads(message).get("command")
    except ValueError:
        return None
