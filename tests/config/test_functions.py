from pathlib import Path

import pytest

from localstack_lite.config.environment import Variables
from localstack_lite.config.functions import read_functions
from localstack_lite.model.function import LogFormat
from tests.config.samples import FilesInMemory, stack_of

HEAD = """\
Parameters:
  Lost: {Type: String}
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
"""
GOOD = {"Runtime": "python3.13", "Handler": "app.handler", "Code": "."}


def text_of(**properties):
    lines = [f"      {key}: {value}" for key, value in {**GOOD, **properties}.items() if value is not None]
    return HEAD + "\n".join(lines) + "\n"


def read_one(variables=None, **properties):
    stack = stack_of(text_of(**properties))
    read = read_functions(stack, FilesInMemory(), variables or Variables())
    return (read.functions[0] if read.functions else None), stack.found, read


def test_what_is_not_said_is_what_aws_takes():
    function, found, _ = read_one()
    assert (function.memory, function.timeout, function.ephemeral_storage) == (128, 3, 512)
    assert function.reserved_concurrency is None
    assert function.name == "F"
    assert function.code.folder == Path("/project")
    assert function.where == "template.yaml:4"
    assert found == []


def test_all_properties_reach_the_model():
    function, found, _ = read_one(
        FunctionName="!Sub '${AWS::Region}-f'",
        MemorySize='"256"',
        Timeout=10,
        ReservedConcurrentExecutions=0,
        EphemeralStorage="{Size: 1024}",
        Architectures="[arm64]",
        Description="does it",
        Role="arn:aws:iam::1:role/r",
        TracingConfig="{Mode: Active}",
        LoggingConfig="{LogFormat: JSON, ApplicationLogLevel: DEBUG, SystemLogLevel: WARN, LogGroup: /mine}",
        Tags="[{Key: a, Value: b}]",
        Environment="{Variables: {A: 1, B: true, C: text, D: !Ref F }}",
    )
    assert function.name == "us-east-1-f"
    assert (function.memory, function.timeout, function.ephemeral_storage) == (256, 10, 1024)
    assert function.reserved_concurrency == 0
    assert function.architecture == "arm64"
    assert function.tracing == "Active"
    assert (function.logging.format, function.logging.group) == (LogFormat.JSON, "/mine")
    assert (function.logging.application_level, function.logging.system_level) == ("DEBUG", "WARN")
    assert function.tags == {"a": "b"}
    assert function.environment == {"A": "1", "B": "true", "C": "text", "D": "us-east-1-f"}
    assert found == []


@pytest.mark.parametrize(
    ("properties", "says", "hint", "where"),
    [
        ({"Runtime": "python3.99"}, "no runtime python3.99", "python3.13", "template.yaml:7"),
        ({"Runtime": "!Ref Lost"}, "parameter Lost has no default", "--parameter-overrides Lost=", "template.yaml:7"),
        ({"Handler": "ap.handler"}, "no file ap.py", "did you mean app.py?", "template.yaml:8"),
        ({"Handler": "!ImportValue h"}, "another stack's value", "--env-vars", "template.yaml:8"),
        ({"Code": "nowhere"}, "no code at nowhere", "look", "template.yaml:9"),
        ({"Code": "{S3Bucket: b, S3Key: k}"}, "in S3", "local folder", "template.yaml:9"),
        ({"Code": "s3://b/k"}, "s3://b/k", "local folder", "template.yaml:9"),
        ({"Code": "[1]"}, "no known form", "local folder", "template.yaml:9"),
        ({"PackageType": "Image"}, "nothing says which", "ImageUri", "template.yaml:10"),
    ],
)
def test_without_runtime_handler_or_code_the_function_is_left_out(properties, says, hint, where):
    function, found, read = read_one(**properties)
    assert function is None
    (problem,) = found
    assert problem.subject == "F"
    assert says in problem.what
    assert hint in problem.hint
    assert problem.where == where
    assert not problem.warning
    assert "F" in read.left_out


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"MemorySize": 64}, "MemorySize: AWS takes 128 to 10240, not 64; 128 is used"),
        ({"MemorySize": 20000}, "10240 is used"),
        ({"MemorySize": "lots"}, "not a whole number; 128 is used"),
        ({"Timeout": 901}, "900 is used"),
        ({"Timeout": 0}, "1 is used"),
        ({"Timeout": "!Ref Lost"}, "parameter Lost has no default and no value was given; 3 is used"),
        ({"Runtime": "python3.9"}, "retired"),
        ({"FunctionName": "!Ref Lost"}, "'F' is used"),
        ({"Layers": "[a]"}, "a is no layer; it runs without this layer"),
        ({"Environment": "{Variables: {A: !Ref Lost }}"}, "'F.A' is used"),
        ({"Environment": "{Variables: {A: [1]}}"}, "not text"),
        ({"Environment": "{Variables: !Ref Lost }"}, "parameter Lost"),
        ({"Environment": "{Variables: {A: !GetAtt F.Secret }}"}, "Secret of F"),
        ({"Environment": f"{{Variables: {{A: {'x' * 5000}}}}}"}, "4096"),
    ],
)
def test_any_other_property_costs_only_itself(properties, says):
    function, found, _ = read_one(**properties)
    assert function is not None
    (problem,) = found
    assert problem.warning
    assert says in problem.what
    assert problem.where.startswith("template.yaml:")


def test_given_variables_win_and_silence_what_could_not_be_resolved():
    given = Variables({"F": {"A": "given", "NEW": "too"}})
    function, found, _ = read_one(given, Environment="{Variables: {A: !Ref Lost, B: own}}")
    assert function.environment == {"A": "given", "NEW": "too", "B": "own"}
    assert found == []


def test_inline_code_is_read_from_the_template():
    function, _, _ = read_one(Code="{ZipFile: abc}", Handler="index.handler")
    assert function.code.source == Path("/project/template.yaml")


def test_a_missing_handler_file_is_awaited():
    _, _, read = read_one(Handler="ap.handler")
    assert read.awaited == (Path("/project/ap.py"),)


def test_two_resources_with_one_name_are_two_functions():
    text = text_of(FunctionName="same") + text_of(FunctionName="same").split("Resources:\n")[1].replace(
        "  F:", "  G:", 1
    )
    read = read_functions(stack_of(text), FilesInMemory(), Variables())
    assert [(f.logical_id, f.name) for f in read.functions] == [("F", "same"), ("G", "same")]


@pytest.mark.parametrize(("runtime", "suffix"), [("python3.13", ".py"), ("nodejs20.x", ".js"), ("nodejs24.x", ".js")])
def test_inline_code_is_a_file_of_its_language(runtime, suffix):
    function, found, _ = read_one(Code="{ZipFile: text}", Runtime=runtime, Handler="index.handler")
    assert function.code.folder.suffix == suffix
    assert found == []
