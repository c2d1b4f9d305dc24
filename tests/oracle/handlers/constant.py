import json
import pathlib

RETURNS = json.loads(pathlib.Path(__file__).with_name("returns.json").read_text())


def handler(event, context):
    return RETURNS
