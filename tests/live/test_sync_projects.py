"""Every kind of project, pushed as its owner would: what the first sync makes, that the second writes nothing, and that
an edit of one function's code is a push of that function and of nothing else.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shlex
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.builds import offline
from tests.builds.wheel import wheel
from tests.config.cdk_outputs import function as cdk_function
from tests.config.cdk_outputs import stage_asset, write_output
from tests.config.cdk_outputs import template as cdk_template
from tests.live.cloud import REGION, Cloud
from tests.live.devserver import Files, command, write
from tests.live.fault_proxy import FaultProxy
from tests.live.packing import files_in
from tests.live.staged import STACK, Project
from tests.live.test_builds import esbuild

pytestmark = pytest.mark.live

SAM = "Transform: AWS::Serverless-2016-10-31\n"
PYTHON = "def handler(event, context):\n    return 'first'\n"
STAGE = f'[stages.dev]\nstack_name = "{STACK}"\nregion = "{REGION}"\n'
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUST]}},
}


def toml(functions: str = "", before: str = "") -> str:
    return f"{before}{functions}{STAGE}"


def sam(resources: str, globals: str = "Runtime: python3.11, Handler: app.handler") -> str:
    return f"{SAM}Globals: {{Function: {{{globals}}}}}\nResources:\n{resources}"


def zipped(text: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("app.py", text)
    return held.getvalue()


def tarball(text: str) -> bytes:
    """An npm package `tiny`, as `npm pack` writes one."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, content in (
            ("package.json", '{"name": "tiny", "version": "1.0.0", "main": "index.js"}'),
            ("index.js", text),
        ):
            member = tarfile.TarInfo(f"package/{name}")
            member.size, member.mode = len(content.encode()), 0o644
            archive.addfile(member, io.BytesIO(content.encode()))
    return held.getvalue()


@dataclass(frozen=True, slots=True)
class Kind:
    """`files` of the project and `functions` that its stage has; `file` is edited, which changes `changed` alone, whose
    zip has `member` with the new text in it then."""

    files: Files
    functions: frozenset[str]
    file: str
    changed: str
    member: str
    prepare: Callable[[Path], Mapping[str, str]] = field(default=lambda folder: {})
    """Writes what is no file of the project; what it returns is added to the environment."""
    look: Callable[[Project], None] = field(default=lambda project: None)
    """Looks at the first sync."""
    where: str = "."
    """The stage's endpoint is in `devserve.toml` or `pyproject.toml` here; empty: in the environment."""


def with_esbuild(folder: Path) -> Mapping[str, str]:
    return {"PATH": f"{esbuild()}{os.pathsep}{os.environ['PATH']}"}


def local_wheels(folder: Path) -> Mapping[str, str]:
    links = folder.parent / "links"
    wheel(links)
    given = offline.environ(folder.parent / "tools", links, offline.TOOLS[-1])
    return {name: value for name, value in given.items() if name != "HOME"}


def is_an_http_api(project: Project, routes: Sequence[tuple[str, str]]) -> None:
    """What the stack gets. The test cloud's stacks leave out what they do not know, and HTTP APIs are among that."""
    resources = template_sent(project)["Resources"]
    (function,) = [id for id, one in resources.items() if one["Type"] == "AWS::Lambda::Function"]
    (api,) = [one["Properties"]["Body"] for one in resources.values() if one["Type"] == "AWS::ApiGatewayV2::Api"]
    (stage,) = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::ApiGatewayV2::Stage"]
    assert {(path, method) for path, methods in api["paths"].items() for method in methods} == set(routes)
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    allowed = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Lambda::Permission"]
    assert {one["Principal"] for one in allowed} == {"apigateway.amazonaws.com"}
    assert all(one["FunctionName"] == {"Ref": function} for one in allowed)
    assert len(allowed) == len(routes)


def two(*names: str) -> frozenset[str]:
    return frozenset(names)


