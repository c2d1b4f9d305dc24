"""Versions, aliases, URLs and layers as a team uses them: boto3 and the AWS CLI against a devserve whose files are
edited, and that is started again."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.templates import function, sam

pytestmark = [
    pytest.mark.live,
    # the client library itself uses what the interpreter will drop one day; that is not ours to fix
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

ARN = "arn:aws:lambda:us-east-1:123456789012:function"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

APP = """
import os
import helper

CODE = "{code}"

def handler(event, context):
    return {{
        "code": CODE,
        "helper": helper.NAME,
        "version": context.function_version,
        "variable": os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
        "arn": context.invoked_function_arn,
        "stage": os.environ.get("STAGE"),
    }}
"""


def template(stage: str, *layers: str) -> str:
    # Each has a folder of its own, so that a save is a save of one function.
    return sam(
        {
            "Shop": function(
                "app.handler", FunctionName="shop", CodeUri="shop", Environment={"Variables": {"STAGE": stage}}
            ),
            "Live": function("app.handler", FunctionName="live", CodeUri="live", AutoPublishAlias="live"),
            "Layered": function("read.handler", FunctionName="layered", CodeUri="layered", Layers=list(layers)),
        }
    )


FILES = {
    "template.json": template("blue"),
    "shop/app.py": APP.format(code="one"),
    "shop/helper.py": "NAME = 'first'",
    "live/app.py": APP.format(code="one"),
    "live/helper.py": "NAME = 'first'",
    "layered/read.py": "import colour\n\ndef handler(event, context):\n    return {'code': colour.NAME}\n",
}


@contextmanager
def client(server: Devserve) -> Iterator[Any]:
    import boto3
    from botocore.config import Config

    session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60)
    made = session.client("lambda", endpoint_url=server.lambdas, config=config)
    yield made
    made.close()


def call(made: Any, name: str, qualifier: str = "") -> tuple[str, dict[str, Any]]:
    """The executed version and what the function answered."""
    answer = made.invoke(FunctionName=name, **({"Qualifier": qualifier} if qualifier else {}))
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return answer["ExecutedVersion"], payload


def saved(server: Devserve, made: Any, name: str, code: str, qualifier: str = "") -> None:
    server.save(f"{name}/app.py", APP.format(code=code))
    eventually(lambda: call(made, name, qualifier)[1]["code"] == code, what=f"{name} runs {code}")


def test_published_code_stays_as_it_was_through_edits_and_a_restart(tmp_path: Path) -> None:
    with devserve(tmp_path, FILES) as server, client(server) as made:
        assert call(made, "shop")[1]["code"] == "one"
        first = made.publish_version(FunctionName="shop", Description="the first")
        assert (first["Version"], first["FunctionArn"]) == ("1", f"{ARN}:shop:1")
        assert made.publish_version(FunctionName="shop")["Version"] == "1", "nothing changed"

        saved(server, made, "shop", "two")
        (server.folder / "shop" / "helper.py").write_text("NAME = 'second'")
        eventually(lambda: call(made, "shop")[1]["helper"] == "second", what="the other file")
        server.save("template.json", template("green"))
        eventually(lambda: call(made, "shop")[1]["stage"] == "green", what="the new variable")
        assert made.publish_version(FunctionName="shop")["Version"] == "2"
        saved(server, made, "shop", "three")

        expected = [("1", "one", "first", "blue"), ("2", "two", "second", "green")]
        assert [seen(made, number) for number in "12"] == expected
        _, latest = call(made, "shop")
        assert (latest["code"], latest["version"], latest["arn"]) == ("three", "$LATEST", f"{ARN}:shop")

        made.create_alias(FunctionName="shop", Name="prod", FunctionVersion="1")
        versions = {call(made, "shop:prod")[0] for _ in range(3)}
        assert versions == {"1"}
        made.update_alias(FunctionName="shop", Name="prod", RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
        # recorded: both versions within 20 invocations
        eventually(lambda: versions.add(call(made, "shop", "prod")[0]) or versions == {"1", "2"}, what="both versions")
        assert call(made, "shop", "prod")[1]["arn"] == f"{ARN}:shop:prod", "the alias stays in the ARN"
        a_url_opens_with_a_permission(server, made)
        server.stop()

    (tmp_path / "stdout.ndjson").unlink()
    with devserve(tmp_path) as server, client(server) as made:
        assert [seen(made, number) for number in "12"] == expected
        assert made.get_alias(FunctionName="shop", Name="prod")["RoutingConfig"] == {
            "AdditionalVersionWeights": {"2": 0.5}
        }
        host = "shop.lambda-url.localhost"
        eventually(lambda: server.get("/", host=host).status == 200, what="the URL")
        made.delete_alias(FunctionName="shop", Name="prod")
        made.delete_function(FunctionName="shop", Qualifier="2")
        numbers = [one["Version"] for one in made.list_versions_by_function(FunctionName="shop")["Versions"]]
        assert numbers == ["$LATEST", "1"]
        assert made.publish_version(FunctionName="shop")["Version"] == "3", "a number is never given again"
        assert not server.facts("problem")


def seen(made: Any, number: str) -> tuple[str, str, str, str]:
    executed, answer = call(made, "shop", number)
    assert (executed, answer["variable"], answer["arn"]) == (number, number, f"{ARN}:shop:{number}")
    return answer["version"], answer["code"], answer["helper"], answer["stage"]


def a_url_opens_with_a_permission(server: Devserve, made: Any) -> None:
    url = made.create_function_url_config(FunctionName="shop", AuthType="NONE", Qualifier="prod")["FunctionUrl"]
    host = "shop.lambda-url.localhost"
    assert url == f"http://{host}:{server.port}/"
    closed = server.get("/", host=host)
    assert closed.status == 403
    assert closed.header("x-amzn-ErrorType") == "AccessDeniedException"
    made.add_permission(
        FunctionName="shop:prod",
        StatementId="all",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    assert server.get("/", host=host).json()["version"] in ("1", "2")


def test_a_declared_alias_is_never_stale_and_its_number_goes_on(tmp_path: Path) -> None:
    with devserve(tmp_path, FILES) as server, client(server) as made:
        executed, answer = call(made, "live", "live")
        assert (executed, answer["version"], answer["variable"]) == ("1", "1", "1")
        assert answer["arn"] == f"{ARN}:live:live"
        saved(server, made, "live", "two", "live")
        executed, answer = call(made, "live", "live")
        assert (executed, answer["version"], answer["code"]) == ("2", "2", "two")
        assert made.get_alias(FunctionName="live", Name="live")["FunctionVersion"] == "2"

        line = [sys.executable, "-m", "awscli", "--endpoint-url", server.lambdas, "--region", "us-east-1", "lambda"]
        done = subprocess.run(
            [*line, "publish-version", "--function-name", "live", "--query", "[Version,FunctionArn]"],
            env={**os.environ, **KEYS},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert json.loads(done.stdout) == ["2", f"{ARN}:live:2"]
        saved(server, made, "live", "three", "live")
        assert call(made, "live", "2")[1]["code"] == "two"
        assert call(made, "live", "live")[0] == "4"

        layer = [published_layer(made, colour) for colour in ("red", "green")]
        assert [arn.rpartition(":layer:")[2] for arn in layer] == ["colours:1", "colours:2"]
        for arn, colour in zip(layer, ("red", "green"), strict=True):
            server.save("template.json", template("blue", arn))
            eventually(lambda wanted=colour: answers(made, "layered") == wanted, what=f"{colour} from {arn}")


def published_layer(made: Any, colour: str) -> str:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("python/colour.py", f"NAME = {colour!r}")
    content = {"ZipFile": data.getvalue()}
    return str(made.publish_layer_version(LayerName="colours", Content=content)["LayerVersionArn"])


def answers(made: Any, name: str) -> object:
    """What it says its code is; None while it fails."""
    return json.loads(made.invoke(FunctionName=name)["Payload"].read()).get("code")
