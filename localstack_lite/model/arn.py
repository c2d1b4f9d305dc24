"""Amazon resource names, as Lambda and API Gateway write them."""

from __future__ import annotations

ACCOUNT = "123456789012"
REGION = "us-east-1"
LATEST = "$LATEST"


def function_arn(region: str, account: str, name: str, qualifier: str = "") -> str:
    """`arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`."""
    base = f"arn:aws:lambda:{region}:{account}:function:{name}"
    return f"{base}:{qualifier}" if qualifier else base


def execute_api_arn(region: str, account: str, api_id: str, stage: str, method: str, path: str) -> str:
    """`arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`; `path` comes with its leading slash."""
    return f"arn:aws:execute-api:{region}:{account}:{api_id}/{stage}/{method}{path}"