KINDS = {
    "functions of a devserve.toml": Kind(
        {
            "devserve.toml": toml(
                '[functions.send-mail]\nhandler = "mail.handler"\nruntime = "python3.11"\ncode = "mail"\n'
                'environment = { FROM = "me" }\n\n'
                '[functions.report]\nhandler = "app.handler"\nruntime = "python3.11"\ncode = "report"\n\n'
            ),
            "mail/mail.py": PYTHON,
            "report/app.py": PYTHON,
        },
        two("SendMail", "report"),
        "mail/mail.py",
        "SendMail",
        "mail.py",
    ),
    "functions of a pyproject.toml": Kind(
        {
            "pyproject.toml": (
                '[project]\nname = "shop"\nversion = "1.0"\n\n'
                '[tool.devserve.functions.one]\nhandler = "app.handler"\nruntime = "python3.11"\ncode = "one"\n\n'
                '[tool.devserve.functions.two]\nhandler = "app.handler"\nruntime = "python3.11"\ncode = "two"\n\n'
                f"[tool.devserve.stages.dev]\n{STAGE.partition(chr(10))[2]}"
            ),
            "one/app.py": PYTHON,
            "two/app.py": PYTHON,
        },
        two("one", "two"),
        "one/app.py",
        "one",
        "app.py",
    ),
    "nested stacks": Kind(
        {
            "devserve.toml": toml(before='template = "template.yaml"\n'),
            "template.yaml": sam(
                "  Own: {Type: AWS::Serverless::Function, Properties: {CodeUri: own}}\n"
                "  Child:\n    Type: AWS::Serverless::Application\n"
                "    Properties: {Location: child/template.yaml, Parameters: {Word: hello}}\n"
            ),
            "own/app.py": PYTHON,
            "child/template.yaml": SAM
            + (
                "Parameters: {Word: {Type: String}}\n"
                "Resources:\n"
                "  Inner:\n    Type: AWS::Serverless::Function\n"
                "    Properties:\n      CodeUri: code\n      Runtime: python3.11\n      Handler: app.handler\n"
                "      Environment: {Variables: {WORD: !Ref Word}}\n"
            ),
            "child/code/app.py": PYTHON,
        },
        two("Own", "Child/Inner"),
        "child/code/app.py",
        "Child/Inner",
        "app.py",
    ),
    "a SAM project with a samconfig.toml": Kind(
        {
            "samconfig.toml": (
                "version = 0.1\n[dev.deploy.parameters]\n"
                f'stack_name = "{STACK}"\nregion = "{REGION}"\ncapabilities = "CAPABILITY_IAM"\nresolve_s3 = true\n'
            ),
            "template.yaml": sam(
                "  One: {Type: AWS::Serverless::Function, Properties: {CodeUri: one}}\n"
                "  Two: {Type: AWS::Serverless::Function, Properties: {CodeUri: two}}\n"
            ),
            "one/app.py": PYTHON,
            "two/app.py": PYTHON,
        },
        two("One", "Two"),
        "two/app.py",
        "Two",
        "app.py",
        where="",
    ),
    "a loop of the language extensions": Kind(
        {
            "devserve.toml": toml(before='template = "template.yaml"\n'),
            "template.yaml": (
                "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\n"
                "Resources:\n"
                "  Fn::ForEach::Sites:\n    - Site\n    - [North, South]\n"
                "    - ${Site}Order:\n        Type: AWS::Serverless::Function\n"
                "        Properties:\n          CodeUri: ./${Site}\n          Runtime: python3.11\n"
                "          Handler: app.handler\n          Environment: {Variables: {SITE: !Ref Site}}\n"
            ),
            "North/app.py": PYTHON,
            "South/app.py": PYTHON,
        },
        two("NorthOrder", "SouthOrder"),
        "South/app.py",
        "SouthOrder",
        "app.py",
    ),
    "plain CloudFormation": Kind(
        {
            "devserve.toml": toml(before='template = "template.json"\n'),
            "template.json": json.dumps(
                {
                    "Resources": {"Role": ROLE}
                    | {
                        name: {
                            "Type": "AWS::Lambda::Function",
                            "Properties": {
                                "Code": f"./{name}",
                                "Runtime": "python3.11",
                                "Handler": "app.handler",
                                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                            },
                        }
                        for name in ("One", "Two")
                    }
                }
            ),
            "One/app.py": PYTHON,
            "Two/app.py": PYTHON,
        },
        two("One", "Two"),
        "One/app.py",
        "One",
        "app.py",
    ),
    "a makefile": Kind(
        {
            "devserve.toml": toml(before='template = "template.yaml"\n'),
            "template.yaml": sam(
                "  Made:\n    Type: AWS::Serverless::Function\n    Metadata: {BuildMethod: makefile}\n"
                "    Properties: {CodeUri: made, Runtime: provided.al2023, Handler: bootstrap}\n"
                "  Plain: {Type: AWS::Serverless::Function, Properties: {CodeUri: plain}}\n"
            ),
            "made/Makefile": 'build-Made:\n\tcp main.sh "$(ARTIFACTS_DIR)/bootstrap"\n',
            "made/main.sh": "#!/bin/sh\necho first\n",
            "plain/app.py": PYTHON,
        },
        two("Made", "Plain"),
        "made/main.sh",
        "Made",
        "bootstrap",
    ),
    "code that is inline": Kind(
        {
            "devserve.toml": toml(before='template = "template.yaml"\n'),
            "template.yaml": (
                f"Resources:\n  Role: {json.dumps(ROLE)}\n"
                "  Inline:\n    Type: AWS::Lambda::Function\n    Properties:\n"
                "      Role: !GetAtt Role.Arn\n      Runtime: python3.11\n      Handler: index.handler\n"
                "      Code:\n        ZipFile: |\n"
                "          def handler(event, context):\n              return 'first'\n"
                "  Other:\n    Type: AWS::Lambda::Function\n    Properties:\n"
                "      Role: !GetAtt Role.Arn\n      Runtime: python3.11\n"
                "      Handler: app.handler\n      Code: other\n"
            ),
            "other/app.py": PYTHON,
        },
        two("Inline", "Other"),
        "other/app.py",
        "Other",
        "app.py",
    ),
    "a function of data files alone, and names that are not plain": Kind(
        {
            "devserve.toml": toml(before='template = "template.yaml"\n'),
            "template.yaml": sam(
                "  Data:\n    Type: AWS::Serverless::Function\n"
                "    Properties: {CodeUri: 'meine Bücher & Söhne', Layers: [!Ref Code]}\n"
                "  Code: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer}}\n"
                "  Plain: {Type: AWS::Serverless::Function, Properties: {CodeUri: plain}}\n"
            ),
            "layer/python/app.py": PYTHON,
            "meine Bücher & Söhne/die erste Seite (ä).txt": "first\n",
            "plain/app.py": PYTHON,
        },
        two("Data", "Plain"),
        "meine Bücher & Söhne/die erste Seite (ä).txt",
        "Data",
        "die erste Seite (ä).txt",
    ),
}

