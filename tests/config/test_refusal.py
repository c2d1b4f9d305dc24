from localstack_lite.config.refusal import Refusal, did_you_mean


def test_a_near_miss_is_named():
    assert did_you_mean("handlr", ["handler", "runtime"]) == "did you mean handler?"


def test_without_a_near_miss_the_other_hint_stands():
    assert did_you_mean("zzz", ["handler"], "look") == "look"


def test_a_refusal_keeps_the_first_place_it_was_given():
    inner = Refusal("what", "hint").at(("Runtime",))
    assert inner.at(("Code",)).path == ("Runtime",)
