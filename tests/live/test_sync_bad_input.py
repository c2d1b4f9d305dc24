"""What goes wrong with a push: each said in one line with a hint and the right exit code; the next good run works."""

from __future__ import annotations

import os

import pytest

from tests.live import faults
from tests.live.cloud import REGION
from tests.live.packing import packed
from tests.live.registry import free_port
from tests.live.staged import STACK, Project, point_at

pytestmark = pytest.mark.live

REPORT = ("report/report.py", "all is well", "all is very well")


def works_afterwards(project: Project) -> None:
    """Nothing half recorded: the next good run ends well, and then there is nothing left to do."""
    project.proxy.calm()
    project.sync()
    assert project.run("sync", "dev", "--dry-run", "--json").plan == []


def test_no_credentials(shop: Project) -> None:
    bare = {
        name: value
        for name, value in shop.environ().items()
        if name not in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    }
    told = shop.run("sync", "dev", "--yes", environ=bare)
    assert "credentials" in told.complaint(4).lower()
    works_afterwards(shop)


def test_a_profile_that_is_not_there(shop: Project) -> None:
    told = shop.run("sync", "dev", "--yes", "--profile", "nobody")
    assert "nobody" in told.complaint(told.code)
    assert told.code in (2, 4)
    assert shop.proxy.calls == []
    works_afterwards(shop)


def test_expired_credentials(shop: Project) -> None:
    shop.proxy.always("*", faults.expired())
    told = shop.run("sync", "dev", "--yes")
    assert "expired" in told.complaint(4)
    works_afterwards(shop)


def test_credentials_that_expire_in_the_middle(pushed: Project) -> None:
    pushed.edit(*REPORT)
    pushed.proxy.always("UpdateFunctionCode", faults.expired())
    told = pushed.run("sync", "dev", "--yes")
    assert "expired" in told.complaint(4)
    works_afterwards(pushed)


def test_a_permission_that_is_missing_is_named(pushed: Project) -> None:
    pushed.edit(*REPORT)
    pushed.proxy.always("UpdateFunctionCode", faults.denied("lambda:UpdateFunctionCode"))
    told = pushed.run("sync", "dev", "--yes")
    said = told.complaint(4)
    assert "lambda:UpdateFunctionCode" in said or "UpdateFunctionCode" in said
    assert "--print-policy" in said
    works_afterwards(pushed)


def test_a_region_that_does_not_exist(shop: Project) -> None:
    shop.edit(
        "devserve.toml",
        'region = "eu-west-2"\nparameter_overrides = { TableName = "orders-dev" }',
        'region = "eu wset"\nparameter_overrides = { TableName = "orders-dev" }',
    )
    told = shop.run("sync", "dev", "--yes")
    assert told.code in (2, 4)
    assert "eu wset" in told.complaint(told.code)
    shop.edit("devserve.toml", "eu wset", REGION)
    works_afterwards(shop)


def test_nobody_answers_at_the_endpoint(shop: Project) -> None:
    point_at(shop.folder, f"http://127.0.0.1:{free_port()}")
    told = shop.run("sync", "dev", "--yes")
    assert "127.0.0.1" in told.complaint(4)
    point_at(shop.folder, shop.proxy.address)
    works_afterwards(shop)


def test_a_stage_that_is_not_there(shop: Project) -> None:
    told = shop.run("sync", "staging", "--yes")
    said = told.complaint(2)
    assert "staging" in said
    assert "dev" in said, "the hint names the stages that there are"
    assert shop.proxy.calls == []


def test_a_stage_with_a_wrong_key(shop: Project) -> None:
    shop.edit("devserve.toml", 'stack_name = "shop-dev"', "stack_name = 7")
    told = shop.run("sync", "dev", "--yes")
    assert "devserve.toml" in told.complaint(2)


def test_a_stack_that_was_deleted_by_hand(pushed: Project) -> None:
    pushed.cloud.client("cloudformation").delete_stack(StackName=STACK)
    told = pushed.run("sync", "dev", "--json")
    if told.code == 0:  # made anew, without a word to ask: it is the same as a first sync
        assert told.end["stack"] is True
    else:
        assert STACK in told.complaint(told.code)
        assert told.code in (2, 4)
    works_afterwards(pushed)
    assert pushed.stack_status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def test_a_stack_that_cannot_be_used_any_more(pushed: Project) -> None:
    pushed.edit(*REPORT)
    for status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
        pushed.cloud.set_stack_status(STACK, status)
        said = pushed.run("sync", "dev", "--yes").complaint(4)
        assert status in said
        assert "devserve delete dev" in said
    pushed.cloud.set_stack_status(STACK, "CREATE_COMPLETE")
    works_afterwards(pushed)