KINDS["a Node function with a package of this machine"] = Kind(
    {
        "devserve.toml": toml(before='template = "template.yaml"\n'),
        "template.yaml": sam(
            "  Node: {Type: AWS::Serverless::Function, Properties: {CodeUri: node}}\n"
            "  Other: {Type: AWS::Serverless::Function, Properties: {CodeUri: other}}\n",
            "Runtime: nodejs22.x, Handler: index.handler",
        ),
        "node/package.json": '{"name": "shop", "version": "1.0.0", "dependencies": {"tiny": "file:tiny-1.0.0.tgz"}}',
        "node/tiny-1.0.0.tgz": tarball("exports.word = 'tiny';"),
        "node/node_modules/tiny/index.js": "exports.word = 'tiny';",
        "node/index.js": "const tiny = require('tiny');\nexports.handler = async () => tiny.word + 'first';\n",
        "other/index.js": "exports.handler = async () => 'first';\n",
    },
    two("Node", "Other"),
    "node/index.js",
    "Node",
    "index.js",
)
KINDS["one file"] = Kind(
    {"devserve.toml": toml(), "lambda_function.py": PYTHON.replace("handler", "lambda_handler")},
    two("MyShP"),
    "lambda_function.py",
    "MyShP",
    "lambda_function.py",
    look=partial(is_an_http_api, routes=[("$default", "x-amazon-apigateway-any-method")]),
)
KINDS["routes of a devserve.toml"] = Kind(
    {
        "devserve.toml": toml(
            '[functions.orders]\nhandler = "app.handler"\nruntime = "python3.11"\n'
            'routes = ["GET /orders", "POST /orders/{id}"]\n\n'
        ),
        "app.py": PYTHON,
    },
    two("orders"),
    "app.py",
    "orders",
    "app.py",
    look=partial(is_an_http_api, routes=[("/orders", "get"), ("/orders/{id}", "post")]),
)
KINDS["TypeScript for esbuild"] = Kind(
    {
        "devserve.toml": toml(before='template = "template.yaml"\n'),
        "template.yaml": sam(
            "  Typed:\n    Type: AWS::Serverless::Function\n"
            "    Metadata: {BuildMethod: esbuild, BuildProperties: {EntryPoints: [app.ts], Sourcemap: false}}\n"
            "    Properties: {CodeUri: src}\n"
            "  Other: {Type: AWS::Serverless::Function, Properties: {CodeUri: other}}\n",
            "Runtime: nodejs22.x, Handler: app.handler",
        ),
        "src/app.ts": "export const handler = async (who: string): Promise<string> => 'first' + who;\n",
        "other/app.js": "exports.handler = async () => 'first';\n",
    },
    two("Typed", "Other"),
    "src/app.ts",
    "Typed",
    "app.js",
    prepare=with_esbuild,
)
KINDS["Python with requirements"] = Kind(
    {
        "devserve.toml": toml(before='template = "template.yaml"\n'),
        "template.yaml": sam(
            "  Needs: {Type: AWS::Serverless::Function, Properties: {CodeUri: needs}}\n"
            "  Other: {Type: AWS::Serverless::Function, Properties: {CodeUri: other}}\n"
        ),
        "needs/requirements.txt": "tiny==1.0\n",
        "needs/app.py": f"import tiny\n{PYTHON}",
        "other/app.py": PYTHON,
    },
    two("Needs", "Other"),
    "needs/app.py",
    "Needs",
    "app.py",
    prepare=local_wheels,
)


