"""What a push reads of AWS and writes to it, call by call: real boto3 over HTTP, with faults in between."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.package import Package
from localstack_lite.model.stage import Stage
from localstack_lite.sync.aws import Reader
from localstack_lite.sync.doors import StackProgress, Superseded, Taken
from localstack_lite.sync.release import Code, Release, ReleaseState
from localstack_lite.sync.session import Session
from localstack_lite.sync.steps import (
    DeployStack,
    NewLayer,
    PublishVersion,
    PushImage,
    UpdateAlias,
    UpdateApi,
    UpdateAsyncConfig,
    UpdateConcurrency,
    UpdateConfig,
    UpdateLayer,
    UpdateStateMachine,
    UploadCode,
    UploadObject,
)
from localstack_lite.sync.writer import Writer
from tests.live import faults
from tests.live.cloud import ACCOUNT, REGION, Cloud, environ
from tests.live.fault_proxy import FaultProxy

pytestmark = pytest.mark.live

ROLE = f"arn:aws:iam::{ACCOUNT}:role/hands"
E = TypeVar("E", RemoteError, UserError, Superseded, Taken)
OURS = f"devserve-artifacts-{ACCOUNT}-{REGION}"


@pytest.fixture(autouse=True)
def _credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name, value in environ().items():
        monkeypatch.setenv(name, value)


class Moves:
    """What a step told. Safe for threads, as lists are."""

    def __init__(self) -> None:
        self.states: list[str] = []
        self.sent: list[tuple[int, int]] = []

    def __call__(
        self,
        kind: str,
        subject: str,
        state: str,
        sent: int = 0,
        size: int = 0,
        details: tuple[str, ...] = (),
        done: bool = False,
    ) -> None:
        self.states.append(state)
        self.sent.append((sent, size))


@pytest.fixture
def moved() -> Moves:
    return Moves()


@pytest.fixture
def stage(proxy: FaultProxy) -> Stage:
    return Stage("dev", "shop-dev", region=REGION, endpoint_url=proxy.address)


@pytest.fixture
def session(stage: Stage) -> Iterator[Session]:
    made = Session(stage)
    yield made
    made.close()


@pytest.fixture
def reader(session: Session) -> Reader:
    return Reader(session)


@pytest.fixture
def writer(session: Session) -> Writer:
    return Writer(session)


@contextmanager
def fails(kind: type[E], said: str) -> Iterator[pytest.ExceptionInfo[E]]:
    """With an error of that kind whose place and words have `said` in them."""
    with pytest.raises(kind) as caught:
        yield caught
    assert said in words(caught.value)


def words(error: RemoteError | UserError) -> str:
    return f"{error.where}: {error.what}"


def zipped(text: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), text)
    return target.getvalue()


def sha_of(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def package(folder: Path, content: bytes, name: str = "code.zip") -> Package:
    file = folder / name
    file.write_bytes(content)
    return Package("Orders", sha_of(content), file, size=len(content))


def a_function(cloud: Cloud, name: str = "orders", code: str = "one") -> Any:
    iam = cloud.client("iam")
    if not any(role["RoleName"] == "hands" for role in iam.list_roles()["Roles"]):
        iam.create_role(RoleName="hands", AssumeRolePolicyDocument="{}")
    return cloud.client("lambda").create_function(
        FunctionName=name, Runtime="python3.12", Role=ROLE, Handler="app.handler", Code={"ZipFile": zipped(code)}
    )


def revision(cloud: Cloud, name: str = "orders") -> str:
    return str(cloud.client("lambda").get_function_configuration(FunctionName=name)["RevisionId"])


def template(*queues: str, **more: Any) -> dict[str, Any]:
    return {"Resources": {name: {"Type": "AWS::SQS::Queue", **more} for name in queues}}


def deploy(made: dict[str, Any], *, create: bool = True, **more: Any) -> DeployStack:
    return DeployStack("shop-dev", "it is new", create, made, **more)


def pushed(writer: Writer, stage: Stage, step: DeployStack, moved: Moves) -> list[StackProgress]:
    events: list[StackProgress] = []
    writer.execute(writer.change_set(step, stage, OURS, moved), events.append)
    return events


# Reading.


def test_the_account_is_asked_for_once(reader: Reader) -> None:
    assert (reader.account(), reader.account(), reader.calls) == (ACCOUNT, ACCOUNT, 1)


def test_a_stack_that_never_was_or_is_no_more_is_none(reader: Reader, cloud: Cloud) -> None:
    assert reader.stack("shop-dev") is None
    stacks = cloud.client("cloudformation")
    stacks.create_stack(StackName="shop-dev", TemplateBody=json.dumps(template("Jobs")))
    assert reader.stack("shop-dev") is not None
    stacks.delete_stack(StackName="shop-dev")
    assert reader.stack("shop-dev") is None


def test_a_stack_is_read_with_what_it_was_given(reader: Reader, cloud: Cloud) -> None:
    body = {
        **template("Jobs"),
        "Parameters": {"Size": {"Type": "String"}},
        "Outputs": {"Kind": {"Value": {"Ref": "Size"}}},
    }
    cloud.client("cloudformation").create_stack(
        StackName="shop-dev",
        TemplateBody=json.dumps(body),
        Parameters=[{"ParameterKey": "Size", "ParameterValue": "small"}],
        Tags=[{"Key": "team", "Value": "blue"}],
    )
    found = reader.stack("shop-dev")
    assert found is not None
    assert (found.account, found.region, found.name, found.status) == (ACCOUNT, REGION, "shop-dev", "CREATE_COMPLETE")
    assert (found.parameters, found.outputs, found.tags) == ({"Size": "small"}, {"Kind": "small"}, {"team": "blue"})
    assert found.updated.startswith("20")


def test_resources_and_templates_of_nested_stacks_have_their_path(reader: Reader, cloud: Cloud) -> None:
    inner = template("Inner")
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="templates", Key="inner.json", Body=json.dumps(inner).encode())
    url = "https://s3.amazonaws.com/templates/inner.json"
    outer = template("Jobs")
    outer["Resources"]["Child"] = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    cloud.client("cloudformation").create_stack(StackName="shop-dev", TemplateBody=json.dumps(outer))
    stack = reader.stack("shop-dev")
    assert stack is not None
    resources = reader.resources(stack)
    assert {one.id: one.type for one in resources} == {
        "Jobs": "AWS::SQS::Queue",
        "Child": "AWS::CloudFormation::Stack",
        "Child/Inner": "AWS::SQS::Queue",
    }
    assert reader.templates(stack, resources) == {"": outer, "Child/": inner}


def test_a_few_functions_are_asked_for_by_name(reader: Reader, cloud: Cloud, proxy: FaultProxy) -> None:
    made = {name: a_function(cloud, name) for name in ("orders", "users")}
    found = reader.functions({"Orders": "orders", "Users": "users", "Gone": "gone"})
    assert {id: one.code_sha256 for id, one in found.items()} == {
        "Orders": made["orders"]["CodeSha256"],
        "Users": made["users"]["CodeSha256"],
    }
    assert found["Orders"].id == "Orders"
    assert found["Orders"].update_status == "Successful"
    assert found["Orders"].configuration["MemorySize"] == 128
    assert proxy.names() == ["GetFunctionConfiguration"] * 3


def test_many_functions_are_listed_and_only_the_missing_asked_for(
    reader: Reader, cloud: Cloud, proxy: FaultProxy
) -> None:
    for number in range(60):
        a_function(cloud, f"f{number:02}")
    found = reader.functions({**{f"F{number}": f"f{number:02}" for number in range(60)}, "Gone": "gone"})
    assert len(found) == 60
    assert "Gone" not in found
    assert proxy.count("ListFunctions") <= 3
    assert proxy.count("GetFunctionConfiguration") == 1


def a_release(number: int, token: str = "mine", by: str = "ann@desk") -> Release:
    return Release(number, 1000.0 + number, by, token, functions={"Orders": Code("abc=", "shop-dev/code/1.zip")})


def test_releases_are_read_in_order_after_a_number(reader: Reader, writer: Writer, cloud: Cloud, stage: Stage) -> None:
    bucket = writer.bucket(stage, ACCOUNT)
    for number in (3, 1, 2):
        writer.claim(bucket, "shop-dev", a_release(number))
    cloud.client("s3").put_object(Bucket=bucket, Key="shop-dev/releases/000004.json", Body=b"not a record")
    cloud.client("s3").put_object(Bucket=bucket, Key="shop-dev/releases/notes.txt", Body=b"mine")
    assert [one.number for one in reader.releases(bucket, "shop-dev")] == [1, 2, 3]
    assert [one.number for one in reader.releases(bucket, "shop-dev", after=1)] == [2, 3]
    assert reader.release(bucket, "shop-dev", 2) == a_release(2)
    assert reader.release(bucket, "shop-dev", 9) is None


def test_without_a_bucket_there_are_no_releases(reader: Reader) -> None:
    assert reader.releases(OURS, "shop-dev") == []
    assert reader.release(OURS, "shop-dev", 1) is None


def test_what_lies_in_a_bucket_is_listed_as_far_as_it_is_wanted(reader: Reader, cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="shop-artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
    for key in ("shop-dev/code/1.zip", "shop-dev/releases/000001.json", "other/notes.txt"):
        s3.put_object(Bucket="shop-artifacts", Key=key, Body=b"x")
    assert reader.objects("shop-artifacts", "shop-dev/") == ["shop-dev/code/1.zip", "shop-dev/releases/000001.json"]
    assert reader.objects("shop-artifacts")[0] == "other/notes.txt"
    assert 1 <= len(reader.objects("shop-artifacts", most=1)) <= 3
    assert reader.objects("nobody-has-made-this") == []


# The way there.


def test_without_credentials_it_says_so_and_asks_nobody(
    reader: Reader, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with fails(RemoteError, "there are no AWS credentials") as caught:
        reader.account()
    assert "sign in" in caught.value.hint
    assert proxy.names() == []


def test_a_profile_that_does_not_exist_is_the_users_mistake(proxy: FaultProxy) -> None:
    session = Session(Stage("dev", "shop-dev", profile="nobody", region=REGION, endpoint_url=proxy.address))
    with fails(UserError, "no such AWS profile"):
        Reader(session).account()


def test_a_named_profile_wins_over_keys_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxy: FaultProxy
) -> None:
    file = tmp_path / "credentials"
    file.write_text("[shop]\naws_access_key_id = of-the-profile\naws_secret_access_key = hidden\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    session = Session(Stage("dev", "shop-dev", profile="shop", region=REGION, endpoint_url=proxy.address))
    assert session.client("sts")._request_signer._credentials.access_key == "of-the-profile"


def test_without_a_region_the_user_is_told_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with fails(UserError, "no AWS region is set"):
        Session(Stage("dev", "shop-dev")).client("lambda")


def test_the_region_of_the_environment_counts_when_the_stage_has_none() -> None:
    assert Session(Stage("dev", "shop-dev")).region == REGION


def test_nobody_at_the_address_is_said_soon(free_port: int) -> None:
    session = Session(Stage("dev", "shop-dev", region=REGION, endpoint_url=f"http://127.0.0.1:{free_port}"))
    with fails(RemoteError, f"nobody answers at http://127.0.0.1:{free_port}") as caught:
        Reader(session).account()
    assert caught.value.hint == "look at endpoint_url"


@pytest.fixture
def free_port() -> int:
    from tests.live.registry import free_port

    return free_port()


def test_clients_are_made_once_and_warm_ones_too(session: Session) -> None:
    session.warm(["lambda", "sts"])
    assert session.client("lambda") is session.client("lambda")
    made: list[Any] = []
    threads = [threading.Thread(target=lambda: made.append(session.client("s3"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in made}) == 1


def test_a_read_is_made_again_after_a_dropped_connection_and_after_a_fault_of_the_server(
    reader: Reader, proxy: FaultProxy
) -> None:
    proxy.on("GetCallerIdentity", faults.Dropped(), faults.broken(502))
    assert reader.account() == ACCOUNT
    assert reader.calls == proxy.count("GetCallerIdentity") == 3


def test_a_throttled_call_waits_as_long_as_it_is_told_to(
    reader: Reader, cloud: Cloud, proxy: FaultProxy, session: Session
) -> None:
    a_function(cloud)
    proxy.on("GetFunctionConfiguration", faults.throttled(retry_after=1))
    began = session.now()
    assert reader.function("Orders", "orders") is not None
    assert session.now() - began >= 1
    assert reader.calls == 2


def test_expired_credentials_are_not_tried_again(reader: Reader, proxy: FaultProxy) -> None:
    proxy.always("GetCallerIdentity", faults.expired())
    with fails(RemoteError, "have expired") as caught:
        reader.account()
    assert "sign in again" in caught.value.hint
    assert reader.calls == 1


def test_a_closed_session_ends_what_waits(reader: Reader, proxy: FaultProxy, session: Session) -> None:
    proxy.always("GetCallerIdentity", faults.throttled(retry_after=60))
    failed: list[RemoteError] = []

    def ask() -> None:
        try:
            reader.account()
        except RemoteError as error:
            failed.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    session.close()
    thread.join(10)
    assert [words(error) for error in failed] == ["stage dev: stopped while it waited for AWS"]


# The bucket.


def test_our_bucket_is_made_private_encrypted_and_forgetful(
    writer: Writer, stage: Stage, cloud: Cloud, proxy: FaultProxy
) -> None:
    assert writer.bucket(stage, ACCOUNT) == OURS
    calls = writer.calls
    assert writer.bucket(stage, ACCOUNT) == OURS
    assert writer.calls == calls
    s3 = cloud.client("s3")
    assert s3.get_bucket_location(Bucket=OURS)["LocationConstraint"] == REGION
    assert set(s3.get_public_access_block(Bucket=OURS)["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = s3.get_bucket_encryption(Bucket=OURS)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=OURS)["Rules"]
    assert rule["Expiration"]["Days"] == 365
    proxy.forget()
    assert Writer(Session(stage)).bucket(stage, ACCOUNT) == OURS
    assert proxy.names() == ["HeadBucket"]


def test_a_bucket_that_could_not_be_protected_does_not_stay(
    writer: Writer, stage: Stage, cloud: Cloud, proxy: FaultProxy
) -> None:
    proxy.on("PutBucketEncryption", faults.denied("s3:PutEncryptionConfiguration"))
    with fails(RemoteError, "not allowed: s3:PutEncryptionConfiguration"):
        writer.bucket(stage, ACCOUNT)
    assert cloud.client("s3").list_buckets()["Buckets"] == []


def test_a_bucket_whose_making_was_not_answered_is_set_up_all_the_same(
    writer: Writer, stage: Stage, cloud: Cloud, proxy: FaultProxy
) -> None:
    proxy.on("CreateBucket", faults.Dropped(done=True))
    writer.bucket(stage, ACCOUNT)
    assert len(cloud.client("s3").get_bucket_lifecycle_configuration(Bucket=OURS)["Rules"]) == 1


def test_a_named_bucket_has_to_be_there(writer: Writer, proxy: FaultProxy) -> None:
    stage = Stage("dev", "shop-dev", region=REGION, endpoint_url=proxy.address, s3_bucket="shop-artifacts")
    with fails(RemoteError, "shop-artifacts: there is no such bucket"):
        writer.bucket(stage, ACCOUNT)
    assert proxy.writes() == []


def test_a_named_bucket_has_to_be_in_the_stages_region(writer: Writer, cloud: Cloud, proxy: FaultProxy) -> None:
    where = {"LocationConstraint": "eu-central-1"}
    cloud.client("s3", "eu-central-1").create_bucket(Bucket="far-away", CreateBucketConfiguration=where)
    stage = Stage("dev", "shop-dev", region=REGION, endpoint_url=proxy.address, s3_bucket="far-away")
    with fails(UserError, "far-away: the bucket is in eu-central-1"):
        writer.bucket(stage, ACCOUNT)


def test_boto3_does_not_follow_a_bucket_into_another_region(reader: Reader, proxy: FaultProxy) -> None:
    proxy.on("ListObjectsV2", faults.refused(301, "PermanentRedirect", "Use another endpoint."))
    with fails(UserError, "in another region than the stage"):
        reader.releases("far-away", "shop-dev")
    assert proxy.names() == ["ListObjectsV2"]


def test_an_upload_tells_its_bytes_and_makes_a_bucket_that_was_deleted(
    writer: Writer, cloud: Cloud, tmp_path: Path, moved: Moves
) -> None:
    content = zipped("x" * 200_000)
    step = UploadObject("Orders", "shop-dev/code/1.zip", "it is new", package(tmp_path, content))
    writer.upload(step, OURS, moved)
    assert cloud.client("s3").get_object(Bucket=OURS, Key=step.key)["Body"].read() == content
    assert moved.sent[0] == (0, len(content))
    assert moved.sent[-1] == (len(content), len(content))
    assert moved.sent == sorted(moved.sent)


def test_a_big_upload_goes_in_parts_and_a_lost_part_is_sent_again(
    writer: Writer, stage: Stage, cloud: Cloud, proxy: FaultProxy, tmp_path: Path, moved: Moves
) -> None:
    content = bytes(range(256)) * 4096 * 17
    step = UploadObject("Orders", "shop-dev/code/2.zip", "it is new", package(tmp_path, content))
    bucket = writer.bucket(stage, ACCOUNT)
    proxy.on("UploadPart", faults.Dropped())
    gone = faults.refused(404, "NoSuchUpload", "The specified upload does not exist.")
    proxy.on("CompleteMultipartUpload", faults.Dropped(done=True), gone)
    writer.upload(step, bucket, moved)
    assert proxy.count("UploadPart") == 4
    assert cloud.client("s3").get_object(Bucket=bucket, Key=step.key)["Body"].read() == content
    assert max(moved.sent) == (len(content), len(content))
    proxy.forget()
    writer.upload(step, bucket, moved)
    assert proxy.names() == ["HeadObject"]


def test_a_big_upload_that_fails_leaves_no_parts(
    writer: Writer, stage: Stage, cloud: Cloud, proxy: FaultProxy, tmp_path: Path, moved: Moves
) -> None:
    step = UploadObject("Orders", "shop-dev/code/2.zip", "it is new", package(tmp_path, bytes(9 << 20)))
    bucket = writer.bucket(stage, ACCOUNT)
    proxy.on("UploadPart", faults.denied("s3:PutObject"))
    with fails(RemoteError, "Orders: not allowed: s3:PutObject"):
        writer.upload(step, bucket, moved)
    assert cloud.client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


def test_text_is_uploaded_too_and_objects_are_deleted(writer: Writer, stage: Stage, cloud: Cloud, moved: Moves) -> None:
    bucket = writer.bucket(stage, ACCOUNT)
    writer.upload(UploadObject("Child", "shop-dev/templates/1.json", "it is new", text="{}"), bucket, moved)
    s3 = cloud.client("s3")
    assert s3.get_object(Bucket=bucket, Key="shop-dev/templates/1.json")["ContentType"] == "application/json"
    writer.delete_objects(bucket, ["shop-dev/templates/1.json", "shop-dev/never"])
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    writer.delete_objects("devserve-artifacts-000000000000-eu-west-2", ["x"])


def test_a_release_number_is_taken_once(writer: Writer, stage: Stage, reader: Reader) -> None:
    bucket = writer.bucket(stage, ACCOUNT)
    writer.claim(bucket, "shop-dev", a_release(7))
    with fails(Taken, "the number was taken by ann@desk") as caught:
        writer.claim(bucket, "shop-dev", a_release(7, "theirs", "bob@lab"))
    assert caught.value.release == a_release(7)
    done = Release(7, 1007.0, "ann@desk", "mine", ReleaseState.DONE)
    writer.finish(bucket, "shop-dev", done)
    assert reader.release(bucket, "shop-dev", 7) == done


def test_a_claim_whose_answer_was_lost_is_ours(writer: Writer, stage: Stage, proxy: FaultProxy) -> None:
    bucket = writer.bucket(stage, ACCOUNT)
    proxy.on("PutObject", faults.Dropped(done=True))
    writer.claim(bucket, "shop-dev", a_release(8))
    assert proxy.count("PutObject") == 2


# Functions.


def code_step(folder: Path, text: str, **more: Any) -> UploadCode:
    made = package(folder, zipped(text))
    return UploadCode("Orders", "orders", made.sha256, "app.py changed", **{"package": made, **more})


def test_code_goes_directly_in_one_call(
    writer: Writer, cloud: Cloud, proxy: FaultProxy, tmp_path: Path, moved: Moves
) -> None:
    a_function(cloud)
    step = code_step(tmp_path, "two" * 100_000, revision=revision(cloud))
    now = writer.update_code(step, "", moved)
    assert (now.id, now.code_sha256, now.update_status) == ("Orders", step.sha256, "Successful")
    assert now.revision == revision(cloud)
    assert proxy.names() == ["UpdateFunctionCode"]
    assert (writer.calls, writer.writes) == (1, 1)
    assert step.package is not None
    size = step.package.size
    assert moved.sent[0] == (0, size)
    assert moved.sent[-1] == (size, size)


class Stopped(Exception):
    """Ctrl-C, as it reaches a thread that sends."""


def test_who_is_told_about_bytes_can_end_the_call(
    writer: Writer, cloud: Cloud, proxy: FaultProxy, tmp_path: Path
) -> None:
    a_function(cloud)

    def code() -> list[str]:
        return [one["CodeSha256"] for one in cloud.client("lambda").list_functions()["Functions"]]

    before = code()

    class Stops(Moves):
        def __call__(self, *told: Any, **more: Any) -> None:
            super().__call__(*told, **more)
            if self.sent[-1][0]:
                raise Stopped

    with pytest.raises(Stopped):
        writer.update_code(code_step(tmp_path, "two" * 200_000), "", Stops())
    assert writer.calls == 1
    # The proxy may have seen it begin; nobody has seen its end.
    assert proxy.count("UpdateFunctionCode") <= 1
    assert code() == before


def test_code_comes_from_the_bucket_when_it_lies_there(
    writer: Writer, stage: Stage, cloud: Cloud, tmp_path: Path, moved: Moves
) -> None:
    a_function(cloud)
    bucket = writer.bucket(stage, ACCOUNT)
    content = package(tmp_path, zipped("two"))
    writer.upload(UploadObject("Orders", "shop-dev/code/1.zip", "", content), bucket, moved)
    step = UploadCode("Orders", "orders", content.sha256, "", key="shop-dev/code/1.zip", architecture="arm64")
    assert writer.update_code(step, bucket, moved).configuration["Architectures"] == ["arm64"]


def test_an_update_is_waited_for(writer: Writer, cloud: Cloud, proxy: FaultProxy, tmp_path: Path, moved: Moves) -> None:
    a_function(cloud)
    cloud.updates_take(0.6)
    now = writer.update_code(code_step(tmp_path, "two"), "", moved)
    assert now.update_status == "Successful"
    assert now.revision == revision(cloud)
    assert proxy.count("GetFunction") >= 2
    assert moved.states[-1] == "waiting"


def test_an_update_on_its_way_is_waited_for_before_the_next(
    writer: Writer, cloud: Cloud, proxy: FaultProxy, tmp_path: Path, moved: Moves
) -> None:
    a_function(cloud)
    busy = faults.refused(409, "ResourceConflictException", "An update is in progress for resource: arn")
    proxy.on("UpdateFunctionConfiguration", busy)
    now = writer.update_config(UpdateConfig("Orders", "orders", {"MemorySize": 256}, "it changed"), {}, moved)
    assert now.configuration["MemorySize"] == 256
    assert proxy.names() == ["UpdateFunctionConfiguration", "GetFunction", "UpdateFunctionConfiguration"]


def test_somebody_elses_change_is_noticed_and_what_is_there_told(
    writer: Writer, cloud: Cloud, tmp_path: Path, moved: Moves
) -> None:
    a_function(cloud)
    planned = revision(cloud)
    cloud.client("lambda").update_function_configuration(FunctionName="orders", Timeout=9)
    with fails(Superseded, "somebody else changed the function") as caught:
        writer.update_code(code_step(tmp_path, "two", revision=planned), "", moved)
    assert caught.value.function == "Orders"
    assert caught.value.now is not None
    assert caught.value.now.configuration["Timeout"] == 9
    assert writer.writes == 0


def test_an_update_whose_answer_was_lost_is_not_taken_for_somebody_elses(
    writer: Writer, cloud: Cloud, proxy: FaultProxy, tmp_path: Path, moved: Moves
) -> None:
    a_function(cloud)
    proxy.on("UpdateFunctionCode", faults.Dropped(done=True))
    step = code_step(tmp_path, "two", revision=revision(cloud))
    assert writer.update_code(step, "", moved).code_sha256 == step.sha256
    proxy.on("UpdateFunctionConfiguration", faults.Dropped(done=True))
    changes = {"Environment": {"Variables": {"A": "1"}}, "Layers": [], "Timeout": 4}
    config = UpdateConfig("Orders", "orders", changes, "it changed", revision(cloud))
    assert writer.update_config(config, {}, moved).configuration["Timeout"] == 4


def test_code_that_is_not_what_was_sent_is_an_error(writer: Writer, cloud: Cloud, tmp_path: Path, moved: Moves) -> None:
    a_function(cloud)
    wrong = code_step(tmp_path, "two")
    step = UploadCode("Orders", "orders", sha_of(b"other"), "", wrong.package)
    with fails(RemoteError, "its code is not what was sent"):
        writer.update_code(step, "", moved)


def test_a_failed_update_says_lambdas_reason(
    writer: Writer, cloud: Cloud, proxy: FaultProxy, tmp_path: Path, moved: Moves
) -> None:
    a_function(cloud)
    told = {"FunctionName": "orders", "LastUpdateStatus": "Failed", "LastUpdateStatusReason": "no such subnet"}
    answer = faults.Answer(200, json.dumps(told).encode(), {"Content-Type": "application/json"})
    proxy.on("UpdateFunctionCode", faults.Replied(lambda _: answer))
    with fails(RemoteError, "Orders: Lambda's update of it failed: no such subnet"):
        writer.update_code(code_step(tmp_path, "two"), "", moved)


def test_a_function_that_was_deleted_by_hand_is_said_to_be_gone(writer: Writer, tmp_path: Path, moved: Moves) -> None:
    with fails(RemoteError, "Orders: it does not exist in the stage: Function not found"):
        writer.update_code(code_step(tmp_path, "two"), "", moved)


def test_throttles_are_waited_out_and_told(
    writer: Writer, cloud: Cloud, proxy: FaultProxy, tmp_path: Path, moved: Moves
) -> None:
    a_function(cloud)
    proxy.on("UpdateFunctionCode", faults.throttled(), faults.throttled(retry_after=1))
    writer.update_code(code_step(tmp_path, "two"), "", moved)
    assert (writer.calls, writer.writes, writer.throttled) == (3, 1, 2)
    assert "waiting" in moved.states


def test_a_layer_is_published_once_though_its_answer_was_lost(
    writer: Writer, cloud: Cloud, proxy: FaultProxy, tmp_path: Path, moved: Moves
) -> None:
    proxy.on("PublishLayerVersion", faults.Dropped(done=True))
    settings = {"CompatibleRuntimes": ["python3.12"]}
    step = UpdateLayer("Common", "common", "it changed", package(tmp_path, zipped("layer")), settings=settings)
    arn = writer.update_layer(step, "", moved)
    assert arn == f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:common:1"
    assert len(cloud.client("lambda").list_layer_versions(LayerName="common")["LayerVersions"]) == 1


def test_a_layer_is_published_again_when_the_lost_call_was_not_done(
    writer: Writer, proxy: FaultProxy, tmp_path: Path, moved: Moves
) -> None:
    proxy.on("PublishLayerVersion", faults.Dropped())
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:common:7"
    step = UpdateLayer("Common", arn, "it changed", package(tmp_path, zipped("layer")))
    assert writer.update_layer(step, "", moved).endswith(":layer:common:1")


def test_configuration_takes_the_arn_of_the_layers_new_version(
    writer: Writer, cloud: Cloud, tmp_path: Path, moved: Moves
) -> None:
    a_function(cloud)
    arn = writer.update_layer(UpdateLayer("Common", "common", "", package(tmp_path, zipped("layer"))), "", moved)
    step = UpdateConfig("Orders", "orders", {"Layers": (NewLayer("Common"),)}, "its layer changed")
    now = writer.update_config(step, {"Common": arn}, moved)
    assert [one["Arn"] for one in now.configuration["Layers"]] == [arn]


def test_concurrency_async_settings_versions_and_aliases(
    writer: Writer, cloud: Cloud, tmp_path: Path, moved: Moves
) -> None:
    a_function(cloud)
    functions = cloud.client("lambda")
    writer.update_concurrency(UpdateConcurrency("Orders", "orders", 2, ""))
    assert functions.get_function_concurrency(FunctionName="orders")["ReservedConcurrentExecutions"] == 2
    writer.update_concurrency(UpdateConcurrency("Orders", "orders", None, ""))
    assert "ReservedConcurrentExecutions" not in functions.get_function_concurrency(FunctionName="orders")
    writer.update_async_config(UpdateAsyncConfig("Orders", "orders", "", {"MaximumRetryAttempts": 1}, ""))
    assert functions.get_function_event_invoke_config(FunctionName="orders")["MaximumRetryAttempts"] == 1
    first = writer.publish_version(PublishVersion("Orders", "orders", ""), moved)
    functions.create_alias(FunctionName="orders", Name="live", FunctionVersion=first)
    writer.update_code(code_step(tmp_path, "two"), "", moved)
    second = writer.publish_version(PublishVersion("Orders", "orders", ""), moved)
    assert (first, second) == ("1", "2")
    writer.update_alias(UpdateAlias("Live", "Orders", "orders", "live", ""), second)
    assert functions.get_alias(FunctionName="orders", Name="live")["FunctionVersion"] == "2"


def test_a_version_is_published_when_the_update_is_through(
    writer: Writer, session: Session, cloud: Cloud, moved: Moves
) -> None:
    a_function(cloud)
    session.client("lambda")
    cloud.updates_take(0.6)
    cloud.client("lambda").update_function_configuration(FunctionName="orders", Timeout=9)
    assert writer.publish_version(PublishVersion("Orders", "orders", ""), moved) == "1"
    assert moved.states[-1] == "waiting"


# APIs and state machines.


def test_a_rest_apis_body_is_replaced_and_deployed(writer: Writer, cloud: Cloud, moved: Moves) -> None:
    apis = cloud.client("apigateway")
    api = apis.create_rest_api(name="shop")["id"]
    responses = {"responses": {"200": {"description": "well"}}}
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/orders/invocations"
    proxied = {"x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": uri}}
    body = {
        "openapi": "3.0.1",
        "info": {"title": "shop", "version": "1"},
        "paths": {"/orders": {"get": {**responses, **proxied}}},
    }
    writer.update_api(UpdateApi("Api", api, json.dumps(body), "", stages=("dev",)), moved)
    assert "/orders" in {one["path"] for one in apis.get_resources(restApiId=api)["items"]}
    assert [one["stageName"] for one in apis.get_stages(restApiId=api)["item"]] == ["dev"]
    assert writer.writes == 2


def test_an_http_apis_stage_that_deploys_itself_is_left_to_it(
    writer: Writer, cloud: Cloud, proxy: FaultProxy, moved: Moves
) -> None:
    apis = cloud.client("apigatewayv2")
    api = apis.create_api(Name="shop", ProtocolType="HTTP")["ApiId"]
    body = {"openapi": "3.0.1", "info": {"title": "shop", "version": "1"}, "paths": {}}
    step = UpdateApi("Api", api, json.dumps(body), "", http=True, stages=("$default", "slow"))
    deployed = faults.Answer(201, b'{"deploymentId": "1"}', {"Content-Type": "application/json"})
    stages = [{"stageName": "$default", "autoDeploy": True}, {"stageName": "slow", "autoDeploy": False}]
    listed = faults.Answer(200, json.dumps({"items": stages}).encode(), {"Content-Type": "application/json"})
    # moto forgets the stages of an API that is imported again, and has no CreateDeployment of it.
    proxy.on("apigateway.*", faults.PASSED, faults.Replied(lambda _: listed), faults.Replied(lambda _: deployed))
    writer.update_api(step, moved)
    assert [(call.method, call.path) for call in proxy.calls] == [
        ("PUT", f"/v2/apis/{api}"),
        ("GET", f"/v2/apis/{api}/stages"),
        ("POST", f"/v2/apis/{api}/deployments"),
    ]
    assert json.loads(proxy.calls[-1].body) == {"stageName": "slow"}


def test_a_state_machine_gets_its_definition(writer: Writer, cloud: Cloud) -> None:
    machines = cloud.client("stepfunctions")
    one = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    arn = machines.create_state_machine(name="flow", definition=json.dumps(one), roleArn=ROLE)["stateMachineArn"]
    two = json.dumps({"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}})
    writer.update_state_machine(UpdateStateMachine("Flow", arn, two, ""))
    assert machines.describe_state_machine(stateMachineArn=arn)["definition"] == two


# Stacks.


def test_a_stack_is_made_by_a_change_set_and_told_event_by_event(
    writer: Writer, stage: Stage, reader: Reader, moved: Moves
) -> None:
    made = writer.change_set(deploy(template("Jobs")), stage, "", moved)
    assert [(one.id, one.type, one.action) for one in made.changes] == [("Jobs", "AWS::SQS::Queue", "add")]
    events: list[StackProgress] = []
    stack = writer.execute(made, events.append)
    assert (stack.name, stack.status) == ("shop-dev", "CREATE_COMPLETE")
    assert [event.status for event in events if event.resource == "shop-dev"] == [
        "CREATE_IN_PROGRESS",
        "CREATE_COMPLETE",
    ]
    assert events == sorted(events, key=lambda event: event.at)
    assert reader.stack("shop-dev") == stack


def test_an_update_keeps_parameters_and_tells_only_its_own_events(
    writer: Writer, stage: Stage, reader: Reader, moved: Moves
) -> None:
    with_size = {**template("Jobs"), "Parameters": {"Size": {"Type": "String"}, "Kind": {"Type": "String"}}}
    pushed(writer, stage, deploy(with_size, parameters={"Size": "small", "Kind": "a"}), moved)
    more = {**template("Jobs", "More"), "Parameters": with_size["Parameters"]}
    step = deploy(more, create=False, parameters={"Kind": "b"}, kept=("Size", "Kind"))
    events = pushed(writer, stage, step, moved)
    assert [event.status for event in events if event.resource == "shop-dev"] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]
    stack = reader.stack("shop-dev")
    assert stack is not None
    assert stack.parameters == {"Size": "small", "Kind": "b"}


def test_a_template_that_changes_nothing_leaves_no_change_set(
    writer: Writer, stage: Stage, cloud: Cloud, moved: Moves
) -> None:
    pushed(writer, stage, deploy(template("Jobs")), moved)
    made = writer.change_set(deploy(template("Jobs"), create=False), stage, "", moved)
    assert made.changes == ()
    statuses = [one["Status"] for one in cloud.client("cloudformation").list_change_sets(StackName="x")["Summaries"]]
    assert "FAILED" not in statuses


def test_a_big_template_goes_through_the_bucket(
    writer: Writer, stage: Stage, cloud: Cloud, proxy: FaultProxy, moved: Moves
) -> None:
    big = {**template("Jobs"), "Metadata": {"Words": "x" * 60_000}}
    bucket = writer.bucket(stage, ACCOUNT)
    made = writer.change_set(deploy(big), stage, bucket, moved)
    assert writer.execute(made, lambda _: None).status == "CREATE_COMPLETE"
    (call,) = proxy.of("CreateChangeSet")
    assert "TemplateBody" not in call.form
    assert call.form["TemplateURL"].startswith(f"https://{bucket}.s3.{REGION}.amazonaws.com/shop-dev/templates/")


def test_a_change_set_that_is_not_wanted_leaves_nothing(
    writer: Writer, stage: Stage, reader: Reader, cloud: Cloud, moved: Moves
) -> None:
    writer.drop(writer.change_set(deploy(template("Jobs")), stage, "", moved))
    assert reader.stack("shop-dev") is None
    pushed(writer, stage, deploy(template("Jobs")), moved)
    writer.drop(writer.change_set(deploy(template("Jobs", "More"), create=False), stage, "", moved))
    stack = reader.stack("shop-dev")
    assert stack is not None
    assert [one.id for one in reader.resources(stack)] == ["Jobs"]


def test_a_change_set_whose_answer_was_lost_is_found_again(
    writer: Writer, stage: Stage, proxy: FaultProxy, moved: Moves
) -> None:
    taken = faults.refused(400, "AlreadyExistsException", "ChangeSet already exists")
    proxy.on("CreateChangeSet", faults.Dropped(done=True), taken)
    made = writer.change_set(deploy(template("Jobs")), stage, "", moved)
    assert [one.id for one in made.changes] == ["Jobs"]


def test_a_template_that_does_not_validate_is_the_users_mistake(
    writer: Writer, stage: Stage, proxy: FaultProxy, moved: Moves
) -> None:
    said = "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template"
    proxy.on("CreateChangeSet", faults.refused(400, "ValidationError", said))
    with fails(UserError, "shop-dev: Template format error: Unresolved resource dependencies"):
        writer.change_set(deploy(template("Jobs")), stage, "", moved)


def events_answer(*events: tuple[str, str, str, str, str]) -> faults.Replied:
    """DescribeStackEvents, newest first: id, resource, type, status and reason of each."""
    stack = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop-dev/1"
    members = "".join(
        f"<member><EventId>{id}</EventId><StackId>{stack}</StackId><StackName>shop-dev</StackName>"
        f"<LogicalResourceId>{resource}</LogicalResourceId><ResourceType>{kind}</ResourceType>"
        f"<PhysicalResourceId>{stack if kind.endswith('::Stack') else resource}</PhysicalResourceId>"
        f"<ResourceStatus>{status}</ResourceStatus><ResourceStatusReason>{reason}</ResourceStatusReason>"
        "<Timestamp>2026-11-22T05:00:00Z</Timestamp></member>"
        for id, resource, kind, status, reason in events
    )
    text = (
        "<DescribeStackEventsResponse><DescribeStackEventsResult>"
        f"<StackEvents>{members}</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>"
    )
    return faults.Replied(lambda _: faults.Answer(200, text.encode(), {"Content-Type": "text/xml"}))


def test_a_rollback_names_the_first_resource_that_failed(
    writer: Writer, stage: Stage, proxy: FaultProxy, moved: Moves
) -> None:
    pushed(writer, stage, deploy(template("Jobs")), moved)
    made = writer.change_set(deploy(template("Jobs", "More", "Other"), create=False), stage, "", moved)
    stack, queue = "AWS::CloudFormation::Stack", "AWS::SQS::Queue"
    before = ("1", "shop-dev", stack, "CREATE_COMPLETE", "")
    begun = [("2", "shop-dev", stack, "UPDATE_IN_PROGRESS", ""), before]
    failed = [
        ("5", "shop-dev", stack, "UPDATE_ROLLBACK_IN_PROGRESS", "More failed"),
        ("4", "Other", queue, "CREATE_FAILED", "Resource creation cancelled"),
        ("3", "More", queue, "CREATE_FAILED", "the quota of queues is reached"),
        *begun,
    ]
    over = [("6", "shop-dev", stack, "UPDATE_ROLLBACK_COMPLETE", ""), *failed]
    proxy.on("DescribeStackEvents", *(events_answer(*each) for each in ([before], begun, failed, over)))
    events: list[StackProgress] = []
    with pytest.raises(RemoteError) as caught:
        writer.execute(made, events.append)
    assert words(caught.value) == "shop-dev: More (AWS::SQS::Queue) failed: the quota of queues is reached"
    assert caught.value.hint == "the stack is UPDATE_ROLLBACK_COMPLETE now"
    assert [event.status for event in events] == [
        "UPDATE_IN_PROGRESS",
        "CREATE_FAILED",
        "CREATE_FAILED",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]


def test_a_stack_is_deleted_and_its_end_told(writer: Writer, stage: Stage, reader: Reader, moved: Moves) -> None:
    pushed(writer, stage, deploy(template("Jobs")), moved)
    stack = reader.stack("shop-dev")
    assert stack is not None
    writer.delete_stack(stack, lambda _: None)
    assert reader.stack("shop-dev") is None


def test_what_a_deletion_is_to_leave_is_named_to_cloudformation(
    writer: Writer, stage: Stage, reader: Reader, proxy: FaultProxy, moved: Moves
) -> None:
    pushed(writer, stage, deploy(template("Jobs")), moved)
    stack = reader.stack("shop-dev")
    assert stack is not None
    writer.delete_stack(stack, lambda _: None, retain=("Jobs",))
    (call,) = proxy.of("DeleteStack")
    assert call.form["RetainResources.member.1"] == "Jobs"


# Images.


class Engine:
    """As much of `docker.DockerClient` as a push uses. `answers` are the lines of one push after the other."""

    def __init__(self, *answers: Sequence[dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.log: list[str] = []
        self.logins: list[Any] = []
        self.images = self.api = self

    def get(self, name: str) -> Engine:
        self.log.append(f"get {name}")
        return self

    def tag(self, repository: str, tag: str) -> bool:
        self.log.append(f"tag {repository}:{tag}")
        return True

    def push(self, repository: str, tag: str, stream: bool, decode: bool, auth_config: Any) -> Any:
        self.log.append(f"push {repository}:{tag}")
        self.logins.append(auth_config)
        return iter(self.answers.pop(0))

    def remove(self, name: str, noprune: bool) -> None:
        self.log.append(f"remove {name}{' and no layers' if noprune else ''}")

    def close(self) -> None:
        self.log.append("close")


def test_an_image_is_pushed_to_ecr_with_its_login_and_into_a_repository_that_is_made(
    session: Session, cloud: Cloud, moved: Moves
) -> None:
    digest = "sha256:" + "ab" * 32
    engine = Engine(
        [{"error": "name unknown: The repository with name 'devserve/shop-dev' does not exist in the registry"}],
        [{"id": "1", "progressDetail": {"current": 5, "total": 10}}, {"aux": {"Digest": digest}}],
    )
    writer = Writer(session, lambda: engine)
    repository = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/devserve/shop-dev"
    step = PushImage("Web", Package("Web", "sha256:1", image="shop:web"), f"{repository}:1", "")
    assert writer.push_image(step, moved) == f"{repository}@{digest}"
    found = cloud.client("ecr").describe_repositories()["repositories"]
    assert [one["repositoryName"] for one in found] == ["devserve/shop-dev"]
    assert {login["username"] for login in engine.logins} == {"AWS"}
    assert engine.log[-2:] == [f"remove {repository}:1 and no layers", "close"]
    assert (5, 10) in moved.sent
