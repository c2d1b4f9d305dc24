"""`devserve sync STAGE` as typed, against a cloud over HTTP: what is pushed, by which calls, what is there after."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import projects
from tests.live.cloud import ACCOUNT, CREDENTIALS, REGION, Cloud
from tests.live.devserver import write
from tests.live.fault_proxy import FaultProxy
from tests.live.packing import code_sha256, files_in
from tests.live.staged import STACK, Ended, Project

pytestmark = pytest.mark.live

FUNCTIONS = {"ListOrders", "PlaceOrder", "Report"}
READS = 1 + len(FUNCTIONS)
"""The most calls to know what is there: the stack, and the functions one by one while they are few."""
REPORT = ("report/report.py", "all is well", "all is very well")
MEMORY = ("template.yaml", "MemorySize: 128", "MemorySize: 192")
EXTRA = """
  Extra:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: report
      Handler: report.handler

Outputs:
"""


def stack_calls(project: Project) -> list[str]:
    """Writes to the stack itself."""
    return [name for name in project.proxy.writes() if name.startswith("cloudformation.")]


def kinds(ended: Ended) -> list[str]:
    return [kind for kind, _ in ended.plan]


def test_the_first_sync_makes_the_stack_and_says_where_before_it_writes(shop: Project) -> None:
    first = shop.sync()
    stage = first.of("stage")[0]
    assert (stage["account"], stage["region"], stage["stack"], stage["stage"]) == (ACCOUNT, REGION, STACK, "dev")
    # Packages are made meanwhile: that writes nothing in the cloud.
    assert first.facts.index(stage) < min(
        first.facts.index(step) for step in first.of("step") if step["kind"] != "package"
    )
    assert kinds(first)[-1] == "deploy_stack" or "deploy_stack" in kinds(first)
    assert first.end["release"] == 1
    assert first.end["stack"] is True
    assert set(first.end["functions"]) == FUNCTIONS
    assert any(url.startswith("https://") and url.rstrip("/").endswith("/dev") for url in first.end["urls"])
    assert shop.stack_status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    assert shop.functions.keys() == FUNCTIONS
    assert shop.configuration("ListOrders")["Environment"]["Variables"]["TABLE"] == "orders-dev"
    assert shop.configuration("PlaceOrder")["MemorySize"] == 512
    assert (shop.folder / ".devserve" / "stages" / "dev").is_dir()


def test_the_bucket_is_made_private_encrypted_and_cleans_up(pushed: Project) -> None:
    (bucket,) = pushed.buckets
    s3 = pushed.cloud.client("s3")
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == REGION
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]["Status"] == "Enabled"
    keys = pushed.objects(bucket)
    assert all(key.startswith(f"{STACK}/") for key in keys), keys
    assert f"{STACK}/releases/000001.json" in keys


def test_the_bucket_that_the_stage_names_is_used_and_no_other_made(shop: Project) -> None:
    shop.cloud.client("s3").create_bucket(
        Bucket="shop-artifacts", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    shop.edit("devserve.toml", "[stages.dev]\n", '[stages.dev]\ns3_bucket = "shop-artifacts"\n')
    shop.sync()
    assert shop.buckets == ["shop-artifacts"]
    assert shop.objects("shop-artifacts")


def test_what_has_not_changed_is_a_few_reads_and_no_write(pushed: Project) -> None:
    again = pushed.sync()
    assert pushed.proxy.writes() == []
    assert len(pushed.proxy.calls) <= READS, pushed.proxy.names()
    assert again.plan == []
    end = again.end
    assert (end["calls"], end["writes"], end["release"]) == (len(pushed.proxy.calls), 0, 0)
    assert end["functions"] == []


def test_of_fifty_functions_one_changed_file_is_at_most_six_calls(
    tmp_path: Path, proxy: FaultProxy, cloud: Cloud
) -> None:
    folder, home = tmp_path / "project", tmp_path / "home"
    home.mkdir()
    fifty = Project(write(folder, projects.staged(proxy.address)), home, proxy, cloud)
    first = fifty.sync()
    assert len(first.end["functions"]) == 50
    unchanged = fifty.sync()
    assert proxy.names() == ["DescribeStacks", "ListFunctions"]
    assert unchanged.end["writes"] == 0
    fifty.edit("fn7/app.py", "hello from 7", "hello again from 7")
    changed = fifty.sync()
    assert changed.plan == [("upload_code", "Fn7")]
    assert proxy.count("UpdateFunctionCode") == 1
    assert len(proxy.calls) <= 6, proxy.names()
    name = cloud.client("cloudformation").describe_stack_resource(StackName="bench-dev", LogicalResourceId="Fn7")
    told = cloud.client("lambda").get_function_configuration(
        FunctionName=name["StackResourceDetail"]["PhysicalResourceId"]
    )
    sent = json.loads(proxy.of("UpdateFunctionCode")[0].body)
    assert told["CodeSha256"] == code_sha256(base64.b64decode(sent["ZipFile"]))


def test_new_code_is_one_update(pushed: Project) -> None:
    before = {name: pushed.sha256(name) for name in FUNCTIONS}
    pushed.edit(*REPORT)
    ended = pushed.sync()
    assert pushed.proxy.count("UpdateFunctionCode") == 1
    assert pushed.proxy.count("UpdateFunctionConfiguration") == 0
    assert len(pushed.proxy.calls) <= READS + 3, pushed.proxy.names()
    assert ended.end["calls"] == len(pushed.proxy.calls)
    assert stack_calls(pushed) == []
    assert ended.plan == [("upload_code", "Report")]
    assert ended.end["functions"] == ["Report"]
    assert ended.end["release"] == 2
    zipped = pushed.pushed_code("Report")
    assert "all is very well" in files_in(zipped)["report.py"]
    assert pushed.sha256("Report") == code_sha256(zipped) != before["Report"]
    assert {name: pushed.sha256(name) for name in ("ListOrders", "PlaceOrder")} == {
        name: before[name] for name in ("ListOrders", "PlaceOrder")
    }


def test_a_function_with_an_alias_gets_a_version_and_the_alias_moves(pushed: Project) -> None:
    pushed.edit("orders/listing.py", '"listing"', '"listing now"')
    ended = pushed.sync()
    assert [kind for kind, subject in ended.plan if subject == "ListOrders"][:2] == ["upload_code", "publish_version"]
    assert "update_alias" in kinds(ended)
    for name, count in (("UpdateFunctionCode", 2), ("PublishVersion", 1), ("UpdateAlias", 1)):
        assert pushed.proxy.count(name) == count, pushed.proxy.names()
    assert stack_calls(pushed) == []
    functions = pushed.cloud.client("lambda")
    alias = functions.get_alias(FunctionName=pushed.functions["ListOrders"], Name="live")
    assert alias["FunctionVersion"] == "2"
    live = functions.get_function_configuration(FunctionName=pushed.functions["ListOrders"], Qualifier="live")
    assert live["CodeSha256"] == code_sha256(pushed.pushed_code("ListOrders"))
    pushed.sync()
    assert pushed.proxy.writes() == []


def test_memory_is_one_update_of_the_configuration(pushed: Project) -> None:
    pushed.edit(*MEMORY)
    ended = pushed.sync()
    assert ended.plan == [("update_config", "Report")]
    assert pushed.proxy.count("UpdateFunctionConfiguration") == 1
    assert pushed.proxy.count("UpdateFunctionCode") == 0
    assert stack_calls(pushed) == []
    assert len(pushed.proxy.calls) <= READS + 3, pushed.proxy.names()
    (step,) = ended.of("plan")[0]["steps"]
    assert "128" in step["what"]
    assert "192" in step["what"]
    assert pushed.configuration("Report")["MemorySize"] == 192
    pushed.sync()
    assert pushed.proxy.writes() == []


def test_the_environment_is_one_update_and_its_values_are_told_nowhere(pushed: Project) -> None:
    added = "MemorySize: 128\n      Environment: {Variables: {TOKEN: hunter2-of-the-shop, TABLE: !Ref TableName}}"
    pushed.edit("template.yaml", "MemorySize: 128", added)
    ended = pushed.sync()
    assert ended.plan == [("update_config", "Report")]
    variables = pushed.configuration("Report")["Environment"]["Variables"]
    assert variables == {"TABLE": "orders-dev", "TOKEN": "hunter2-of-the-shop"}
    assert "hunter2" not in ended.said
    assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in ended.said


def test_handler_and_timeout_go_with_the_code_that_needs_them(pushed: Project) -> None:
    (pushed.folder / "report" / "better.py").write_text("from report import handler\n")
    pushed.edit(
        "template.yaml",
        "Handler: report.handler\n      MemorySize: 128",
        "Handler: better.handler\n      Timeout: 20\n      MemorySize: 256",
    )
    ended = pushed.sync()
    assert sorted(kinds(ended)) == ["update_config", "upload_code"]
    now = pushed.configuration("Report")
    assert (now["Handler"], now["Timeout"], now["MemorySize"]) == ("better.handler", 20, 256)
    assert "better.py" in files_in(pushed.pushed_code("Report"))
    assert pushed.proxy.count("UpdateFunctionConfiguration") == 1
    assert stack_calls(pushed) == []


def test_reserved_concurrency_has_a_call_of_its_own_and_can_be_taken_away(pushed: Project) -> None:
    name = pushed.functions["PlaceOrder"]
    functions = pushed.cloud.client("lambda")
    pushed.edit("template.yaml", "ReservedConcurrentExecutions: 5", "ReservedConcurrentExecutions: 7")
    assert pushed.sync().plan == [("update_concurrency", "PlaceOrder")]
    assert pushed.proxy.count("PutFunctionConcurrency") == 1
    assert functions.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 7
    pushed.edit("template.yaml", "      ReservedConcurrentExecutions: 7\n", "")
    assert pushed.sync().plan == [("update_concurrency", "PlaceOrder")]
    assert pushed.proxy.count("DeleteFunctionConcurrency") == 1
    assert "ReservedConcurrentExecutions" not in functions.get_function_concurrency(FunctionName=name)
    assert stack_calls(pushed) == []


def test_async_configuration_has_a_call_of_its_own(pushed: Project) -> None:
    pushed.edit("template.yaml", "MaximumRetryAttempts: 1", "MaximumRetryAttempts: 0")
    ended = pushed.sync()
    assert kinds(ended) == ["update_async_config"]
    assert pushed.proxy.count("PutFunctionEventInvokeConfig") == 1
    assert stack_calls(pushed) == []
    told = pushed.cloud.client("lambda").get_function_event_invoke_config(FunctionName=pushed.functions["Report"])
    assert (told["MaximumRetryAttempts"], told["MaximumEventAgeInSeconds"]) == (0, 300)


def test_a_layer_is_a_new_version_and_its_functions_take_it(pushed: Project) -> None:
    pushed.edit("layers/shared/python/shop.py", "The Corner Shop", "The Other Shop")
    ended = pushed.sync()
    assert pushed.proxy.count("PublishLayerVersion") == 1
    assert pushed.proxy.count("UpdateFunctionConfiguration") == 3
    assert pushed.proxy.count("UpdateFunctionCode") == 0
    assert stack_calls(pushed) == []
    assert kinds(ended)[0] == "update_layer"
    assert [layer[:6] for layer in ended.end["layers"]] == ["Shared"]
    assert set(ended.end["functions"]) == FUNCTIONS
    for name in FUNCTIONS:
        assert [layer["Arn"].rpartition(":")[2] for layer in pushed.configuration(name)["Layers"]] == ["2"]
    published = pushed.cloud.client("lambda").list_layer_versions(LayerName="shop-shared")["LayerVersions"]
    assert [one["Version"] for one in published] in ([2, 1], [1, 2])
    pushed.sync()
    assert pushed.proxy.writes() == []


def test_the_body_of_an_api_is_put_and_deployed(pushed: Project) -> None:
    old = "{RestApiId: !Ref Shop, Method: GET, Path: /orders}"
    new = "{RestApiId: !Ref Shop, Method: GET, Path: /orders, RequestParameters: [method.request.querystring.page]}"
    pushed.edit("template.yaml", old, new)
    ended = pushed.sync()
    assert ended.plan == [("update_api", "Shop")]
    assert pushed.proxy.count("PutRestApi") == 1
    assert pushed.proxy.count("CreateDeployment") == 1
    assert stack_calls(pushed) == []
    assert ended.end["apis"] == ["Shop"]
    (call,) = pushed.proxy.of("PutRestApi")
    assert call.query["mode"] == "overwrite"
    body = json.loads(call.body)
    assert set(body["paths"]) == {"/orders", "/orders/{id}", "/report"}
    assert "page" in json.dumps(body["paths"]["/orders"]["get"])
    assert pushed.functions["ListOrders"] in json.dumps(body), "intrinsics are replaced by what the stage has"
    assert json.loads(pushed.proxy.of("CreateDeployment")[0].body)["stageName"] == "dev"
    pushed.sync()
    assert pushed.proxy.writes() == []


def test_a_state_machine_gets_its_definition_with_the_arns_in_it(pushed: Project) -> None:
    pushed.edit("flows/fulfil.asl.json", "An order on its way", "An order on its slow way")
    ended = pushed.sync()
    assert ended.plan == [("update_state_machine", "Fulfil")]
    assert pushed.proxy.count("UpdateStateMachine") == 1
    assert stack_calls(pushed) == []
    told = pushed.cloud.client("stepfunctions").describe_state_machine(stateMachineArn=pushed.names["Fulfil"])
    definition = json.loads(told["definition"])
    assert definition["Comment"] == "An order on its slow way"
    assert definition["States"]["Place"]["Resource"].endswith(f":function:{pushed.functions['PlaceOrder']}")


def test_a_new_resource_is_a_change_set_that_is_shown(pushed: Project) -> None:
    pushed.edit("template.yaml", "\nOutputs:\n", EXTRA)
    ended = pushed.sync()
    assert "deploy_stack" in kinds(ended)
    (deploy,) = [step for step in ended.of("plan")[0]["steps"] if step["kind"] == "deploy_stack"]
    assert "Extra" in json.dumps(deploy)
    calls = pushed.proxy.names()
    assert calls.index("CreateChangeSet") < calls.index("DescribeChangeSet") < calls.index("ExecuteChangeSet")
    assert pushed.stack_status == "UPDATE_COMPLETE"
    assert pushed.sha256("Extra") == pushed.sha256("Report")
    pushed.sync()
    assert pushed.proxy.writes() == []


def test_a_replacement_is_asked_for_and_nothing_is_done_without_an_answer(pushed: Project) -> None:
    pushed.edit("template.yaml", "      CodeUri: report\n", "      CodeUri: report\n      FunctionName: the-report\n")
    asked = pushed.run("sync", "dev", "--json")
    said = asked.complaint(2)
    assert "Report" in asked.said
    assert "--yes" in said
    assert pushed.proxy.count("ExecuteChangeSet") == 0
    assert pushed.names["Report"] == pushed.functions["Report"]
    pushed.sync()
    assert pushed.names["Report"] == "the-report"


def test_a_removal_is_asked_for(pushed: Project) -> None:
    text = (pushed.folder / "template.yaml").read_text()
    start, end = text.index("  Fulfil:\n"), text.index("Outputs:\n")
    (pushed.folder / "template.yaml").write_text(text[:start] + text[end:])
    asked = pushed.run("sync", "dev", "--json")
    asked.complaint(2)
    assert "Fulfil" in asked.said
    assert "Fulfil" in pushed.names
    pushed.sync()
    assert "Fulfil" not in pushed.names


def test_drift_is_recorded_and_gone_with_the_next_stack_deploy(pushed: Project) -> None:
    pushed.edit(*MEMORY)
    drifted = pushed.sync()
    assert any("Report" in line for line in drifted.of("plan")[0]["drift"]), drifted.of("plan")
    pushed.edit("template.yaml", "\nOutputs:\n", EXTRA)
    pushed.sync()
    assert pushed.configuration("Report")["MemorySize"] == 192
    told = pushed.run("status", "dev", "--json")
    assert json.loads(told.stdout)["drift"] == []


def test_a_dry_run_shows_the_plan_and_writes_nothing(shop: Project) -> None:
    before = shop.run("sync", "dev", "--dry-run", "--json")
    assert before.code == 0, before.stderr
    assert ("deploy_stack", STACK) in before.plan or "deploy_stack" in kinds(before)
    assert before.of("plan")[0]["dry"] is True
    assert shop.proxy.writes() == []
    assert shop.buckets == []
    shop.sync()
    shop.edit(*REPORT)
    shop.edit(*MEMORY)
    shop.proxy.forget()
    plain = shop.run("sync", "dev", "--dry-run")
    assert plain.code == 0, plain.stderr
    assert "Report: " in plain.stdout
    assert "of 250 MB" in plain.stdout, "the size report"
    lines = [line for line in plain.stdout.splitlines() if "Report" in line]
    assert lines, plain.stdout
    assert re.search(r"\b2 write calls\b", plain.stdout), plain.stdout
    assert shop.proxy.writes() == []
    assert shop.sync().end["release"] == 2


def test_only_code_is_pushed_when_only_code_is_wanted(pushed: Project) -> None:
    pushed.edit(*REPORT)
    pushed.edit(*MEMORY)
    pushed.edit("template.yaml", "\nOutputs:\n", EXTRA)
    ended = pushed.sync("--code-only")
    assert ended.plan == [("upload_code", "Report")]
    assert pushed.configuration("Report")["MemorySize"] == 128
    assert "Extra" not in pushed.names
    later = pushed.sync()
    assert "upload_code" not in kinds(later) or "deploy_stack" in kinds(later)
    assert pushed.configuration("Report")["MemorySize"] == 192
    assert "Extra" in pushed.names


def test_the_facts_say_how_each_step_went(pushed: Project) -> None:
    pushed.edit(*REPORT)
    ended = pushed.sync()
    assert {fact["type"] for fact in ended.facts} >= {"stage", "plan", "step", "sync"}
    order = [fact["type"] for fact in ended.facts]
    assert order.index("stage") < order.index("plan") < len(order) - 1 - order[::-1].index("step") < len(order) - 1
    (last,) = [fact for fact in ended.of("step") if fact["kind"] == "upload_code" and fact["done"]]
    assert (last["subject"], last["state"]) == ("Report", "done")
    (planned,) = ended.of("plan")[0]["steps"]
    assert planned["reason"]
    assert planned["calls"] >= 1
    assert ended.of("stage")[0]["release"] == 1


SUMMARY = re.compile(r"(\d+) functions?(, \d+ layers?)?.*: (\d+) calls, \d+(\.\d+)? s")


def test_plain_lines_without_a_terminal_end_with_the_summary(pushed: Project) -> None:
    pushed.edit("layers/shared/python/shop.py", "The Corner Shop", "The Other Shop")
    pushed.edit(*REPORT)
    pushed.proxy.forget()
    ended = pushed.run("sync", "dev")
    assert ended.code == 0, ended.stderr
    assert "\x1b" not in ended.said
    assert "\r" not in ended.said
    (found,) = [match for line in ended.stdout.splitlines() if (match := SUMMARY.search(line))]
    assert found[0].startswith("3 functions, 1 layer"), found[0]
    assert int(found[3]) == len(pushed.proxy.calls)
    assert ACCOUNT in ended.stdout
    assert REGION in ended.stdout
    assert "Traceback" not in ended.said
    unchanged = pushed.run("sync", "dev")
    assert unchanged.code == 0
    assert re.search(r"\b[2-4] calls\b", unchanged.stdout), unchanged.stdout
    assert re.search(r"unchanged|nothing|up to date", unchanged.stdout, re.IGNORECASE), unchanged.stdout


def test_the_first_sync_needs_a_yes_which_is_remembered(shop: Project) -> None:
    refused = shop.run("sync", "dev")
    assert "--yes" in refused.complaint(2)
    assert shop.proxy.writes() == []
    shop.sync()
    shop.edit(*REPORT)
    assert shop.run("sync", "dev").code == 0


def test_a_person_is_asked_once(shop: Project) -> None:
    no = typed(shop, "n\n")
    assert no[0] == 2, no[1]
    assert shop.proxy.writes() == []
    yes = typed(shop, "y\n")
    assert yes[0] == 0, yes[1]
    assert "development" in yes[1]
    shop.edit(*REPORT)
    again = typed(shop, "")
    assert again[0] == 0, again[1]
    assert "development" not in again[1]


def typed(project: Project, answer: str) -> tuple[int, str]:
    """`devserve sync dev` at a terminal: exit code and what was to be seen."""
    import os
    import pty
    import subprocess

    from tests.live.devserver import command

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("sync", "dev"), cwd=project.folder, env=project.environ(), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    os.write(ours, answer.encode())
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    return process.wait(30), seen.decode("utf-8", "replace")


def test_a_protected_stage_is_never_pushed_to(shop: Project) -> None:
    for options in ((), ("--yes",)):
        refused = shop.run("sync", "prod", *options)
        assert "prod" in refused.complaint(2)
    assert shop.proxy.calls == []


def test_what_is_too_big_for_the_call_goes_through_the_bucket(pushed: Project) -> None:
    import os

    (pushed.folder / "report" / "model.bin").write_bytes(os.urandom(51 * 1024 * 1024))
    pushed.sync()
    (call,) = pushed.proxy.of("UpdateFunctionCode")
    said = json.loads(call.body)
    assert "ZipFile" not in said
    assert said["S3Bucket"] == pushed.buckets[0]
    assert code_sha256(pushed.pushed_code("Report")) == pushed.sha256("Report")


def test_a_stage_of_samconfig_is_pushed_to_as_well(shop: Project) -> None:
    (shop.folder / "devserve.toml").unlink()
    (shop.folder / "samconfig.toml").write_text(
        "version = 0.1\n[dev.deploy.parameters]\n"
        'stack_name = "shop-dev"\nregion = "eu-west-2"\ncapabilities = "CAPABILITY_IAM"\n'
        'parameter_overrides = "TableName=orders-of-sam"\nresolve_s3 = true\n'
    )
    shop.sync(AWS_ENDPOINT_URL=shop.proxy.address)
    assert shop.stack_status == "CREATE_COMPLETE"
    assert shop.configuration("Report")["Environment"]["Variables"]["TABLE"] == "orders-of-sam"


def test_nothing_secret_is_kept_in_the_project(pushed: Project) -> None:
    pushed.edit(*REPORT)
    pushed.sync()
    for path in (pushed.folder / ".devserve").rglob("*"):
        if path.is_file():
            assert_no_secret(path)
    record = pushed.cloud.client("s3").get_object(Bucket=pushed.buckets[0], Key=f"{STACK}/releases/000002.json")
    told: Any = json.loads(record["Body"].read())
    assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in json.dumps(told)


def assert_no_secret(path: Path) -> None:
    content = path.read_bytes()
    for secret in CREDENTIALS.values():
        if len(secret) > 10:
            assert secret.encode() not in content, path
