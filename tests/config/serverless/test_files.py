from pathlib import Path

import pytest

from localstack_lite.config.serverless.files import Asked, open_service
from localstack_lite.errors import UserError
from tests.live.devserver import write

SERVICE = "service: s\nprovider: {name: aws, stage: '${opt:stage, ''dev''}', environment: {A: '${env:A, ''none''}'}}\n"


def opened(folder: Path, files, **asked):
    write(folder, files)
    return open_service(folder / "serverless.yml", folder, Asked(**asked))


def variables(one):
    return one.service.provider["environment"]


def test_every_file_that_is_looked_for_is_an_input(tmp_path):
    text = "service: s\nprovider: aws\nfunctions: ${file(f.yml)}\npackage: ${file(gone.yml), file(sub/p.json)}\n"
    one = opened(tmp_path, {"serverless.yml": text, "f.yml": "a: {handler: m.a}\n", "sub/p.json": "{}"})
    names = [file.relative_to(tmp_path).as_posix() for file in one.inputs]
    assert names == ["serverless.yml", "f.yml", "gone.yml", "sub/p.json"]
    assert one.files == ("serverless.yml", "f.yml", "sub/p.json")


def test_dotenv_is_the_stages_file_or_the_common_one_and_the_environment_wins(tmp_path):
    files = {"serverless.yml": "useDotenv: true\n" + SERVICE, ".env": "A=common\n", ".env.prod": "A=prod\n"}
    assert variables(opened(tmp_path, files)) == {"A": "common"}
    assert variables(opened(tmp_path, files, stage="prod")) == {"A": "prod"}
    assert variables(opened(tmp_path, files, environ={"A": "own"})) == {"A": "own"}


def test_without_the_word_there_is_no_dotenv_but_version_four_has_it(tmp_path):
    files = {"serverless.yml": SERVICE, ".env": "A=common\n"}
    assert variables(opened(tmp_path, files)) == {"A": "none"}
    files["serverless.yml"] = "frameworkVersion: '4'\n" + SERVICE
    assert variables(opened(tmp_path, files)) == {"A": "common"}


def test_the_dotenv_plugin_hands_everything_to_the_functions(tmp_path):
    files = {"serverless.yml": SERVICE + "plugins: [serverless-dotenv-plugin]\n", ".env": "B=1\n"}
    assert variables(opened(tmp_path, files)) == {"B": "1", "A": "none"}


def test_the_region_is_the_command_lines_the_services_or_the_usual_one(tmp_path):
    text = "service: s\nprovider: {name: aws%s}\n"
    assert opened(tmp_path, {"serverless.yml": text % ""}, usual_region="eu-west-3").service.region == "eu-west-3"
    named = {"serverless.yml": text % ", region: eu-west-1"}
    assert opened(tmp_path, named, usual_region="eu-west-3").service.region == "eu-west-1"
    assert opened(tmp_path, named, region="us-west-2").service.region == "us-west-2"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("service: s\n  provider: x\n", "serverless.yml:2", "not valid YAML"),
        ("", "serverless.yml", "empty"),
        ("service: s\nprovider: {name: azure}\n", "serverless.yml:2", "azure"),
    ],
)
def test_a_service_that_cannot_be_read_is_the_users_error_at_its_line(tmp_path, text, where, what):
    with pytest.raises(UserError, match=what) as caught:
        opened(tmp_path, {"serverless.yml": text})
    assert caught.value.where == where


def test_a_service_may_be_json(tmp_path):
    write(tmp_path, {"serverless.json": '{"service": "s",\n "provider": "aws",\n "typo": 1}'})
    one = open_service(tmp_path / "serverless.json", tmp_path, Asked())
    assert [problem.where for problem in one.service.problems] == ["serverless.json:3"]
