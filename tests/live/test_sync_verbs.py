"""The other verbs of a stage as typed: status, logs, invoke --stage, rollback, delete, and the policy they need."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.live import faults
from tests.live.cloud import ACCOUNT, REGION, Cloud
from tests.live.deadline import eventually
from tests.live.packing import code_sha256, files_in
from tests.live.stage_answers import invoked
from tests.live.staged import STACK, Project

pytestmark = pytest.mark.live

REPORT = "report/report.py"


def second_release(project: Project) -> tuple[str, str]:
    """Pushes other code for `Report`; its hash before and after."""
    before = project.sha256("Report")
    project.edit(REPORT, "all is well", "all is very well")
    project.sync()
    return before, project.sha256("Report")


def test_status_says_what_the_stage_runs(pushed: Project) -> None:
    second_release(pushed)
    pushed.edit("template.yaml", "MemorySize: 128", "MemorySize: 192")
    pushed.sync()
    plain = pushed.run("status", "dev")
    assert plain.code == 0, plain.stderr
    for word in (STACK, ACCOUNT, REGION, "ListOrders", "PlaceOrder", "Report", "CREATE_COMPLETE"):
        assert word in plain.stdout, plain.stdout
    told = json.loads(pushed.run("status", "dev", "--json").stdout)
    assert (told["stage"], told["stack"], told["account"], told["region"]) == ("dev", STACK, ACCOUNT, REGION)
    assert (told["state"], told["release"]) == ("CREATE_COMPLETE", 3)
    functions = {one["logicalId"]: one for one in told["functions"]}
    assert functions.keys() == {"ListOrders", "PlaceOrder", "Report"}
    assert functions["Report"]["name"] == pushed.functions["Report"]
    assert functions["Report"]["codeSha256"] == pushed.sha256("Report")
    assert any("Report" in line for line in told["drift"]), told["drift"]
    assert any("execute-api" in url for url in told["urls"].values())


def test_status_writes_nothing(pushed: Project) -> None:
    assert pushed.run("status", "dev").code == 0
    assert pushed.proxy.writes() == []


def test_status_of_a_stage_that_is_not_there(shop: Project) -> None:
    told = shop.run("status", "dev")
    assert STACK in told.complaint(4)


def write_log(cloud: Cloud, function: str, lines: list[tuple[int, str]]) -> None:
    """`lines` with milliseconds before now."""
    logs = cloud.client("logs")
    group, now = f"/aws/lambda/{function}", int(time.time() * 1000)
    if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="2026/11/22/[$LATEST]abc")
    events: list[dict[str, Any]] = [{"timestamp": now - before, "message": text} for before, text in lines]
    logs.put_log_events(logGroupName=group, logStreamName="2026/11/22/[$LATEST]abc", logEvents=events)


def test_logs_of_all_functions_are_one_stream_in_order(pushed: Project) -> None:
    write_log(pushed.cloud, pushed.functions["ListOrders"], [(30_000, "listing one"), (10_000, "listing two")])
    write_log(pushed.cloud, pushed.functions["Report"], [(3_600_000, "an old one"), (20_000, "making the report")])
    told = pushed.run("logs", "dev", "--json")
    assert told.code == 0, told.stderr
    events = [(event["source"], event["message"].rstrip("\n")) for event in told.of("cloudLog")]
    assert events == [("ListOrders", "listing one"), ("Report", "making the report"), ("ListOrders", "listing two")]
    plain = pushed.run("logs", "dev", "--since", "2h")
    assert plain.code == 0, plain.stderr
    lines = plain.stdout.splitlines()
    assert len(lines) == 4, plain.stdout
    assert "an old one" in lines[0]
    assert "Report" in lines[0]
    filtered = pushed.run("logs", "dev", "--filter", "report", "--json")
    assert [event["message"].rstrip("\n") for event in filtered.of("cloudLog")] == ["making the report"]
    named = pushed.run("logs", "dev", "Report", "--json")
    assert {event["source"] for event in named.of("cloudLog")} == {"Report"}


def test_logs_with_tail_go_on_until_stopped(pushed: Project) -> None:
    import signal

    write_log(pushed.cloud, pushed.functions["Report"], [(1000, "before")])
    with pushed.started("logs", "dev", "--tail", "--json") as tail:
        tail.wait_for("cloudLog")
        write_log(pushed.cloud, pushed.functions["Report"], [(0, "after")])
        assert tail.wait_for("cloudLog", 2)["message"].rstrip("\n") == "after"
        tail.process.send_signal(signal.SIGINT)
        assert tail.wait().code in (0, 130)
        assert "Traceback" not in tail.stderr


def test_invoke_runs_the_function_of_the_stage(pushed: Project) -> None:
    seen: list[Any] = []

    def answer(call: Any) -> faults.Answer:
        seen.append((call.path, call.body))
        return invoked({"came": "from the cloud"}, "working in the cloud")

    pushed.proxy.always("Invoke", faults.Replied(answer))
    told = pushed.run("invoke", "Report", "--stage", "dev", "--payload", '{"a": 1}')
    assert told.code == 0, told.stderr
    assert json.loads(told.stdout) == {"came": "from the cloud"}
    for part in ("START RequestId: ", "working in the cloud", "END RequestId: ", "REPORT RequestId: "):
        assert part in told.stderr
    ((path, body),) = seen
    assert pushed.functions["Report"] in path
    assert json.loads(body) == {"a": 1}
    as_object = json.loads(pushed.run("invoke", "Report", "--stage", "dev", "--json").stdout)
    assert as_object["payload"] == {"came": "from the cloud"}
    assert any("working in the cloud" in line for line in as_object["logs"])
    assert as_object["report"]["memorySizeMB"] == 128
    assert pushed.proxy.writes() == []


def test_a_function_that_failed_in_the_stage_is_exit_code_1(pushed: Project) -> None:
    failed = invoked({"errorMessage": "no", "errorType": "ValueError"}, "trying", error="Unhandled")
    pushed.proxy.always("Invoke", faults.Replied(lambda call: failed))
    told = pushed.run("invoke", "Report", "--stage", "dev")
    assert told.code == 1
    assert json.loads(told.stdout)["errorType"] == "ValueError"


def test_rollback_brings_the_code_back_in_one_call_a_function(pushed: Project) -> None:
    first, second = second_release(pushed)
    assert first != second
    pushed.proxy.forget()
    back = pushed.run("rollback", "dev", "--yes", "--json")
    assert back.code == 0, back.stderr
    assert pushed.proxy.count("UpdateFunctionCode") == 1
    assert pushed.sha256("Report") == first
    assert back.end["ok"] is True
    assert back.end["release"] == 3
    assert back.end["functions"] == ["Report"]
    assert "CreateChangeSet" not in pushed.proxy.names()


def test_after_a_rollback_the_next_sync_pushes_what_is_here(pushed: Project) -> None:
    _, second = second_release(pushed)
    assert pushed.run("rollback", "dev", "--yes").code == 0
    ended = pushed.sync()
    assert ended.plan == [("upload_code", "Report")]
    assert pushed.sha256("Report") == second
    assert ended.end["release"] == 4


def test_rollback_to_a_numbered_release(pushed: Project) -> None:
    first, _ = second_release(pushed)
    pushed.edit(REPORT, "all is very well", "all is best")
    pushed.sync()
    told = pushed.run("rollback", "dev", "--to", "1", "--yes", "--json")
    assert told.code == 0, told.stderr
    assert pushed.sha256("Report") == first
    forward = pushed.run("rollback", "dev", "--to", "3", "--yes", "--json")
    assert forward.code == 0, forward.stderr
    record = pushed.cloud.client("s3").get_object(Bucket=pushed.buckets[0], Key=f"{STACK}/releases/000003.json")
    assert pushed.sha256("Report") in record["Body"].read().decode()


def test_rollback_of_a_function_with_an_alias_moves_the_alias(pushed: Project) -> None:
    before = pushed.sha256("ListOrders")
    pushed.edit("orders/listing.py", '"listing"', '"listing now"')
    pushed.sync()
    back = pushed.run("rollback", "dev", "--yes", "--json")
    assert back.code == 0, back.stderr
    name = pushed.functions["ListOrders"]
    live = pushed.cloud.client("lambda").get_function_configuration(FunctionName=name, Qualifier="live")
    assert live["CodeSha256"] == before


def test_rollback_to_nowhere(pushed: Project) -> None:
    pushed.proxy.forget()
    for options in (("--to", "9"), ()):
        told = pushed.run("rollback", "dev", "--yes", *options)
        assert told.complaint(2)
    assert pushed.proxy.count("UpdateFunctionCode") == 0


def test_delete_asks_first(pushed: Project) -> None:
    told = pushed.run("delete", "dev")
    assert "--yes" in told.complaint(2)
    assert pushed.proxy.writes() == []
    assert pushed.functions.keys() == {"ListOrders", "PlaceOrder", "Report"}


def test_delete_says_what_goes_and_takes_it_down(pushed: Project) -> None:
    second_release(pushed)
    (bucket,) = pushed.buckets
    told = pushed.run("delete", "dev", "--yes")
    assert told.code == 0, told.stderr
    for word in (STACK, "Report", bucket):
        assert word in told.stdout, told.stdout
    assert pushed.cloud.client("lambda").list_functions()["Functions"] == []
    assert pushed.cloud.client("apigateway").get_rest_apis()["items"] == []
    if bucket in pushed.buckets:
        assert [key for key in pushed.objects(bucket) if key.startswith(f"{STACK}/")] == []
    again = pushed.sync()
    assert again.end["release"] >= 1
    assert pushed.stack_status == "CREATE_COMPLETE"
    assert "all is very well" in files_in(_code(pushed, "Report"))["report.py"]


def _code(project: Project, function: str) -> bytes:
    """The zip that a function runs, from the bucket: stacks only take it from there."""
    for bucket in project.buckets:
        for key in project.objects(bucket):
            content: bytes = project.cloud.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
            if code_sha256(content) == project.sha256(function):
                return content
    raise AssertionError("no object has that hash")


def test_delete_leaves_a_bucket_with_objects_of_others_and_says_so(pushed: Project) -> None:
    (bucket,) = pushed.buckets
    pushed.cloud.client("s3").put_object(Bucket=bucket, Key="photos/cat.jpg", Body=b"meow")
    told = pushed.run("delete", "dev", "--yes")
    assert told.code == 0, told.stderr
    assert bucket in told.said
    assert pushed.objects(bucket) == ["photos/cat.jpg"]


def test_delete_of_what_is_not_there(shop: Project) -> None:
    told = shop.run("delete", "dev", "--yes")
    assert STACK in told.complaint(4)


def test_the_policy_is_of_the_least_that_is_needed(shop: Project) -> None:
    told = shop.run("sync", "dev", "--print-policy")
    assert told.code == 0, told.stderr
    policy = json.loads(told.stdout)
    assert policy["Version"] == "2012-10-17"
    actions: set[str] = set()
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        listed = statement["Action"]
        actions |= {listed} if isinstance(listed, str) else set(listed)
    assert {"lambda:UpdateFunctionCode", "cloudformation:DescribeStacks", "s3:PutObject"} <= actions
    assert not {"*", "lambda:*", "s3:*", "iam:*", "cloudformation:*"} & actions
    assert STACK in told.stdout
    assert shop.proxy.writes() == []


def test_every_call_that_is_made_is_in_the_policy(shop: Project) -> None:
    """What the policy lists is what a push really does: first sync, code, configuration, layer, state machine."""
    policy = json.loads(shop.run("sync", "dev", "--print-policy").stdout)
    shop.sync()
    made = {(call.service, call.operation) for call in shop.proxy.calls}
    shop.edit(REPORT, "all is well", "all is very well")
    shop.edit("layers/shared/python/shop.py", "The Corner Shop", "The Other Shop")
    shop.edit("template.yaml", "ReservedConcurrentExecutions: 5", "ReservedConcurrentExecutions: 7")
    shop.edit("flows/fulfil.asl.json", "An order on its way", "An order on its slow way")
    shop.sync()
    made |= {(call.service, call.operation) for call in shop.proxy.calls}
    allowed = {
        action
        for statement in policy["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    missing = sorted(
        action for service, operation in made if (action := _action(service, operation)) and not _in(action, allowed)
    )
    assert missing == []


NEEDS_NO_PERMISSION = {"GetCallerIdentity"}
S3_ACTIONS = {
    "HeadBucket": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
    "PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "DeleteObjects": "s3:DeleteObject",
}
"""Actions that are not called like their operation (AWS, Service Authorization Reference)."""


def _action(service: str, operation: str) -> str:
    if operation in NEEDS_NO_PERMISSION:
        return ""
    if service == "s3":
        return S3_ACTIONS.get(operation, f"s3:{operation}")
    if service == "apigateway":
        return {"P": "apigateway:PUT", "C": "apigateway:POST", "G": "apigateway:GET"}.get(operation[0], operation)
    if (service, operation) == ("lambda", "ListFunctions"):
        return "lambda:ListFunctions"
    return f"{service}:{operation}"


def _in(action: str, allowed: set[str]) -> bool:
    import fnmatch

    return any(fnmatch.fnmatchcase(action, each) for each in allowed)


def test_a_tail_beside_a_push(pushed: Project) -> None:
    """`sync --watch --tail`: what the stage writes is told while files are watched."""
    import signal

    with pushed.started("sync", "dev", "--watch", "--tail", "--json", "--yes") as watching:
        watching.wait_for("sync")

        def told() -> bool:
            write_log(pushed.cloud, pushed.functions["Report"], [(0, "told in the cloud")])
            return bool(watching.facts("cloudLog"))

        eventually(told, seconds=20, what=f"a log event\n{watching.stderr}")
        assert watching.wait_for("cloudLog")["source"] == "Report"
        watching.process.send_signal(signal.SIGINT)
        assert watching.wait().code in (0, 130)