def test_a_stack_that_somebody_works_at(pushed: Project) -> None:
    pushed.edit("template.yaml", "\nOutputs:\n", "\n  Topic: {Type: AWS::SNS::Topic}\n\nOutputs:\n")
    for status in ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"):
        pushed.cloud.set_stack_status(STACK, status)
        assert status in pushed.run("sync", "dev", "--yes").complaint(4)
    pushed.cloud.set_stack_status(STACK, "UPDATE_COMPLETE")
    works_afterwards(pushed)


def test_a_stack_after_a_rolled_back_update_is_as_good_as_any(pushed: Project) -> None:
    pushed.cloud.set_stack_status(STACK, "UPDATE_ROLLBACK_COMPLETE")
    pushed.edit(*REPORT)
    pushed.sync()
    assert pushed.proxy.count("UpdateFunctionCode") == 1


def test_a_function_that_was_deleted_by_hand(pushed: Project) -> None:
    pushed.cloud.client("lambda").delete_function(FunctionName=pushed.functions["Report"])
    pushed.edit(*REPORT)
    told = pushed.run("sync", "dev", "--yes")
    said = told.complaint(4)
    assert "Report" in said
    name = pushed.functions["Report"]
    roles = [one["Arn"] for one in pushed.cloud.client("iam").list_roles()["Roles"] if "Report" in one["RoleName"]]
    pushed.cloud.client("lambda").create_function(
        FunctionName=name,
        Role=roles[0],
        Handler="report.handler",
        Runtime="python3.11",
        Code={"ZipFile": packed({"a.py": ""})},
    )
    again = pushed.run("sync", "dev", "--yes", "--json")
    assert again.code == 0, again.stderr
    assert ("upload_code", "Report") in again.plan


def test_a_bucket_that_is_not_there(shop: Project) -> None:
    shop.edit("devserve.toml", "[stages.dev]\n", '[stages.dev]\ns3_bucket = "nowhere-to-be-found"\n')
    told = shop.run("sync", "dev", "--yes")
    assert "nowhere-to-be-found" in told.complaint(4)
    assert shop.buckets == []
    shop.edit("devserve.toml", 's3_bucket = "nowhere-to-be-found"\n', "")
    works_afterwards(shop)


