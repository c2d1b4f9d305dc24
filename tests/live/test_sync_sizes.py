"""Functions near the limits of Lambda: more than a call takes goes through the bucket, more than Lambda takes goes
nowhere."""

from __future__ import annotations

import base64
import hashlib
import json
import os

import pytest

from tests.live.staged import Project

pytestmark = pytest.mark.live

MB = 1024 * 1024


def test_what_is_too_big_for_a_call_goes_through_the_bucket_in_parts(pushed: Project) -> None:
    (pushed.folder / "report" / "model.bin").write_bytes(os.urandom(60 * MB))
    ended = pushed.sync()
    assert ended.plan == [("upload_object", "Report"), ("upload_code", "Report")]
    proxy = pushed.proxy
    assert proxy.count("UploadPart") >= 2
    assert (proxy.count("CreateMultipartUpload"), proxy.count("CompleteMultipartUpload")) == (1, 1)
    (call,) = proxy.of("UpdateFunctionCode")
    said = json.loads(call.body)
    assert "ZipFile" not in said
    (bucket,) = pushed.buckets
    content = pushed.cloud.client("s3").get_object(Bucket=bucket, Key=said["S3Key"])["Body"].read()
    assert len(content) > 60 * MB
    assert pushed.sha256("Report") == base64.b64encode(hashlib.sha256(content).digest()).decode()

    told = [step for step in ended.of("step") if step["kind"] == "upload_object" and step["state"] == "uploading"]
    sent = [step["sent"] for step in told]
    assert {step["size"] for step in told} == {len(content)}
    assert len(told) > 5, "a person sees it move"
    assert sent[0] < MB
    assert sent[-1] == len(content)


def test_more_than_lambda_takes_is_refused_before_anything_is_sent(shop: Project) -> None:
    with (shop.folder / "report" / "weights.bin").open("wb") as file:
        file.truncate(260 * MB)
    complaint = shop.run("sync", "dev", "--yes").complaint(2)
    assert "Report: 260 MB unpacked, AWS takes 250 MB" in complaint
    assert "the largest is weights.bin" in complaint
    assert shop.proxy.writes() == []
    assert shop.buckets == []
