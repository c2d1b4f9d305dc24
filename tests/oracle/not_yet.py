"""The recorded cases that devserve does not pass yet, each with the reason.

The list may only shrink: a case that is listed and passes fails the suite until its line is gone.
"""

from __future__ import annotations

OTHERS = "Java, .NET and Ruby run in AWS's own images, which cannot be had where no registry is in reach"
SOURCES = "event source mappings come in a later issue"
CREATE = "functions are declared by the project; creating them over the API comes in a later issue"
USER = "the name of AWS's user, sbx_user1051, is not in the image that runs"

NOT_YET: dict[str, str] = {
    "esm.sqs.record-attributes": SOURCES,
    "esm.sqs.record-window0": SOURCES,
    "esm.sqs.batch-item-failures.empty": SOURCES,
    "esm.sqs.batch-item-failures.raise": SOURCES,
    "esm.sqs.defaults": SOURCES,
    "esm.sqs.duplicate": SOURCES,
    "esm.filter.invalid-0": SOURCES,
    "esm.filter.invalid-1": SOURCES,
    "esm.filter.invalid-2": SOURCES,
    "esm.filter.invalid-3": SOURCES,
    "esm.unknown-uuid": SOURCES,
    "esm.no-source": SOURCES,
    "esm.unknown-function": SOURCES,
    "esm.ddb.on-failure-sqs": SOURCES,
    "esm.ddb.on-failure-s3": SOURCES,
    "esm.ddb.batch-failure.empty-string-item-identifier-failure": SOURCES,
    "esm.ddb.batch-failure.null-item-identifier-failure": SOURCES,
    "esm.ddb.batch-failure.invalid-key-foo-failure": SOURCES,
    "esm.ddb.batch-failure.invalid-key-foo-null-value-failure": SOURCES,
    "esm.ddb.batch-failure.item-identifier-not-present-failure": SOURCES,
    "esm.ddb.filter.eventname": SOURCES,
    "esm.ddb.filter.numeric-does-not-apply": SOURCES,
    "esm.ddb.filter.exists-false-on-map": SOURCES,
    "esm.ddb.filter.datetime-is-number": SOURCES,
    "esm.kinesis.record": SOURCES,
    "esm.kinesis.on-failure-sqs": SOURCES,
    "esm.kinesis.record-age-exceeded": SOURCES,
    "esm.kinesis.filter-data": SOURCES,
    "error.uncaught.java21": OTHERS,
    "error.uncaught.dotnet8": OTHERS,
    "error.uncaught.ruby3.4": OTHERS,
    "state.pending-active": CREATE,
    "env.filesystem": USER,
}
