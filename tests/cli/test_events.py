"""`devserve events list|generate`."""

from __future__ import annotations

import json

import pytest

from localstack_lite.cli.event_source import shipped_sample
from localstack_lite.cli.program import run
from localstack_lite.events.samples import SAMPLES


@pytest.mark.parametrize("arguments", [["events"], ["events", "list"]])
def test_the_list_has_a_line_for_each_sample(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [sample.name for sample in SAMPLES]


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["events", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "apigw"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.name)
def test_a_generated_sample_is_the_shipped_one(sample: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["events", "generate", sample.name]) == 0  # type: ignore[attr-defined]
    assert json.loads(capsys.readouterr().out) == json.loads(shipped_sample(sample))  # type: ignore[arg-type]


def test_values_are_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["events", "generate", "sqs", "--set", "Records.0.body=hi", "--set", "Records.1.extra=[1]"]) == 0
    event = json.loads(capsys.readouterr().out)
    assert (event["Records"][0]["body"], event["Records"][1]["extra"]) == ("hi", [1])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["events", "generate", "kinesys"],
            "devserve: kinesys: there is no sample event of that name\n  hint: did you",
        ),
        (["events", "generate", "sqs", "--set", "Records"], "devserve: --set Records: is not PATH=VALUE"),
        (["events", "generate"], "devserve: NAME: is missing"),
        (["events", "lst"], "devserve: command line: no such command 'lst'"),
    ],
)
def test_faults_are_one_line_and_code_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(said)
    assert captured.out == ""
