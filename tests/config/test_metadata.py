from pathlib import Path

import pytest

from localstack_lite.config.declaration import Awaited
from localstack_lite.config.metadata import (
    build_folder,
    declared_method,
    function_build,
    layer_build,
    with_entry_points,
)
from localstack_lite.config.stack import Resource
from localstack_lite.model.function import Build
from tests.config.samples import FilesInMemory, stack_of

SOURCE = Path("/project/src")


def resource(metadata):
    text = f"Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Metadata: {metadata}\n"
    stack = stack_of("Parameters: {P: {Type: String, Default: es2022}}\n" + text)
    return Resource(stack, "F"), stack.found


@pytest.mark.parametrize(
    ("metadata", "build"),
    [
        ("{}", None),
        ("text", None),
        ("{Dockerfile: x}", None),
        ("{BuildMethod: esbuild}", Build("esbuild", SOURCE)),
        ("{BuildMethod: makefile}", Build("makefile", SOURCE)),
        ("{BuildMethod: python3.13}", None),
        ("{BuildMethod: nodejs22.x}", None),
        ("{BuildMethod: esbuild, SkipBuild: true}", None),
        (
            "{BuildMethod: esbuild, BuildProperties: {Minify: true, Target: !Ref P}}",
            Build("esbuild", SOURCE, {"Minify": True, "Target": "es2022"}),
        ),
        ("{'aws:cdk:path': a/b, BuildMethod: makefile}", Build("makefile", SOURCE)),
    ],
)
def test_how_a_function_is_built(metadata, build):
    one, found = resource(metadata)
    assert function_build(one, SOURCE) == build
    assert found == []


@pytest.mark.parametrize(
    ("method", "known"),
    [("rust-cargolambda", ""), ("Go1.x", "go1.x"), ("java21", ""), ("dotnet8", ""), ("ruby3.4", "")],
)
def test_what_awss_builders_know_is_built_by_them(method, known):
    one, found = resource(f"{{BuildMethod: {method}, BuildProperties: {{Binary: orders}}}}")
    assert function_build(one, SOURCE) == Build(known or method, SOURCE, {"Binary": "orders"})
    assert found == []


@pytest.mark.parametrize("method", ["gradle", "cobol"])
def test_a_method_that_nobody_knows_is_told_and_the_folder_used(method):
    one, found = resource(f"{{BuildMethod: {method}}}")
    assert function_build(one, SOURCE) is None
    (problem,) = found
    assert problem.warning
    assert f"there is no BuildMethod {method}: the folder is used as it is" in problem.what
    assert "makefile" in problem.hint


def test_a_layer_is_installed_or_made_by_its_makefile():
    one, _ = resource("{BuildMethod: python3.12, BuildArchitecture: arm64}")
    build = layer_build(one, SOURCE)
    assert build == Build("python3.12", SOURCE, {"LogicalId": "F", "Architecture": "arm64"})


def test_a_layer_of_a_compiled_language_is_told():
    other, found = resource("{BuildMethod: java21}")
    assert layer_build(other, SOURCE) is None
    (problem,) = found
    assert problem.warning
    assert "layers are not built with BuildMethod java21: the folder is used as it is" in problem.what


@pytest.mark.parametrize(
    ("metadata", "method"),
    [("{BuildMethod: Java21}", "java21"), ("{BuildMethod: java21, SkipBuild: true}", ""), ("{Team: shop}", "")],
)
def test_the_method_that_is_declared_is_known_or_not(metadata, method):
    assert declared_method(resource(metadata)[0]) == method


def test_metadata_that_cannot_be_resolved_costs_only_itself():
    one, found = resource("{BuildMethod: makefile, BuildProperties: !Ref Nothing}")
    assert function_build(one, SOURCE) == Build("makefile", SOURCE)
    assert "no parameter or resource Nothing" in found[0].what


FILES = FilesInMemory({"src": ("app.ts", "lib/web.tsx", "two.js")})


@pytest.mark.parametrize(
    ("given", "handler", "entries"),
    [
        ({"EntryPoints": ["app.ts"]}, "x.y", ["app.ts"]),
        ({"EntryPoints": "two.js"}, "x.y", ["two.js"]),
        ({}, "app.handler", ["app.ts"]),
        ({}, "lib/web.handler", ["lib/web.tsx"]),
        ({}, "two.nested.handler", ["two.js"]),
    ],
)
def test_entry_points_are_those_given_else_the_handlers_source(given, handler, entries):
    build = with_entry_points(Build("esbuild", SOURCE, given), handler, FILES)
    assert build.properties["EntryPoints"] == entries


@pytest.mark.parametrize(("given", "awaited"), [({"EntryPoints": ["ap.ts"]}, SOURCE / "ap.ts"), ({}, SOURCE)])
def test_an_entry_point_that_is_not_there_is_waited_for(given, awaited):
    with pytest.raises(Awaited) as caught:
        with_entry_points(Build("esbuild", SOURCE, given), "ap.handler", FILES)
    assert caught.value.file == awaited


def test_another_build_has_another_folder_and_the_same_one_has_the_same():
    state = Path("/project/.devserve")
    build = Build("esbuild", SOURCE, {"Minify": True})
    folder = build_folder(state, "Child/F", build)
    assert folder.parent == state / "build"
    assert folder.name.startswith("Child.F-")
    assert folder == build_folder(state, "Child/F", Build("esbuild", SOURCE, {"Minify": True}))
    others = [
        build_folder(state, "Child/F", Build("makefile", SOURCE, {"Minify": True})),
        build_folder(state, "Child/F", Build("esbuild", SOURCE, {})),
        build_folder(state, "Child/F", Build("esbuild", SOURCE / "x", {"Minify": True})),
        build_folder(state, "Child/F", build, "other content"),
    ]
    assert len({folder, *others}) == 5
