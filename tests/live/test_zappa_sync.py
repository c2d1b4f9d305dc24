"""Stages that Zappa deployed: a function outside of any stack, pushed to directly; all else is left to Zappa."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builds import offline
from tests.builds.wheel import wheel
from tests.live.cloud import REGION, Cloud
from tests.live.devserver import write
from tests.live.fault_proxy import FaultProxy
from tests.live.packing import files_in, packed
from tests.live.staged import Project
from tests.live.test_sync_projects import code_sent

pytestmark = pytest.mark.live

NAME = "shop-dev"
HANDLER = "def lambda_handler(event, context):\n    return 'from the installed Zappa'\n"
SETTINGS = {
    "base": {"aws_region": REGION, "project_name": "shop"},
    "dev": {
        "extends": "base",
        "app_function": "web.app",
        "runtime": "python3.11",
        "memory_size": 512,
        "environment_variables": {"A": "1"},
        "aws_environment_variables": {"OURS": "1"},
        "exclude": ["notes"],
        "events": [{"function": "web.job", "expression": "rate(1 hour)"}],
    },
}
APP = "def app(environ, start_response):\n    return [b'first']\n"


@pytest.fixture
def shop(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> Project:
    """With a wheel of a small Zappa, and nothing in the cloud yet."""
    links = tmp_path / "links"
    installed = {
        "zappa/__init__.py": "",
        "zappa/handler.py": HANDLER,
        "zappa/ext/__init__.py": "",
        "zappa/ext/django_zappa.py": "# Django\n",
    }
    wheel(links, "zappa", files=installed, version="0.63.0")
    folder = write(
        tmp_path / "my shop",
        {
            "zappa_settings.json": json.dumps(SETTINGS, indent=1),
            "web.py": APP,
            "requirements.txt": "zappa==0.63.0\n",
            "notes/secret.txt": "not for Lambda",
            "old.zip": "",
        },
    )
    project = Project(folder, tmp_path / "home", proxy, cloud)
    project.home.mkdir()
    return project


def environ(shop: Project) -> dict[str, str]:
    tools = offline.environ(shop.home / "tools", shop.folder.parent / "links", offline.TOOLS[-1])
    return {"AWS_ENDPOINT_URL": shop.proxy.address, **tools, "HOME": str(shop.home)}


def deployed(shop: Project, **settings: object) -> None:
    """As `zappa deploy dev` leaves it."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = shop.cloud.client("iam").create_role(RoleName=f"{NAME}-zappa", AssumeRolePolicyDocument=policy)
    shop.cloud.client("lambda").create_function(
        FunctionName=NAME,
        Runtime="python3.11",
        Role=role["Role"]["Arn"],
        Handler="handler.lambda_handler",
        Code={"ZipFile": packed({"handler.py": "# Zappa's own push\n"})},
        MemorySize=512,
        Timeout=30,
        Environment={"Variables": {"OURS": "0", "THEIRS": "kept"}},
        Description="Zappa Deployment",
        **settings,
    )


def configuration(shop: Project) -> dict[str, object]:
    told: dict[str, object] = shop.cloud.client("lambda").get_function_configuration(FunctionName=NAME)
    return told


def test_code_and_settings_arrive_without_a_stack(shop: Project) -> None:
    deployed(shop)
    first = shop.sync(**environ(shop))
    assert first.plan == [("upload_code", "ShopDev"), ("update_config", "ShopDev")]
    assert first.end["release"] == 1
    assert shop.proxy.count("CreateChangeSet") == 0
    files = files_in(code_sent(shop))
    assert files["handler.py"] == HANDLER
    assert files["web.py"] == APP
    settings: dict[str, object] = {}
    exec(files["zappa_settings.py"], settings)
    assert (settings["APP_MODULE"], settings["APP_FUNCTION"], settings["API_STAGE"]) == ("web", "app", "dev")
    assert settings["ENVIRONMENT_VARIABLES"] == {"AWS_REGION": REGION, "A": "1"}
    assert not [name for name in settings if name.startswith("DEVSERVE")]
    assert "zappa/__init__.py" in files
    assert not [name for name in files if "secret" in name or name.endswith(".zip") or name == "django_zappa_app.py"]
    assert configuration(shop)["Environment"] == {"Variables": {"OURS": "1", "THEIRS": "kept"}}


def test_a_second_sync_writes_nothing_and_an_edit_pushes_code_only(shop: Project) -> None:
    deployed(shop)
    shop.sync(**environ(shop))
    again = shop.sync(**environ(shop))
    assert again.plan == []
    shop.edit("web.py", "first", "second")
    edited = shop.sync(**environ(shop))
    assert edited.plan == [("upload_code", "ShopDev")]
    assert "second" in files_in(code_sent(shop))["web.py"]


def test_a_setting_of_the_app_is_code_and_one_of_lambda_is_configuration(shop: Project) -> None:
    deployed(shop)
    shop.sync(**environ(shop))
    shop.edit("zappa_settings.json", '"A": "1"', '"A": "2"')
    assert shop.sync(**environ(shop)).plan == [("upload_code", "ShopDev")]
    shop.edit("zappa_settings.json", '"memory_size": 512', '"memory_size": 1024')
    assert ("update_config", "ShopDev") in shop.sync(**environ(shop)).plan
    assert configuration(shop)["MemorySize"] == 1024


def test_a_rollback_brings_the_code_back(shop: Project) -> None:
    deployed(shop)
    shop.sync(**environ(shop))
    before = configuration(shop)["CodeSha256"]
    shop.edit("web.py", "first", "second")
    shop.sync(**environ(shop))
    assert configuration(shop)["CodeSha256"] != before
    back = shop.run("rollback", "dev", "--yes", "--json", environ=shop.environ(**environ(shop)))
    assert back.code == 0, back.said
    assert configuration(shop)["CodeSha256"] == before


def test_a_dry_run_shows_the_plan_and_changes_nothing(shop: Project) -> None:
    deployed(shop)
    before = configuration(shop)["CodeSha256"]
    shown = shop.sync("--dry-run", **environ(shop))
    assert ("upload_code", "ShopDev") in shown.plan
    assert configuration(shop)["CodeSha256"] == before


def test_what_zappa_never_deployed_is_refused_with_what_to_do(shop: Project) -> None:
    refused = shop.run("sync", "dev", "--yes", environ=shop.environ(**environ(shop)))
    told = refused.complaint(4)
    assert f"there is no function {NAME}" in told
    assert "zappa deploy dev" in told


def test_a_package_without_zappa_is_refused(shop: Project) -> None:
    deployed(shop)
    (shop.folder / "requirements.txt").unlink()
    refused = shop.run("sync", "dev", "--yes", environ=shop.environ(**environ(shop)))
    assert "zappa is not among the packages" in refused.complaint(2)


def test_deleting_is_left_to_zappa(shop: Project) -> None:
    deployed(shop)
    refused = shop.run("delete", "dev", "--yes", environ=shop.environ(**environ(shop)))
    assert "zappa undeploy dev" in refused.complaint(4)
    assert configuration(shop)["FunctionName"] == NAME


def test_the_status_of_the_function_is_told(shop: Project) -> None:
    deployed(shop)
    shop.sync(**environ(shop))
    told = shop.run("status", "dev", environ=shop.environ(**environ(shop)))
    assert told.code == 0, told.said
    assert NAME in told.stdout
