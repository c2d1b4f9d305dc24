"""Code that has to be made before it is pushed, by the command as typed: builds, packages that functions share, images
that lie in a registry already.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.builds import offline
from tests.builds.test_making import GO
from tests.builds.wheel import wheel
from tests.live.cloud import REGION, Cloud
from tests.live.devserver import Files, write
from tests.live.fault_proxy import FaultProxy
from tests.live.packing import files_in
from tests.live.staged import STACK, Project
from tests.live.test_builds import esbuild

pytestmark = pytest.mark.live

TRANSFORM = "Transform: AWS::Serverless-2016-10-31\n"


def project(folder: Path, files: Files, proxy: FaultProxy, cloud: Cloud, before: str = "") -> Project:
    stage = f'[stages.dev]\nstack_name = "{STACK}"\nregion = "{REGION}"\nendpoint_url = "{proxy.address}"\n'
    settings = {"devserve.toml": f'template = "template.yaml"\n{before}{stage}'}
    made = Project(write(folder / "shop", {**settings, **files}), folder / "home", proxy, cloud)
    made.home.mkdir()
    return made


def path_with(folder: Path) -> str:
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def code(pushed: Project, function: str) -> bytes:
    """What the function has, found in the bucket by its hash."""
    hexed = base64.b64decode(pushed.sha256(function)).hex()
    bucket = pushed.buckets[0]
    (key,) = (key for key in pushed.objects(bucket) if key.endswith(f"{hexed}.zip"))
    read: bytes = pushed.cloud.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return read


def shown(pushed: Project, **environ: str) -> list[dict[str, Any]]:
    """The plan of a dry run, which writes nothing."""
    pushed.proxy.forget()
    ended = pushed.run("sync", "dev", "--dry-run", "--json", environ=pushed.environ(**environ))
    assert ended.code == 0, ended.said
    assert pushed.proxy.writes() == []
    steps: list[dict[str, Any]] = ended.of("plan")[0]["steps"]
    return steps


MADE = {
    "template.yaml": TRANSFORM
    + """\
Resources:
  Program:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: makefile}
    Properties: {CodeUri: program, Runtime: provided.al2023, Handler: bootstrap}
  Script:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: makefile}
    Properties: {CodeUri: script, Runtime: python3.11, Handler: app.handler}
""",
    "program/Makefile": "build-Program:\n\tinstall -m 755 main.sh $(ARTIFACTS_DIR)/bootstrap\n",
    "program/main.sh": "#!/bin/sh\necho one\n",
    "script/Makefile": "build-Script:\n\tsed s/WORD/made/ app.py.in > $(ARTIFACTS_DIR)/app.py\n",
    "script/app.py.in": "def handler(event, context):\n    return 'WORD'\n",
}


def test_what_makefiles_make_is_pushed_and_made_again_only_where_something_changed(
    tmp_path: Path, proxy: FaultProxy, cloud: Cloud
) -> None:
    shop = project(tmp_path, MADE, proxy, cloud)
    shop.sync()
    assert files_in(code(shop, "Program")) == {"bootstrap": "#!/bin/sh\necho one\n"}
    assert files_in(code(shop, "Script")) == {"app.py": "def handler(event, context):\n    return 'made'\n"}
    shop.edit("program/main.sh", "one", "two")
    assert shop.sync().plan == [("upload_code", "Program")]
    assert files_in(shop.pushed_code("Program")) == {"bootstrap": "#!/bin/sh\necho two\n"}


COMPILED = {
    "template.yaml": TRANSFORM
    + """\
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: go1.x}
    Properties: {CodeUri: orders, Runtime: provided.al2023, Handler: bootstrap, Architectures: [arm64]}
""",
    "orders/go.mod": "module shop\n",
    "orders/main.go": "package main\n",
}


def test_go_is_built_for_the_functions_machine(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    shop = project(tmp_path, COMPILED, proxy, cloud)
    tools = write(tmp_path / "tools", {"go": GO})
    (tools / "go").chmod(0o755)
    steps = shown(shop, PATH=path_with(tools))
    assert [step["kind"] for step in steps][-1] == "deploy_stack"
    shop.sync(PATH=path_with(tools))
    assert files_in(code(shop, "Orders")) == {"bootstrap": "linux arm64\n"}


def test_code_that_does_not_compile_is_not_pushed(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    shop = project(tmp_path, {**COMPILED, "orders/main.go": "broken\n"}, proxy, cloud)
    tools = write(tmp_path / "tools", {"go": GO})
    (tools / "go").chmod(0o755)
    ended = shop.run("sync", "dev", "--yes", "--json", environ=shop.environ(PATH=path_with(tools)))
    assert ended.code == 2
    assert "./main.go:3:2: undefined: broken" in ended.said
    assert proxy.writes() == []


def test_a_layer_that_is_not_built_here_is_not_pushed(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    layer = """\
  Tools:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: java21}
    Properties: {ContentUri: tools}
"""
    files = {**MADE, "template.yaml": MADE["template.yaml"] + layer, "tools/pom.xml": "<project/>\n"}
    shop = project(tmp_path, files, proxy, cloud)
    ended = shop.run("sync", "dev", "--yes", "--json")
    assert ended.code == 2
    assert "layers are not built with java21" in ended.said
    assert proxy.writes() == []


TYPED = {
    "template.yaml": TRANSFORM
    + """\
