"""What boto3 raises, as a value; and what can be done about each."""

from __future__ import annotations

import http.client
import ssl
from json import JSONDecodeError
from typing import Any

import pytest
import urllib3
from botocore import exceptions
from botocore.parsers import ResponseParserError, create_parser
from botocore.session import Session

from localstack_lite.sync.failure import Failure, Trouble, failure_of, is_updating, trouble_of

NO_SHAPE: Any = None


def answered(protocol: str, body: bytes, status: int = 400, **headers: str) -> exceptions.ClientError:
    """What boto3 makes of an answer."""
    raw: dict[str, Any] = {"body": body, "headers": headers, "status_code": status}
    return exceptions.ClientError(create_parser(protocol).parse(raw, NO_SHAPE), "Operation")


def coded(code: str, status: int = 400, message: str = "") -> Failure:
    return Failure(message, code, status)


def test_an_answer_keeps_code_message_status_and_when_to_come_again() -> None:
    body = b'{"Type": "User", "message": "Rate\\n exceeded"}'
    more = {"x-amzn-errortype": "TooManyRequestsException", "retry-after": "3", "x-amzn-requestid": "r1"}
    failure = failure_of(answered("rest-json", body, 429, **more))
    assert (failure.code, failure.message, failure.status) == ("TooManyRequestsException", "Rate exceeded", 429)
    assert (failure.retry_after, failure.operation, failure.request_id) == (3.0, "Operation", "r1")


def test_s3_says_where_a_bucket_is() -> None:
    body = b"<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-west-1</Region></Error>"
    assert failure_of(answered("rest-xml", body)).region == "eu-west-1"
    head = answered("rest-xml", b"", 301, **{"x-amz-bucket-region": "eu-north-1"})
    assert failure_of(head).region == "eu-north-1"


def test_a_web_servers_page_is_no_message() -> None:
    page: Any = {"Error": {"Code": "500", "Message": "<!doctype html> <title>500</title>"}}
    failure = failure_of(exceptions.ClientError(page, "PutRestApi"))
    assert (failure.message, failure.code) == ("", "500")


def test_a_retry_after_that_is_no_number_counts_for_nothing() -> None:
    assert failure_of(answered("json", b"{}", 429, **{"retry-after": "soon"})).retry_after is None


def test_without_an_answer_there_is_only_the_kind() -> None:
    failure = failure_of(exceptions.NoCredentialsError())
    assert (failure.code, failure.status, failure.is_a("NoCredentialsError")) == ("", 0, True)


ADDRESS = {"endpoint_url": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (exceptions.EndpointConnectionError(error="refused", **ADDRESS), Trouble.UNREACHED),
        (exceptions.ConnectTimeoutError(error="late", **ADDRESS), Trouble.UNREACHED),
        (exceptions.ProxyConnectionError(proxy_url="http://p"), Trouble.UNREACHED),
        (exceptions.ConnectionClosedError(error="closed", **ADDRESS), Trouble.DROPPED),
        (exceptions.ReadTimeoutError(error="late", **ADDRESS), Trouble.DROPPED),
        (exceptions.HTTPClientError(error="odd"), Trouble.DROPPED),
        (exceptions.ResponseStreamingError(error="odd"), Trouble.DROPPED),
        (exceptions.SSLError(error=OSError("certificate"), **ADDRESS), Trouble.REFUSED),
        (exceptions.NoCredentialsError(), Trouble.REFUSED),
        (exceptions.ProfileNotFound(profile="x"), Trouble.REFUSED),
        (ValueError("Invalid endpoint"), Trouble.REFUSED),
        (ResponseParserError("not well-formed (invalid token): line 1"), Trouble.DROPPED),
        (JSONDecodeError("Expecting value", "<html>", 0), Trouble.DROPPED),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), Trouble.DROPPED),
        (ValueError("Invalid timestamp: soon"), Trouble.DROPPED),
        (AttributeError("'list' object has no attribute 'get'"), Trouble.DROPPED),
        (http.client.IncompleteRead(b""), Trouble.DROPPED),
        (http.client.BadStatusLine("SSH-2.0"), Trouble.DROPPED),
        (urllib3.exceptions.ProtocolError("Connection broken"), Trouble.DROPPED),
        (urllib3.exceptions.DecodeError("not gzip"), Trouble.DROPPED),
        (ConnectionResetError(104, "reset"), Trouble.DROPPED),
        (TimeoutError("timed out"), Trouble.DROPPED),
        (ssl.SSLError(1, "bad record mac"), Trouble.REFUSED),
        (urllib3.exceptions.SSLError("bad record mac"), Trouble.REFUSED),
    ],
)
def test_silence_is_sorted_by_whether_the_call_may_have_been_done(error: Exception, trouble: Trouble) -> None:
    assert trouble_of(failure_of(error)) is trouble


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (coded("TooManyRequestsException", 429), Trouble.THROTTLED),
        (coded("LimitExceededException", 429), Trouble.THROTTLED),
        (coded("Throttling"), Trouble.THROTTLED),
        (coded("ThrottlingException"), Trouble.THROTTLED),
        (coded("SlowDown", 503), Trouble.THROTTLED),
        (coded("503", 503), Trouble.THROTTLED),
        (coded("ServiceException", 500), Trouble.SERVER),
        (coded("502", 502), Trouble.SERVER),
        (coded("504", 504), Trouble.SERVER),
        (coded("RequestTimeout"), Trouble.DROPPED),
        (coded("ConflictException", 409, "concurrent modification"), Trouble.BUSY),
        (coded("ConflictException", 409, "Stage already exists"), Trouble.REFUSED),
        (coded("ResourceConflictException", 409), Trouble.REFUSED),
        (coded("LimitExceededException", 400), Trouble.REFUSED),
        (coded("PreconditionFailedException", 412), Trouble.REFUSED),
        (coded("AccessDenied", 403), Trouble.REFUSED),
    ],
)
def test_answers_are_sorted_by_what_helps(failure: Failure, trouble: Trouble) -> None:
    assert trouble_of(failure) is trouble


def test_an_update_on_its_way_is_known_by_lambdas_words() -> None:
    said = "The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:x"
    pending = (
        "The operation cannot be performed at this time. The function is currently in the following state: Pending"
    )
    assert is_updating(coded("ResourceConflictException", 409, said))
    assert is_updating(coded("ResourceConflictException", 409, pending))
    assert not is_updating(coded("ResourceConflictException", 409, "Function already exist: orders"))


def test_every_code_that_boto3_itself_takes_for_a_throttle_is_one() -> None:
    """Its own table of the services that a push calls, without those of databases and streams."""
    table = Session().get_data("_retry")["definitions"]
    codes = {
        rule["applies_when"]["response"]["service_error_code"]
        for name, rule in table.items()
        if "throttl" in name or name in ("request_limit_exceeded", "slow_down", "too_many_requests")
        if "service_error_code" in rule.get("applies_when", {}).get("response", {})
    }
    assert codes
    assert {code for code in codes if trouble_of(coded(code)) is not Trouble.THROTTLED} == set()
