import pytest

from localstack_lite.config import toml_kinds as kinds


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        (kinds.TEXT, "x", True),
        (kinds.TEXT, 1, False),
        (kinds.WHOLE, 1, True),
        (kinds.WHOLE, True, False),
        (kinds.WHOLE, 1.5, False),
        (kinds.NUMBER, 1, True),
        (kinds.NUMBER, 1.5, True),
        (kinds.NUMBER, True, False),
        (kinds.NUMBER, "1", False),
        (kinds.YES, True, True),
        (kinds.YES, 1, False),
        (kinds.TEXTS, "x", True),
        (kinds.TEXTS, ["x"], True),
        (kinds.TEXTS, {}, False),
        (kinds.TABLE_OF, {}, True),
        (kinds.LIST, "x", False),
    ],
)
def test_a_value_is_of_its_kind_or_not(kind, value, good):
    assert kinds.fits(kind, value) is good


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        (kinds.FIGURES, [1, 2.5], True),
        (kinds.FIGURES, [1, "2"], False),
        (kinds.FIGURES, [True], False),
        (kinds.TEXTS, ["a", 1], False),
        (kinds.TEXTS, "a", True),
        (kinds.LIST, ["a", 1], True),
        (kinds.TEXT, "a", True),
    ],
)
def test_members_of_a_list_count_too(kind, value, good):
    assert kinds.members_fit(kind, value) is good


def test_text_and_lists_of_text_are_both_several():
    assert [kinds.texts(value) for value in (None, "a", ["a", "b"])] == [(), ("a",), ("a", "b")]
