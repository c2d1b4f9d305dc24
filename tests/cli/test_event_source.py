"""Where an event comes from, and what is said when it is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localstack_lite.cli.event_source import event, parsed, shipped_sample
from localstack_lite.errors import UserError
from localstack_lite.events.samples import SAMPLES


def test_without_an_event_it_is_an_empty_object() -> None:
    assert event(None, None) == (b"{}", {})


def test_a_payload_is_taken_as_it_is_written() -> None:
    assert event(None, ' {"a": 1.10} ') == (b' {"a": 1.10} ', {"a": 1.1})


def test_both_ways_at_once_are_refused() -> None:
    with pytest.raises(UserError, match="cannot be used together"):
        event("apigw", "{}")


def test_a_file_that_exists_goes_before_a_sample_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "apigw.json").write_text('{"mine": true}', encoding="utf-8")
    assert event("apigw.json", None).value == {"mine": True}


@pytest.mark.parametrize("named", ["apigw", "apigw.json", "sample_events/apigw.json"])
def test_a_sample_is_found_where_the_project_has_no_such_file(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert event(named, None).value["httpMethod"] == "GET"


def test_a_folder_named_like_a_sample_does_not_hide_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sqs").mkdir()
    assert "Records" in event("sqs", None).value


def test_any_other_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder"):
        event(str(tmp_path), None)


@pytest.mark.parametrize(
    ("named", "hint"), [("kinesys.json", "did you mean the sample kinesis?"), ("zzz", "`devserve")]
)
def test_a_name_that_is_nothing_gets_a_hint(named: str, hint: str) -> None:
    with pytest.raises(UserError, match="no such file, and no sample event") as raised:
        event(named, None)
    assert raised.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b'{\n  "a": 1,\n  b: 2\n}', "event.json:3", "the event is not JSON: expecting property name"),
        (b"{", "event.json:1", "the event is not JSON: expecting property name"),
        (b"", "event.json", "is empty"),
        (b" \n", "event.json", "is empty"),
        (b'{"a":\n"\xff"}', "event.json:2", "is not UTF-8"),
        (b'{"a": NaN}', "event.json", "NaN is no JSON value"),
        (b"[" * 100_000, "event.json", "nested too deeply"),
    ],
)
def test_what_is_not_json_is_refused_with_its_line(data: bytes, where: str, what: str) -> None:
    with pytest.raises(UserError) as raised:
        parsed(data, "event.json")
    assert raised.value.where == where
    assert what in raised.value.what
    assert raised.value.hint


def test_a_byte_order_mark_is_not_part_of_the_event() -> None:
    assert parsed(b"\xef\xbb\xbf{}", "event.json").payload == b"{}"


@pytest.mark.parametrize("text", ["1", '"text"', "null", "[]", "true"])
def test_an_event_may_be_any_json_value(text: str) -> None:
    assert parsed(text.encode(), "x").value == json.loads(text)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.name)
def test_each_shipped_sample_is_an_event(sample: object) -> None:
    parsed(shipped_sample(sample), "sample")  # type: ignore[arg-type]
