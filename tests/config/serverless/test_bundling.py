import pytest

from tests.config.services import resources_of

NODE = "service: s\nprovider: {name: aws, runtime: nodejs20.x}\nfunctions: {a: {handler: src/a.run}}\n"


def function(text, *there):
    return resources_of(text, there)["ALambdaFunction"]


def test_javascript_runs_as_it_stands():
    assert "Metadata" not in function(NODE, "src/a.js")


@pytest.mark.parametrize(
    "said", ["plugins: [serverless-esbuild]", "plugins: [serverless-webpack]", "build: {esbuild: true}"]
)
def test_what_is_bundled_is_bundled_by_esbuild(said):
    made = function(NODE + said, "src/a.js")
    assert made["Properties"]["Handler"] == "a.run"
    assert made["Metadata"] == {
        "BuildMethod": "esbuild",
        "BuildProperties": {"EntryPoints": ["src/a.js"], "External": ["@aws-sdk/*"]},
    }


def test_typescript_always_is():
    assert function(NODE, "src/a.ts")["Metadata"]["BuildProperties"]["EntryPoints"] == ["src/a.ts"]
    assert "Metadata" not in function(NODE + "build: {esbuild: false}", "src/a.js")


def test_options_have_the_names_that_the_builder_knows():
    options = "build: {esbuild: {minify: true, external: [pg], exclude: [], plugins: [x], target: node20}}"
    assert function(NODE + options, "src/a.js")["Metadata"]["BuildProperties"] == {
        "EntryPoints": ["src/a.js"],
        "Minify": True,
        "Target": "node20",
        "External": ["pg"],
    }
    plugin = "plugins: [serverless-esbuild]\ncustom: {esbuild: {keepNames: true}}"
    assert function(NODE + plugin, "src/a.js")["Metadata"]["BuildProperties"]["KeepNames"] is True


def test_python_is_not_bundled():
    text = NODE.replace("nodejs20.x", "python3.12") + "plugins: [serverless-esbuild]"
    assert "Metadata" not in function(text, "src/a.py")
