import pytest

from localstack_lite.config.yaml_cfn import parse, parse_any
from localstack_lite.errors import UserError


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!Ref X", {"Ref": "X"}),
        ("!GetAtt X.Arn", {"Fn::GetAtt": ["X", "Arn"]}),
        ("!GetAtt [X, Arn]", {"Fn::GetAtt": ["X", "Arn"]}),
        ("!GetAtt X.Outputs.Y", {"Fn::GetAtt": ["X", "Outputs.Y"]}),
        ("!Sub 'a-${X}'", {"Fn::Sub": "a-${X}"}),
        ("!Condition C", {"Condition": "C"}),
        ("!Join ['-', [a, !Ref X]]", {"Fn::Join": ["-", ["a", {"Ref": "X"}]]}),
        (
            "!Transform {Name: M, Parameters: {A: !Ref X }}",
            {"Fn::Transform": {"Name": "M", "Parameters": {"A": {"Ref": "X"}}}},
        ),
        ("2012-10-17", "2012-10-17"),
        ("yes", True),
        ("12", 12),
    ],
)
def test_values_are_what_json_templates_write(written, value):
    assert parse(f"A: {written}\n", "t.yaml").values == {"A": value}


def test_keys_are_text_as_they_were_written():
    assert parse("on: 1\n200: 2\n0123: 3\n", "t.yaml").values == {"on": 1, "200": 2, "0123": 3}


def test_merge_keys_and_aliases_are_followed():
    text = "base: &b {a: 1, b: 2}\nmade:\n  <<: *b\n  b: 3\n"
    assert parse(text, "t.yaml").values["made"] == {"a": 1, "b": 3}


def test_every_key_knows_its_line():
    document = parse("Resources:\n  F:\n    Type: x\n    Properties:\n      Runtime: y\n", "t.yaml")
    assert document.line("Resources", "F") == 2
    assert document.line("Resources", "F", "Properties", "Runtime") == 5
    assert document.line("Resources", "F", "Properties", "Nothing") == 4
    assert document.line("Nothing") is None


def test_a_key_that_stands_twice_is_remembered():
    assert parse("R:\n  F: 1\n  F: 2\n", "t.yaml").repeated == (("R", "F"),)


def test_json_is_read_with_lines():
    document = parse('{\n\t"Resources": {\n\t\t"F": {"Type": "x"}\n\t}\n}', "t.json")
    assert document.values == {"Resources": {"F": {"Type": "x"}}}
    assert document.line("Resources", "F") == 3


@pytest.mark.parametrize(
    ("text", "name", "where", "hint"),
    [
        ("A:\n  b: [1\nC: 2\n", "t.yaml", "t.yaml:3", "quotes"),
        ("A:\n\tb: 1\n", "t.yaml", "t.yaml:2", "spaces"),
        ("A: {x: !Ref Y}}\n", "t.yaml", "t.yaml:1", ""),
        ("A: 1\n b: 2\n", "t.yaml", "t.yaml:2", "indentation"),
        ("", "t.yaml", "t.yaml", "Resources"),
        ("- a\n", "t.yaml", "t.yaml", "Resources"),
        ("? [a, b]\n: 1\n", "t.yaml", "t.yaml:1", "quotes"),
        ("A: *nobody\n", "t.yaml", "t.yaml:1", ""),
        ("A: 1\n---\nB: 2\n", "t.yaml", "t.yaml:2", ""),
        ("A: &a [*a]\n", "t.yaml", "t.yaml:1", ""),
        ("A: !!python/object:os.system {}\n", "t.yaml", "t.yaml:1", ""),
        ('{\n "A": ,\n}', "t.json", "t.json:2", "before"),
        ("[" * 5000, "t.yaml", "t.yaml", ""),
        ("[" * 200_000, "t.yaml", "t.yaml:1", ""),
        ("- " * 30_000, "t.yaml", "t.yaml:1", ""),
        ("{a: " * 30_000, "t.yaml", "t.yaml:1", ""),
        ("[" * 100_000, "t.json", "t.json", ""),
    ],
)
def test_bad_text_names_its_line(text, name, where, hint):
    with pytest.raises(UserError) as caught:
        parse(text, name)
    assert caught.value.where.split(":")[: where.count(":") + 1] == where.split(":")
    assert hint in caught.value.hint
    assert "\n" not in str(caught.value)


def test_aliases_of_aliases_do_not_eat_the_machine():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(UserError):
        parse("\n".join(lines), "t.yaml")


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("a: yes\nb: 12:30\nc: 1\nd: 1.5\ne: true\nf: 0123\n", "x.yml",
         {"a": "yes", "b": "12:30", "c": 1, "d": 1.5, "e": True, "f": "0123"}),
        ("- a: !Ref X\n- b\n", "x.yml", [{"a": {"Ref": "X"}}, "b"]),
        ("text\n", "x.yml", "text"),
        ('{"k": [1]}', "x.json", {"k": [1]}),
    ],
)  # fmt: skip
def test_a_file_of_any_content_is_read_as_yaml_1_2_or_json(text, name, value):
    assert parse_any(text, name)[0] == value


def test_a_file_of_any_content_knows_its_lines_and_its_mistakes():
    assert parse_any("- a: 1\n- b:\n    c: 2\n", "x.yml")[1] == {("0", "a"): 1, ("1", "b"): 2, ("1", "b", "c"): 3}
    assert parse_any('{"k":\n {"l": 1}}', "x.json")[1] == {("k",): 1, ("k", "l"): 2}
    for text, name, where in (("a: 1\n  b: 2\n", "x.yml", "x.yml:2"), ('{"a":\n}', "x.json", "x.json:2")):
        with pytest.raises(UserError) as caught:
            parse_any(text, name)
        assert caught.value.where == where
