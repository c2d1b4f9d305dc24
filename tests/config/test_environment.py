import pytest

from localstack_lite.config.environment import Variables, parse_dotenv, parse_env_vars
from localstack_lite.errors import UserError


def test_sam_files_have_variables_of_all_and_of_each():
    common, each = parse_env_vars('{"Parameters": {"A": 1}, "F": {"B": true, "C": null, "D": 1.5, "E": "x"}}', "e.json")
    assert common == {"A": "1"}
    assert each == {"F": {"B": "true", "C": "", "D": "1.5", "E": "x"}}


@pytest.mark.parametrize(
    ("text", "where"),
    [("{\n,}", "e.json:2"), ("[]", "e.json"), ('{"F": "x"}', "e.json"), ('{"F": {"A": []}}', "e.json")],
)
def test_a_bad_file_names_its_place(text, where):
    with pytest.raises(UserError) as caught:
        parse_env_vars(text, "e.json")
    assert caught.value.where == where
    assert caught.value.hint


def test_the_most_special_wins():
    variables = Variables(
        {"F": {"A": "id", "B": "id", "C": "id"}, "name": {"A": "name", "E": "name"}},
        {"A": "all", "D": "all", "E": "all"},
        {"C": "dotenv"},
    )
    assert variables.of("F", "name") == {"A": "id", "B": "id", "C": "dotenv", "D": "all", "E": "name"}
    assert variables.of("G", "other") == {"A": "all", "C": "dotenv", "D": "all", "E": "all"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1\n# note\n\nexport B = two words # note\n", {"A": "1", "B": "two words"}),
        ('A=\'single # kept\'\nB="double\\n\\"x\\""', {"A": "single # kept", "B": 'double\n"x"'}),
        ('A="first\nsecond"\nB=1', {"A": "first\nsecond", "B": "1"}),
        ("A=\nB=#c\nC=a#b", {"A": "", "B": "", "C": "a#b"}),
        ("\ufeffA=1", {"A": "1"}),
        ("URL=https://x/?a=b", {"URL": "https://x/?a=b"}),
    ],
)
def test_dotenv(text, found):
    assert parse_dotenv(text, ".env") == found


@pytest.mark.parametrize(("text", "where"), [("A=1\nnonsense\n", ".env:2"), ('A="open\nB=1', ".env:1")])
def test_a_bad_dotenv_line_is_named(text, where):
    with pytest.raises(UserError) as caught:
        parse_dotenv(text, ".env")
    assert caught.value.where == where


def test_a_nested_function_is_named_by_its_path_which_wins_over_its_logical_id():
    variables = Variables({"Child/F": {"A": "path"}, "F": {"A": "id", "B": "id"}}, {"C": "all"}, {"D": "dotenv"})
    below = variables.below("Child/")
    assert below.of("F", "Child-F") == {"A": "path", "B": "id", "C": "all", "D": "dotenv"}
    assert variables.of("F", "F")["A"] == "id"
    assert variables.below("") is variables
