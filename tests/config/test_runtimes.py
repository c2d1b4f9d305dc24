import pytest

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.runtimes import CURRENT, check_runtime


@pytest.mark.parametrize("runtime", CURRENT)
def test_supported_runtimes_pass_without_a_word(runtime):
    assert check_runtime(runtime) == ""


def test_a_retired_runtime_runs_with_a_remark():
    assert "retired" in check_runtime("python3.8")
    assert "nodejs24.x" in check_runtime("nodejs18.x")
    assert "provided.al2023" in check_runtime("go1.x")


@pytest.mark.parametrize(
    ("runtime", "what", "hint"),
    [
        ("python3.99", "no runtime python3.99", "python3.13"),
        ("pyhton3.12", "no runtime pyhton3.12", "python3.12"),
        ("", "has no runtime", "python3.13"),
    ],
)
def test_other_runtimes_are_refused_with_a_hint(runtime, what, hint):
    with pytest.raises(Refusal) as caught:
        check_runtime(runtime)
    assert what in caught.value.what
    assert hint in caught.value.hint