Resources:
  Typed:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: esbuild, BuildProperties: {Minify: false}}
    Properties: {CodeUri: ts, Runtime: nodejs22.x, Handler: app.handler}
""",
    "ts/app.ts": 'import { word } from "./word";\nexport const handler = async (): Promise<string> => word;\n',
    "ts/word.ts": 'export const word: string = "first";\n',
}


def test_typescript_is_pushed_as_its_bundle(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    path = path_with(esbuild())
    shop = project(tmp_path, TYPED, proxy, cloud)
    shop.sync(PATH=path)
    (name,) = files_in(code(shop, "Typed"))
    assert name == "app.js"
    assert '"first"' in files_in(code(shop, "Typed"))[name]
    assert shop.sync(PATH=path).plan == []
    shop.edit("ts/word.ts", "first", "second")
    assert shop.sync(PATH=path).plan == [("upload_code", "Typed")]
    assert '"second"' in files_in(shop.pushed_code("Typed"))["app.js"]


SHARING = {
    "template.yaml": TRANSFORM
    + """\
Globals: {Function: {Runtime: python3.11, Handler: app.handler}}
Resources:
  One: {Type: AWS::Serverless::Function, Properties: {CodeUri: one}}
  Two: {Type: AWS::Serverless::Function, Properties: {CodeUri: two}}
""",
    "requirements.txt": "tiny==1.0\n",
    "one/app.py": "import tiny\n\ndef handler(event, context):\n    return 'one'\n",
    "one/notes/plan.txt": "nothing of this is for the cloud\n",
    "two/app.py": "import tiny\n\ndef handler(event, context):\n    return 'two'\n",
}


def test_functions_with_the_same_packages_share_a_layer(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    links = tmp_path / "links"
    wheel(links, "tiny")
    wheel(links, "other")
    environ = offline.environ(tmp_path / "tools", links, offline.TOOLS[-1])
    shop = project(tmp_path, SHARING, proxy, cloud, 'shared_dependencies = true\nexclude = ["notes/"]\n')

    first = shop.sync(**environ)
    assert first.stderr == ""
    layers = [name for name in shop.names if name.startswith("DevservePackages")]
    assert len(layers) == 1
    arns = {shop.configuration(name)["Layers"][0]["Arn"] for name in ("One", "Two")}
    assert len(arns) == 1
    assert set(files_in(code(shop, "One"))) == {"app.py"}
    assert shop.sync(**environ).plan == []
    assert proxy.writes() == []

    shop.edit("one/app.py", "'one'", "'first'")
    assert shop.sync(**environ).plan == [("upload_code", "One")]
    assert set(files_in(shop.pushed_code("One"))) == {"app.py"}

    shop.edit("requirements.txt", "tiny==1.0\n", "tiny==1.0\nother==1.0\n")
    more = shop.sync(**environ)
    assert [kind for kind, _ in more.plan] == ["update_layer", "update_config", "update_config"]
    assert {subject for _, subject in more.plan} == {*layers, "One", "Two"}
    assert (proxy.count("PublishLayerVersion"), proxy.count("UpdateFunctionCode")) == (1, 0)
    sent = base64.b64decode(json.loads(proxy.of("PublishLayerVersion")[0].body)["Content"]["ZipFile"])
    assert {"python/tiny.py", "python/other.py"} <= set(files_in(sent))
    now = {shop.configuration(name)["Layers"][0]["Arn"] for name in ("One", "Two")}
    assert len(now) == 1
    assert now != arns
    assert shop.sync(**environ).plan == []


def test_a_function_that_has_its_five_layers_keeps_its_packages_and_is_told(
    tmp_path: Path, proxy: FaultProxy, cloud: Cloud
) -> None:
    wheel(tmp_path / "links", "tiny")
    environ = offline.environ(tmp_path / "tools", tmp_path / "links", offline.TOOLS[-1])
    names = [f"L{number}" for number in range(5)]
    listed = ", ".join(f"!Ref {name}" for name in names)
    full = f"  Full: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: one, Layers: [{listed}]}}}}\n"
    layer = "{Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer}}"
    layers = "".join(f"  {name}: {layer}\n" for name in names)
    files = {**SHARING, "template.yaml": f"{SHARING['template.yaml']}{full}{layers}", "layer/python/x.py": ""}
    shop = project(tmp_path, files, proxy, cloud, "shared_dependencies = true\n")
    ended = shop.sync(**environ)
    assert (
        "Full: its packages are in its own zip, not in the shared layer: it has 5 layers, and AWS takes 5" in ended.said
    )
    assert {"app.py", "tiny.py"} <= set(files_in(code(shop, "Full")))
    assert "tiny.py" not in files_in(code(shop, "One"))


def test_an_image_of_a_registry_is_nothing_to_push(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    uri = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/shop:1"
    image = f"""\
  Packed:
    Type: AWS::Serverless::Function
    Properties: {{PackageType: Image, ImageUri: '{uri}'}}
"""
    shop = project(tmp_path, {**MADE, "template.yaml": MADE["template.yaml"] + image}, proxy, cloud)
    steps = shown(shop)
    assert "deploy_stack" in {step["kind"] for step in steps}
    assert "push_image" not in {step["kind"] for step in steps}
    assert "Packed" not in {step["subject"] for step in steps}
