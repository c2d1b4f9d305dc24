from pathlib import Path

import pytest

from localstack_lite.config.layers import adopted, declared_layers, local, named_layers, opt_of, published
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.function import Build, Layer
from tests.builders import function
from tests.config.samples import FilesInMemory, project_in, stack_of

FILES = FilesInMemory({"one": ("a",), "two": ("b",), ".": ("app",)})
STATE = Path("/project/.devserve")
ARN = "arn:aws:lambda:eu-west-1:017000801446:layer:Powertools:7"

TEMPLATE = """
Conditions: {Never: !Equals [a, b]}
Parameters: {Given: {Type: String, Default: "arn:aws:lambda:eu-west-1:017000801446:layer:Powertools:7"}}
Resources:
  One: {Type: AWS::Lambda::LayerVersion, Properties: {Content: one, LayerName: first}}
  Two: {Type: AWS::Lambda::LayerVersion, Properties: {Content: two}}
  Not: {Type: AWS::Lambda::LayerVersion, Condition: Never, Properties: {Content: one}}
  F: {Type: AWS::Lambda::Function, Properties: {Layers: LAYERS}}
"""


def named(listed, more=""):
    stack = stack_of(TEMPLATE.replace("LAYERS", listed) + more)
    declared = declared_layers(stack, FILES)
    return [layer.arn.split(":layer:")[1] for layer in named_layers(Resource(stack, "F"), declared, FILES)], stack.found


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ("[!Ref One, !Ref Two]", ["first:1", "Two:1"]),
        ("[!Ref Two, !Ref One]", ["Two:1", "first:1"]),
        ("[One]", ["first:1"]),
        (f"[{ARN}]", ["Powertools:7"]),
        ("[!Ref Given]", ["Powertools:7"]),
        ("[!If [Never, !Ref One, !Ref Two]]", ["Two:1"]),
        ("[!If [Never, !Ref One, !Ref AWS::NoValue]]", []),
        ("!If [Never, [!Ref One], [!Ref Two]]", ["Two:1"]),
        ("[!Sub 'arn:aws:lambda:${AWS::Region}:123456789012:layer:first:1']", ["first:1"]),
        ("!Ref AWS::NoValue", []),
    ],
)
def test_a_layer_is_named_by_its_logical_id_or_its_arn(listed, names):
    assert named(listed) == (names, [])


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ("[!Ref Not, !Ref One]", "Not does not exist"),
        ("[!Ref Lost, !Ref One]", "no parameter or resource Lost"),
        ("[arn:aws:lambda:eu-west-1:017000801446:layer:Powertools, !Ref One]", "names no version"),
        ("[nonsense, !Ref One]", "is no layer"),
        ("[[1], !Ref One]", "runs without this layer"),
    ],
)
def test_a_layer_that_is_none_is_told_and_left_out(listed, says):
    names, (problem,) = named(listed)
    assert names == ["first:1"]
    assert problem.warning
    assert says in problem.what
    assert "runs without this layer" in problem.what


def test_what_is_no_list_is_told():
    names, (problem,) = named("text")
    assert names == []
    assert "not a list" in problem.what


def test_more_than_five_are_told():
    names, (problem,) = named("[!Ref One, !Ref Two, !Ref One, !Ref One, !Ref One, !Ref One]")
    assert len(names) == 6
    assert "AWS takes 5 layers, not 6" in problem.what


@pytest.mark.parametrize(
    ("content", "says", "waited"),
    [
        ("nowhere", "there is no layer at nowhere; functions run without it", (Path("/project/nowhere"),)),
        ("{S3Bucket: b, S3Key: k}", "its content is not here", ()),
        ("s3://b/k", "its content is not here", ()),
    ],
)
def test_a_layer_without_content_is_told_once_and_costs_no_function(content, says, waited):
    text = f"Resources:\n  L:\n    Type: AWS::Lambda::LayerVersion\n    Properties: {{Content: {content}}}\n"
    stack = stack_of(text + "  F: {Type: AWS::Lambda::Function, Properties: {Layers: [!Ref L]}}\n")
    declared = declared_layers(stack, FILES)
    (problem,) = stack.found
    assert says in problem.what
    assert problem.subject == "L"
    assert not problem.warning
    assert declared.sources == waited
    (layer,) = named_layers(Resource(stack, "F"), declared, FILES)
    assert layer.folder is None
    assert opt_of([layer], STATE) is None


