import pytest

from localstack_lite.config.settings_text import parse_text, parse_toml
from localstack_lite.errors import UserError

TOML = """\
# shop
[dev.deploy.parameters]
stack_name = "shop"

["prod".deploy.parameters]
region = "eu-west-2"
stack_name = "shop-prod"
[sync]
dev.region = "x"
"""
YAML = """\
dev:
  deploy:
    parameters:
      stack_name: shop
prod:
  deploy: {parameters: {stack_name: shop-prod}}
"""
HJSON = """\
{
  // what everybody has
  common: { tags: {"team": "shop"} }
  "prod": {
    # not quoted, no comma
    aws_region: eu-west-2
    s3_bucket: "shop"
  }
}
"""


@pytest.mark.parametrize(
    ("text", "name", "path", "line"),
    [
        (TOML, "a.toml", ("dev", "deploy", "parameters"), 2),
        (TOML, "a.toml", ("dev", "deploy", "parameters", "stack_name"), 3),
        (TOML, "a.toml", ("prod", "deploy", "parameters", "stack_name"), 7),
        (TOML, "a.toml", ("sync", "dev", "region"), 8),
        (TOML, "a.toml", ("nothing",), None),
        (TOML, "a.toml", (), None),
        (YAML, "a.yaml", ("dev", "deploy", "parameters", "stack_name"), 4),
        (YAML, "a.yml", ("prod", "deploy", "parameters", "stack_name"), 6),
        (YAML, "a.yml", ("nothing", "at"), None),
        (HJSON, "a.json", ("prod", "s3_bucket"), 7),
        (HJSON, "a.json", ("prod", "aws_region"), 6),
        (HJSON, "a.json", ("common", "tags", "team"), 3),
        (HJSON, "a.json", ("prod", "nothing"), 4),
        (HJSON, "a.json", ("nothing",), None),
    ],
)
def test_a_key_is_placed_in_every_format(text, name, path, line):
    assert parse_text(text, name).place(*path) == (f"{name}:{line}" if line else name)


def test_json_as_zappa_reads_it_has_comments_and_no_quotes():
    values = parse_text(HJSON, "zappa_settings.json").values
    assert values["prod"] == {"aws_region": "eu-west-2", "s3_bucket": "shop"}


@pytest.mark.parametrize("name", ["a.toml", "a.yaml", "a.json"])
@pytest.mark.parametrize("text", ["", "\ufeff \n", "# nothing yet\n"])
def test_a_file_without_content_has_no_values(name, text):
    assert parse_text(text, name).values == {}


@pytest.mark.parametrize(
    ("text", "name", "where", "what"),
    [
        ("a = 1\nb = \n", "a.toml", "a.toml:2", "not valid TOML"),
        ("a: 1\nb: [\n", "a.yaml", "a.yaml:3", "not valid YAML"),
        ("- a\n", "a.yaml", "a.yaml", "not a mapping"),
        ('{\n"dev": {\n"a": [1,\n', "a.json", "a.json:4", "not valid JSON"),
        ("[1]", "a.json", "a.json", "not an object"),
        ("n = " + "9" * 5000, "a.toml", "a.toml", "not valid TOML"),
        ("[" * 100_000, "a.json", "a.json", "nested too deep"),
        ("a = " + "[" * 100_000, "a.toml", "a.toml", "nested too deep"),
    ],
)
def test_what_cannot_be_read_names_its_line(text, name, where, what):
    with pytest.raises(UserError) as caught:
        parse_text(text, name)
    assert caught.value.where == where
    assert what in caught.value.what


def test_settings_of_a_template_are_not_spoken_of():
    with pytest.raises(UserError) as caught:
        parse_text("- a\n", "samconfig.yaml")
    assert "Resources" not in caught.value.hint


def test_the_nearest_title_decides_where_a_key_is_looked_for():
    whole = parse_toml("region = 'a'\n[stages.dev]\nregion = 'b'\n[stages.prod]\nregion = 'c'\n", "devserve.toml")
    assert whole.place("region") == "devserve.toml:1"
    assert whole.place("stages", "prod", "region") == "devserve.toml:5"
