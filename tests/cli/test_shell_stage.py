"""The prompt whose blocks are sent to the cloud."""

from __future__ import annotations

import pytest

from localstack_lite.cli.shell_stage import prompt


def talk(*lines: str | type[BaseException]) -> tuple[int, list[str], list[str]]:
    """The exit code, the blocks that were sent, the prompts that were shown. After the last line the input ends."""
    sent: list[str] = []
    prompts: list[str] = []
    left = iter(lines)

    def typed(shown: str) -> str:
        prompts.append(shown)
        line = next(left, EOFError)
        if isinstance(line, str):
            return line
        raise line

    return prompt(typed, lambda block: bool(sent.append(block)) or True), sent, prompts


def test_each_line_is_sent_and_the_end_of_input_is_the_end() -> None:
    code, sent, _ = talk("x = 1", "print(2)")
    assert (code, sent[0]) == (0, "x = 1")
    assert "print(2)" in sent[1]


def test_a_block_is_sent_when_it_is_whole() -> None:
    _, sent, prompts = talk("for n in range(2):", "    print(n)", "")
    assert sent == ["for n in range(2):\n    print(n)\n"]
    assert prompts == [">>> ", "... ", "... ", ">>> "]


@pytest.mark.parametrize("word", ["exit()", "quit", " exit "])
def test_exit_ends_it_and_is_not_sent(word: str) -> None:
    assert talk("a = 1", word, "b = 2")[:2] == (0, ["a = 1"])


def test_ctrl_c_drops_the_block_and_asks_again() -> None:
    assert talk("if True:", KeyboardInterrupt, "a = 1")[1] == ["a = 1"]


def test_what_is_no_python_is_not_sent(capsys: pytest.CaptureFixture[str]) -> None:
    assert talk("1 +* 2", "a = 1")[1] == ["a = 1"]
    assert "SyntaxError" in capsys.readouterr().err


def test_an_empty_line_is_not_sent() -> None:
    assert talk("", "  ")[1] == []