def project_of(kind: Kind, folder: Path, proxy: FaultProxy, cloud: Cloud) -> tuple[Project, dict[str, str]]:
    """In a folder whose name is not plain either."""
    project = Project(write(folder / "my shöp", kind.files), folder / "home", proxy, cloud)
    project.home.mkdir()
    more = dict(kind.prepare(project.folder))
    if not kind.where:
        return project, {"AWS_ENDPOINT_URL": proxy.address, **more}
    file = next(one for one in ("devserve.toml", "pyproject.toml") if (project.folder / one).exists())
    project.edit(file, f'region = "{REGION}"', f'region = "{REGION}"\nendpoint_url = "{proxy.address}"')
    return project, more


def test_a_first_sync_then_nothing_then_the_function_that_was_edited(
    kind: Kind, tmp_path: Path, proxy: FaultProxy, cloud: Cloud
) -> None:
    project, environ = project_of(kind, tmp_path, proxy, cloud)
    goes_through(project, kind, environ)


@pytest.fixture(params=list(KINDS.values()), ids=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def goes_through(project: Project, kind: Kind, environ: Mapping[str, str]) -> None:
    first = project.sync(**environ)
    assert frozenset(first.end["functions"]) == kind.functions
    assert first.end["release"] == 1
    assert first.stderr == ""
    kind.look(project)
    unchanged(project, environ)
    path = project.folder / kind.file
    path.write_bytes(path.read_bytes().replace(b"first", b"second"))
    edited = project.sync(**environ)
    assert edited.plan == [("upload_code", kind.changed)], edited.of("plan")
    assert project.proxy.count("UpdateFunctionCode") == 1
    with zipfile.ZipFile(io.BytesIO(code_sent(project))) as archive:
        assert b"second" in archive.read(kind.member)


@pytest.mark.parametrize("closed", ["| head -1", ">&-"])
def test_a_push_goes_on_when_nobody_reads_what_it_says(pushed: Project, closed: str) -> None:
    pushed.edit("report/report.py", "all is well", "all is very well")
    line = f"{shlex.join(command('sync', 'dev'))} {closed}"
    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=pushed.folder,
        env=pushed.environ(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert pushed.proxy.count("UpdateFunctionCode") == 1
    pushed.sync()
    assert pushed.proxy.writes() == []


def test_code_that_is_inline_goes_with_the_stack(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    project, _ = project_of(KINDS["code that is inline"], tmp_path, proxy, cloud)
    project.sync()
    project.edit("template.yaml", "'first'", "'second'")
    edited = project.sync()
    assert edited.plan == [("deploy_stack", STACK)]
    assert edited.end["functions"] == ["Inline"]
    code = template_sent(project)["Resources"]["Inline"]["Properties"]["Code"]
    assert "'second'" in code["ZipFile"]
    unchanged(project, {})


def template_sent(project: Project) -> Any:
    """The template of the change set."""
    from urllib.parse import parse_qs

    (call,) = project.proxy.of("CreateChangeSet")
    return json.loads(parse_qs(call.body.decode())["TemplateBody"][0])


def test_code_that_is_a_zip_is_sent_as_it_is(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    files: dict[str, str | bytes] = {
        "devserve.toml": toml(before='template = "template.yaml"\n'),
        "template.yaml": sam(
            "  Zipped: {Type: AWS::Serverless::Function, Properties: {CodeUri: dist/code.zip}}\n"
            "  Plain: {Type: AWS::Serverless::Function, Properties: {CodeUri: plain}}\n"
        ),
        "dist/code.zip": zipped(PYTHON),
        "plain/app.py": PYTHON,
    }
    project, _ = project_of(Kind(files, frozenset(), "", "", ""), tmp_path, proxy, cloud)
    assert set(project.sync().end["functions"]) == {"Zipped", "Plain"}
    unchanged(project, {})
    (project.folder / "dist" / "code.zip").write_bytes(zipped(PYTHON.replace("first", "second")))
    assert project.sync().plan == [("upload_code", "Zipped")]
    assert "second" in files_in(code_sent(project))["app.py"]
    unchanged(project, {})


def cdk_app(folder: Path) -> None:
    """Two stacks of a function each, as `cdk synth` leaves them."""
    output = folder / "cdk.out"
    for name, letter in (("Shop", "a"), ("Office", "b")):
        write(folder / name.lower(), {"app.py": f"# {name}\n{PYTHON}"})
        stage_asset(output, folder / name.lower(), letter)
    stacks = {
        name: cdk_template(
            {
                f"{name}Role": ROLE,
                f"{name}1": cdk_function(f"{name}/Main", letter, Role={"Fn::GetAtt": [f"{name}Role", "Arn"]}),
            }
        )
        for name, letter in (("Shop", "a"), ("Office", "b"))
    }
    write_output(output, stacks, "a", "b")


def test_the_stack_of_a_cdk_app_that_the_stage_names(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    files = {"devserve.toml": toml().replace(STACK, "Shop"), "cdk.json": "{}"}
    project, _ = project_of(Kind(files, frozenset(), "", "", ""), tmp_path, proxy, cloud)
    cdk_app(project.folder)
    first = project.sync()
    assert first.end["functions"] == ["Shop1"]
    unchanged(project, {})
    project.edit("shop/app.py", "first", "second")
    edited = project.sync()
    assert edited.plan == [("upload_code", "Shop1")]
    assert "second" in files_in(code_sent(project))["app.py"]
    unchanged(project, {})
    project.edit("devserve.toml", '"Shop"', '"Office"')
    assert project.sync().end["functions"] == ["Office1"]
    project.edit("devserve.toml", '"Office"', '"Elsewhere"')
    told = project.run("sync", "dev", "--yes")
    assert "Shop" in told.complaint(2)


def unchanged(project: Project, environ: Mapping[str, str]) -> None:
    again = project.sync(**environ)
    assert again.plan == [], again.of("plan")
    assert project.proxy.writes() == []


def code_sent(project: Project) -> bytes:
    said = json.loads(project.proxy.of("UpdateFunctionCode")[-1].body)
    return base64.b64decode(said["ZipFile"])
