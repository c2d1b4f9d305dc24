import pytest

from localstack_lite.config.cache import transformed
from localstack_lite.config.parameters import Place
from localstack_lite.config.sam import Refused, Transformed


class Translator:
    def __init__(self, failure=""):
        self.calls = 0
        self.failure = failure

    def __call__(self, document, parameters, place):
        self.calls += 1
        return Transformed({"Resources": {"n": self.calls}}, (Refused("F", "why", "event"),), self.failure)


def test_the_same_input_is_translated_once(tmp_path):
    translator = Translator()
    first = transformed(tmp_path, {"a": 1}, {"P": "x"}, Place(), translator)
    assert transformed(tmp_path, {"a": 1}, {"P": "x"}, Place(), translator) == first
    assert translator.calls == 1


@pytest.mark.parametrize(
    ("document", "parameters", "place"),
    [({"a": 2}, {"P": "x"}, Place()), ({"a": 1}, {"P": "y"}, Place()), ({"a": 1}, {"P": "x"}, Place("eu-west-1"))],
)
def test_any_other_input_is_translated_anew(tmp_path, document, parameters, place):
    translator = Translator()
    transformed(tmp_path, {"a": 1}, {"P": "x"}, Place(), translator)
    transformed(tmp_path, document, parameters, place, translator)
    assert translator.calls == 2


def test_a_damaged_cache_costs_time_only(tmp_path):
    translator = Translator()
    transformed(tmp_path, {}, {}, Place(), translator)
    (kept,) = (tmp_path / ".devserve" / "cache" / "sam").iterdir()
    kept.write_text('{"template": ')
    assert transformed(tmp_path, {}, {}, Place(), translator).template == {"Resources": {"n": 2}}


def test_a_failure_is_not_kept(tmp_path):
    translator = Translator("no")
    transformed(tmp_path, {}, {}, Place(), translator)
    transformed(tmp_path, {}, {}, Place(), translator)
    assert translator.calls == 2


def test_a_project_that_cannot_be_written_to_works(tmp_path):
    (tmp_path / ".devserve").write_text("a file is in the way")
    assert transformed(tmp_path, {}, {}, Place(), Translator()).template == {"Resources": {"n": 1}}