def test_a_bucket_in_another_region(shop: Project) -> None:
    shop.cloud.client("s3", "eu-central-1").create_bucket(
        Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    shop.edit("devserve.toml", "[stages.dev]\n", '[stages.dev]\ns3_bucket = "far-away"\n')
    told = shop.run("sync", "dev", "--yes")
    said = told.complaint(2)
    assert "far-away" in said
    assert "eu-central-1" in said
    shop.edit("devserve.toml", 's3_bucket = "far-away"\n', "")
    works_afterwards(shop)


def test_a_package_that_is_too_large(pushed: Project) -> None:
    big = pushed.folder / "report" / "weights.bin"
    with big.open("wb") as file:
        file.truncate(251 * 1024 * 1024)  # a hole: 251 MB unpacked, next to nothing on disk
    told = pushed.run("sync", "dev", "--yes", seconds=120)
    said = told.complaint(2)
    assert "Report" in said
    assert "250 MB" in said
    assert "weights.bin" in told.said
    assert "UpdateFunctionCode" not in pushed.proxy.names()
    big.unlink()
    works_afterwards(pushed)


@pytest.fixture
def without_index(tmp_path: object) -> dict[str, str]:
    """pip and uv reach no index at all."""
    return {"PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "UV_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}


def test_a_dependency_that_cannot_be_resolved(pushed: Project, without_index: dict[str, str]) -> None:
    requirements = pushed.folder / "report" / "requirements.txt"
    requirements.write_text("no-such-package-anywhere==1.2.3\n")
    told = pushed.run("sync", "dev", "--yes", environ=pushed.environ(**without_index))
    said = told.complaint(2)
    assert "no-such-package-anywhere" in told.said
    assert "Report" in said or "report/requirements.txt" in said
    assert "UpdateFunctionCode" not in pushed.proxy.names()
    requirements.unlink()
    works_afterwards(pushed)


BROKEN = [
    ("Resources:", "Resources: [", "template.yaml"),
    ("Type: AWS::Serverless::Api", "Type: AWS::Serverless::Apy", "AWS::Serverless::Apy"),
    ("MemorySize: 128", "MemorySize: {Ref: Nothing}", "Nothing"),
    ("CodeUri: report", "CodeUri: nowhere", "nowhere"),
]
"""What is made of what in the template, and what has to be named then."""


def test_a_template_that_does_not_hold(pushed: Project) -> None:
    path = pushed.folder / "template.yaml"
    sound = path.read_text()
    for old, new, names in BROKEN:
        path.write_text(sound.replace(old, new, 1))
        told = pushed.run("sync", "dev", "--yes")
        assert told.code == 2, told.said
        assert "Traceback" not in told.said
        assert any(line.startswith("devserve: ") for line in told.stderr.splitlines()), told.stderr
        assert names in told.stderr
        assert not {"ExecuteChangeSet", "UpdateFunctionCode"} & set(pushed.proxy.names())
    path.write_text(sound)
    works_afterwards(pushed)


def test_a_change_set_that_aws_refuses_says_why(pushed: Project) -> None:
    pushed.edit("template.yaml", "\nOutputs:\n", "\n  Topic: {Type: AWS::SNS::Topic}\n\nOutputs:\n")
    why = "Template error: every Fn::Nothing is one too many"
    pushed.proxy.always("CreateChangeSet", faults.refused(400, "ValidationError", why))
    told = pushed.run("sync", "dev", "--yes")
    assert "Fn::Nothing" in told.complaint(2)
    works_afterwards(pushed)


def test_an_answer_that_is_none_of_aws(pushed: Project) -> None:
    """A proxy of the office, or an emulator that broke, answers with a page."""
    pushed.edit(*REPORT)
    page = faults.Answer(500, b"<!doctype html>\n<title>500</title>\n<p>no", {"Content-Type": "text/html"})
    pushed.proxy.always("DescribeStacks", faults.Replied(lambda call: page))
    pushed.run("sync", "dev", "--yes", seconds=120).complaint(4)
    works_afterwards(pushed)


def test_an_update_that_fails_afterwards_says_why(pushed: Project) -> None:
    """UpdateFunctionCode is taken, and its end is `Failed`."""
    import json

    from tests.live.aws_calls import Call

    why = "The function's layers cannot be read"

    def failed(call: Call) -> faults.Answer:
        name = call.path.split("/functions/")[1].split("/")[0]
        told = pushed.cloud.client("lambda").get_function_configuration(FunctionName=name)
        told.pop("ResponseMetadata")
        if name == pushed.functions["Report"] and pushed.proxy.count("UpdateFunctionConfiguration"):
            told |= {"LastUpdateStatus": "Failed", "LastUpdateStatusReason": why}
        return faults.Answer(200, json.dumps(told, default=str).encode())

    pushed.edit("template.yaml", "MemorySize: 128", "MemorySize: 192")
    assert pushed.functions
    for name in ("UpdateFunctionConfiguration", "GetFunctionConfiguration"):
        pushed.proxy.always(name, faults.Replied(failed))
    told = pushed.run("sync", "dev", "--yes")
    said = told.complaint(4)
    assert "Report" in said
    assert why in told.said
    works_afterwards(pushed)


def test_a_journal_that_is_damaged_is_not_trusted(pushed: Project) -> None:
    pushed.edit(*REPORT)
    for path in (pushed.folder / ".devserve" / "stages" / "dev").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\x00{half a line")
    ended = pushed.run("sync", "dev", "--yes", "--json")
    assert "Traceback" not in ended.said
    assert ended.code == 0, ended.said
    works_afterwards(pushed)


def test_a_journal_that_is_gone_costs_some_reads_and_nothing_else(pushed: Project) -> None:
    import shutil

    shutil.rmtree(pushed.folder / ".devserve")
    pushed.edit(*REPORT)
    ended = pushed.sync()
    assert ended.end["functions"] == ["Report"]
    assert ended.end["release"] == 2
    works_afterwards(pushed)
