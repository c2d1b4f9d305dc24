import os
import sys


def handler(event, context):
    python = ".".join(map(str, sys.version_info[:2]))
    return {"statusCode": 200, "body": f"Python {python} in {os.getcwd()}"}
