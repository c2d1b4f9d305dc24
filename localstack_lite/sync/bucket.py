"""The stage's bucket: found or made, written to. I/O: S3, and the files that are uploaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.ports import Moved
from localstack_lite.sync import bucket_name
from localstack_lite.sync.bucket_name import is_ours, owner_of
from localstack_lite.sync.calls import Answered, Ask, Calls, telling
from localstack_lite.sync.doors import Taken
from localstack_lite.sync.failure import Failure
from localstack_lite.sync.record import release_of, release_text
from localstack_lite.sync.refusals import refusal
from localstack_lite.sync.release import Release
from localstack_lite.sync.steps import UploadObject

#: Bytes: above, an object goes up in parts of that size, some at once, each made again by itself when it is lost.
PART = 8 * 1024 * 1024
_PARTS_AT_ONCE = 4


class Bucket:
    """Calls on buckets, for all steps of a push. Shared by threads."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._session = calls.session

    def there(self, name: str) -> None:
        """It exists, in the stage's region; ours is made when it does not."""
        ask = Ask("s3", "HeadBucket", name, {"Bucket": name, **owner_of(name)}, expect=("404", "403"))
        try:
            answer = self._calls.make(ask)
        except Answered as answered:
            if answered.failure.status == 404:
                self._missing(name)
                return
            raise self._forbidden(name, answered.failure) from None
        region = str(answer.get("BucketRegion") or "")
        if region and region != self._session.region:
            raise refusal(Failure("", "PermanentRedirect", 301, region=region), name, self._session.stage.name)

    def _forbidden(self, name: str, failure: Failure) -> RemoteError | UserError:
        if is_ours(name):
            return refusal(Failure("", "BucketAlreadyExists", 409), name)
        return refusal(failure, name, self._session.stage.name)

    def _missing(self, name: str) -> None:
        if not is_ours(name):
            raise refusal(Failure("", "NoSuchBucket", 404), name, self._session.stage.name)
        self._make(name)

    def _make(self, name: str) -> None:
        wanted = {"Bucket": name, **bucket_name.creation(bucket_name.region_of(name))}
        # Made by another run, or by a call whose answer was lost: it is set up all the same.
        with suppress(Answered):
            self._calls.make(Ask("s3", "CreateBucket", name, wanted, True, expect=("BucketAlreadyOwnedByYou",)))
        secure = self._session.endpoint("s3").startswith("https:")
        try:
            for operation, arguments in bucket_name.settings(name, secure=secure):
                self._calls.make(Ask("s3", operation, name, {"Bucket": name, **owner_of(name), **arguments}, True))
        except (RemoteError, UserError):
            self._unmake(name)
            raise

    def _unmake(self, name: str) -> None:
        """An unprotected bucket that the next run would take for a good one must not stay, unless it is in use."""
        try:
            ask = Ask("s3", "DeleteBucket", name, {"Bucket": name, **owner_of(name)}, True, expect=("BucketNotEmpty",))
            self._calls.make(ask)
        except (Answered, RemoteError, UserError):
            return

    def upload(self, step: UploadObject, bucket: str, moved: Moved) -> None:
        if step.package is None or step.package.file is None:
            self._put(bucket, step.key, step.text.encode(), "application/json", step, moved)
            return
        file, size = step.package.file, step.package.size or _size(step.package.file, step.id)
        if size > PART:
            self._put_parts(bucket, step, file, size, moved)
        else:
            self._put(bucket, step.key, read(file, step.id), _type(step.key), step, moved)

    def text(self, bucket: str, key: str, text: str, where: str) -> None:
        """A small object; one of the same content is written over, which starts its time anew."""
        self._make_sure(
            bucket, Ask("s3", "PutObject", where, _object(bucket, key, text.encode(), "application/json"), True)
        )

    def _put(self, bucket: str, key: str, body: bytes, type_: str, step: UploadObject, moved: Moved) -> None:
        size = len(body)
        moved(step.kind, step.id, "uploading", 0, size)
        self._session.sending(lambda at, of: moved(step.kind, step.id, "uploading", size * at // of, size))
        try:
            waits = telling(moved, step.kind, step.id)
            self._make_sure(
                bucket, Ask("s3", "PutObject", step.id, _object(bucket, key, body, type_), True, waits=waits)
            )
        finally:
            self._session.sending(None)
        moved(step.kind, step.id, "uploading", size, size)

    def _put_parts(self, bucket: str, step: UploadObject, file: Path, size: int, moved: Moved) -> None:
        """Nothing when it is there already: the key says what its content is."""
        place = {"Bucket": bucket, "Key": step.key, **owner_of(bucket)}
        moved(step.kind, step.id, "uploading", 0, size)
        try:
            found = self._calls.make(Ask("s3", "HeadObject", step.id, place, expect=("404",)))
            if int(found.get("ContentLength") or 0) == size:
                moved(step.kind, step.id, "uploading", size, size)
                return
        except Answered:
            pass
        start = Ask("s3", "CreateMultipartUpload", step.id, {**place, "ContentType": _type(step.key)}, True)
        upload = {**place, "UploadId": self._make_sure(bucket, start)["UploadId"]}
        sent = [0] * -(-size // PART)

        def part(number: int) -> dict[str, Any]:
            def told(at: int, _: int) -> None:
                sent[number] = at
                moved(step.kind, step.id, "uploading", sum(sent), size)

            body = read(file, step.id, number * PART, PART)
            self._session.sending(told)
            try:
                wanted = {**upload, "PartNumber": number + 1, "Body": body}
                answer = self._calls.make(Ask("s3", "UploadPart", step.id, wanted))
            finally:
                self._session.sending(None)
            told(len(body), len(body))
            return {"PartNumber": number + 1, "ETag": answer["ETag"]}

        try:
            with ThreadPoolExecutor(_PARTS_AT_ONCE, "upload") as pool:
                parts = _all(pool, part, len(sent))
            self._complete({**upload, "MultipartUpload": {"Parts": parts}}, step.id)
        except BaseException:
            self._abandon(upload, step.id)
            raise

    def _complete(self, whole: dict[str, Any], where: str) -> None:
        try:
            self._calls.make(Ask("s3", "CompleteMultipartUpload", where, whole, True, expect=("NoSuchUpload",)))
        except Answered as answered:
            if not answered.unsure:  # else an earlier try whose answer was lost did it
                raise refusal(answered.failure, where, self._session.stage.name) from None

    def _abandon(self, upload: dict[str, Any], where: str) -> None:
        """Parts of what is never finished cost money. If that fails as well, the bucket's rule ends them."""
        try:
            self._calls.make(Ask("s3", "AbortMultipartUpload", where, upload, expect=("NoSuchUpload",)))
        except (Answered, RemoteError, UserError):
            return

    def delete(self, bucket: str, keys: Sequence[str]) -> None:
        for at in range(0, len(keys), 1000):
            objects = [{"Key": key} for key in keys[at : at + 1000]]
            wanted = {"Bucket": bucket, "Delete": {"Objects": objects, "Quiet": True}, **owner_of(bucket)}
            try:
                answer = self._calls.make(Ask("s3", "DeleteObjects", bucket, wanted, True, expect=("NoSuchBucket",)))
            except Answered:
                return
            for error in answer.get("Errors", ()):
                failure = Failure(
                    str(error.get("Message") or ""), str(error.get("Code") or ""), operation="DeleteObjects"
                )
                raise refusal(failure, f"{bucket}/{error.get('Key')}", self._session.stage.name)

    def claim(self, bucket: str, prefix: str, release: Release) -> None:
        key = bucket_name.record_key(prefix, release.number)
        wanted = {**_object(bucket, key, release_text(release).encode(), "application/json"), "IfNoneMatch": "*"}
        where = f"release {release.number}"
        try:
            self._make_sure(bucket, Ask("s3", "PutObject", where, wanted, True, expect=("PreconditionFailed", "412")))
        except Answered:
            place = {"Bucket": bucket, "Key": key, **owner_of(bucket)}
            try:
                there = release_of(self._calls.make(Ask("s3", "GetObject", where, place))["Body"].decode())
            except ValueError as error:
                what = f"its record s3://{bucket}/{key} is taken, and cannot be read: {error}"
                raise RemoteError(where, what, "update devserve, or move that object away") from None
            # A claim of ours whose answer was lost looks like somebody else's.
            if there.token != release.token:
                what = f"the number was taken by {there.by}"
                raise Taken(there, where, what, "run it again: the plan is then made from what is there now") from None

    def finish(self, bucket: str, prefix: str, release: Release) -> None:
        key = bucket_name.record_key(prefix, release.number)
        self.text(bucket, key, release_text(release), f"release {release.number}")

    def _make_sure(self, bucket: str, ask: Ask) -> dict[str, Any]:
        """The call, with our bucket made when somebody deleted it: that it exists is not asked before each call."""
        try:
            return self._calls.make(replace(ask, expect=(*ask.expect, "NoSuchBucket")))
        except Answered as answered:
            if answered.failure.code != "NoSuchBucket":
                raise
        self._missing(bucket)
        return self._calls.make(ask)


def read(file: Path, where: str, start: int = 0, size: int = -1) -> bytes:
    """What is to be sent. A UserError when somebody took the file away."""
    try:
        with file.open("rb") as opened:
            opened.seek(start)
            return opened.read(size)
    except OSError as error:
        raise UserError(where, f"its package cannot be read: {error}", "run it again: it is built anew") from None


def _size(file: Path, where: str) -> int:
    try:
        return file.stat().st_size
    except OSError as error:
        raise UserError(where, f"its package cannot be read: {error}", "run it again: it is built anew") from None


def _object(bucket: str, key: str, body: bytes, type_: str) -> dict[str, Any]:
    return {"Bucket": bucket, "Key": key, "Body": body, "ContentType": type_, **owner_of(bucket)}


def _type(key: str) -> str:
    if key.endswith(".zip"):
        return "application/zip"
    return "application/json" if key.endswith(".json") else "application/octet-stream"


def _all(pool: ThreadPoolExecutor, part: Callable[[int], dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The answers in order. After the first failure no further part is begun."""
    futures = [pool.submit(part, number) for number in range(count)]
    try:
        return [future.result() for future in futures]
    except BaseException:
        for future in futures:
            future.cancel()
        raise
