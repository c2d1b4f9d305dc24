"""XML of query services, as the JSON that AWS would have sent."""

from __future__ import annotations

import json

import pytest

from localstack_lite.gateway.integrations.query_reply import as_asked, as_json
from localstack_lite.model.outgoing import Returned, ServiceRequest

SENT = (
    b'<?xml version="1.0"?><SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">'
    b"<SendMessageResult><MessageId>m1</MessageId><SequenceNumber/></SendMessageResult>"
    b"<ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata></SendMessageResponse>"
)
SENT_JSON = {
    "SendMessageResponse": {
        "SendMessageResult": {"MessageId": "m1", "SequenceNumber": None},
        "ResponseMetadata": {"RequestId": "r1"},
    }
}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (SENT, SENT_JSON),
        (
            b"<ListResponse><ListResult><Topics><member><Arn>a</Arn></member></Topics></ListResult></ListResponse>",
            {"ListResponse": {"ListResult": {"Topics": [{"Arn": "a"}]}}},
        ),
        (
            b"<XResponse><M><Id>1</Id></M><M><Id>2</Id></M></XResponse>",
            {"XResponse": {"M": [{"Id": "1"}, {"Id": "2"}]}},
        ),
        (
            b"<ErrorResponse><Error><Code>No</Code></Error><RequestId>r</RequestId></ErrorResponse>",
            {"Error": {"Code": "No"}, "RequestId": "r"},
        ),
    ],
)
def test_elements_become_objects_and_lists(body: bytes, value: object) -> None:
    found = as_json(body)
    assert found is not None
    assert json.loads(found) == value


@pytest.mark.parametrize("body", [b"", b"no xml", b"<a><b></a>", b"<html><body>x</body></html>"])
def test_what_is_no_such_reply_stays(body: bytes) -> None:
    assert as_json(body) is None


def test_only_who_asked_for_json_gets_json() -> None:
    asked = ServiceRequest("sqs", "us-east-1", headers=(("Accept", "application/json"),))
    xml = Returned(200, (("X-Own", "1"), ("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", "9")), SENT)
    came = as_asked(asked, xml)
    assert came.headers == (("X-Own", "1"), ("Content-Type", "application/json"))
    assert json.loads(came.body) == SENT_JSON
    assert as_asked(ServiceRequest("sqs", "us-east-1"), xml) is xml
    for other in (Returned(200, (), SENT), Returned(200, (("Content-Type", "text/xml"),), b"x")):
        assert as_asked(asked, other) is other