def test_a_layer_with_a_build_is_made_at_a_place_of_its_content():
    text = "Resources:\n  L:\n    Type: AWS::Lambda::LayerVersion\n    Metadata: {BuildMethod: makefile}\n"
    stack = stack_of(text + "    Properties: {Content: one}\n")
    layer = declared_layers(stack, FILES).by_id["L"]
    assert layer.build == Build("makefile", Path("/project/one"), {"LogicalId": "L"})
    assert layer.folder is not None
    assert layer.folder.parent == STATE / "build"


def test_opt_is_the_only_layers_folder_else_a_copy_named_by_all():
    one, two = Layer("a", Path("/one"), 1, digest="1"), Layer("b", Path("/two"), 1, digest="2")
    assert opt_of([], STATE) is None
    assert opt_of([one], STATE) == Path("/one")
    assert opt_of([one, Layer("lost")], STATE) == Path("/one")
    copies = [
        opt_of([one, two], STATE),
        opt_of([two, one], STATE),
        opt_of([one, Layer("b", Path("/two"), 1, digest="3")], STATE),
        opt_of([published(ARN, STATE)], STATE),
    ]
    assert len(set(copies)) == 4
    assert all(copy is not None and copy.is_relative_to(STATE / "cache" / "layers") for copy in copies)
    assert opt_of([one, two], STATE) == copies[0]


def test_a_published_layer_has_a_place_by_its_arn():
    layer = published(ARN, STATE)
    assert layer.folder == published(ARN, STATE).folder
    assert layer.folder != published(ARN[:-1] + "8", STATE).folder
    with pytest.raises(Refusal):
        published("arn:aws:lambda:eu-west-1:1:function:f", STATE)


def test_a_path_is_a_layer_named_after_it():
    layer, source = local("one", FILES)
    assert source == Path("/project/one")
    assert layer.folder == source
    assert layer.arn.endswith(":layer:one:1")


def test_layers_of_other_stacks_are_adopted_by_arn():
    theirs = Layer("arn:x", Path("/one"), 1, digest="1")
    named_only = function(layers=(Layer("arn:x", Path("/cache"), digest="arn:x"),), opt=Path("/cache"))
    given = adopted(named_only, {"arn:x": theirs}, STATE)
    assert (given.layers, given.opt) == ((theirs,), Path("/one"))
    assert adopted(given, {"arn:x": theirs}, STATE) is given
    assert adopted(named_only, {}, STATE) is named_only


SAM = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Layers: [!Ref Shared], Runtime: python3.13, Handler: app.handler}}
Resources:
  Shared: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers/shared}}
  More: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers/more}}
  A: {Type: AWS::Serverless::Function}
  B: {Type: AWS::Serverless::Function, Properties: {Layers: [!Ref More]}}
"""


def test_sams_layers_reach_their_functions_and_are_inputs(tmp_path):
    files = {
        "template.yaml": SAM,
        "layers/shared/python/s.py": "",
        "layers/more/python/m.py": "1",
        "app.py": "handler=1",
    }
    project = project_in(tmp_path, files | {"layers/shared/python/s.py": "s = 1\n"})
    assert project.problems == ()
    a, b = project.functions
    assert a.opt == tmp_path / "layers" / "shared"
    assert [layer.folder for layer in b.layers] == [tmp_path / "layers" / "shared", tmp_path / "layers" / "more"]
    assert b.opt is not None
    assert b.opt.parent == tmp_path / ".devserve" / "cache" / "layers"
    assert {tmp_path / "layers" / "shared", tmp_path / "layers" / "more"} <= set(project.inputs)
    again = project_in(tmp_path, {"layers/more/python/m.py": "changed = 2\n"})
    assert again.functions[0] == a
    assert again.functions[1].opt != b.opt
