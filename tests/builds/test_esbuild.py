from __future__ import annotations

import pytest

from localstack_lite.builds.esbuild import Complaint, command, complaints


def options(properties: dict[str, object], runtime: str = "nodejs22.x") -> list[str]:
    return command("esbuild", properties, runtime, "/out")


def test_without_properties_it_bundles_for_the_functions_node_with_source_maps() -> None:
    assert options({"EntryPoints": ["app.ts", "b.ts"]}) == [
        *("esbuild", "app.ts", "b.ts", "--bundle", "--platform=node", "--outdir=/out"),
        *("--target=node22", "--format=cjs", "--sourcemap=linked", "--log-level=warning", "--color=false"),
    ]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Minify": True}, ["--minify"]),
        ({"Minify": "true"}, ["--minify"]),
        ({"Minify": False}, ["--minify=false"]),
        ({"Sourcemap": True}, ["--sourcemap"]),
        ({"Target": "es2020"}, ["--target=es2020"]),
        ({"Format": "esm"}, ["--format=esm"]),
        ({"External": ["aws-sdk", "./x"]}, ["--external:aws-sdk", "--external:./x"]),
        ({"External": "aws-sdk"}, ["--external:aws-sdk"]),
        ({"MainFields": ["module", "main"]}, ["--main-fields=module,main"]),
        ({"MainFields": "module,main"}, ["--main-fields=module,main"]),
        ({"Loader": [".png=dataurl", ".txt=text"]}, ["--loader:.png=dataurl", "--loader:.txt=text"]),
        ({"OutExtension": [".js=.mjs"]}, ["--out-extension:.js=.mjs"]),
        ({"Banner": {"js": "// hello"}}, ["--banner:js=// hello"]),
        ({"Banner": "js=// hello"}, ["--banner:js=// hello"]),
        ({"Define": {"process.env.X": '"1"'}}, ['--define:process.env.X="1"']),
        ({"KeepNames": True}, ["--keep-names"]),
        ({"SourcesContent": False}, ["--sources-content=false"]),
        ({"TreeShaking": True}, ["--tree-shaking"]),
    ],
)
def test_properties_are_esbuilds_options_in_awss_spelling(properties: dict[str, object], expected: list[str]) -> None:
    words = options(properties)
    assert [word for word in words if word in expected] == expected


@pytest.mark.parametrize("key", ["Bundle", "Platform", "Outdir", "EntryPoints", "UseNpmCi"])
def test_what_devserve_decides_is_not_passed_on(key: str) -> None:
    assert options({key: "x"})[-9:] == options({})[-9:]


def test_source_maps_can_be_refused() -> None:
    assert not [word for word in options({"Sourcemap": False}) if "sourcemap" in word]


def test_the_target_without_a_version_is_sams() -> None:
    assert "--target=es2020" in options({}, "provided.al2023")


OUTPUT = """\
▲ [WARNING] Comparison to -0 [equals-negative-zero]

    app.ts:1:9:
      1 │ if (x === -0) {}

✘ [ERROR] Expected ";" but found "x"

    src/app.ts:3:10:
      3 │ const a x
        ╵         ^

✘ [ERROR] Could not resolve "left-pad"

    app.ts:1:16:
      1 │ import pad from "left-pad"

2 errors
"""


def test_errors_are_told_with_their_places() -> None:
    assert complaints(OUTPUT) == (
        Complaint('Expected ";" but found "x"', "src/app.ts:3:10"),
        Complaint('Could not resolve "left-pad"', "app.ts:1:16"),
    )


@pytest.mark.parametrize(
    ("output", "what"),
    [("", "it said nothing"), ("Segmentation fault\n\n", "Segmentation fault"), ("✘ [ERROR] No loader\n", "No loader")],
)
def test_there_is_always_something_to_tell(output: str, what: str) -> None:
    assert complaints(output) == (Complaint(what),)
