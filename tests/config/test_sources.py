"""What a project is read from: the first of template, assembly and settings that counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from localstack_lite.config.sources import Sources, name_in, sources_of, text_of
from localstack_lite.errors import UserError
from localstack_lite.model.options import ReadOptions
from tests.config.cdk_outputs import function, template, write_output
from tests.config.samples import HANDLER, write

OWN = "[functions.f]\nhandler = 'app.handler'\n"


def sources(folder: Path, files: dict[str, str], environ: dict[str, str] | None = None, **options: Any) -> Sources:
    write(folder, files)
    return sources_of(ReadOptions(folder, **options), environ or {})


@pytest.mark.parametrize(
    ("files", "own", "found"),
    [
        ({"template.yaml": ""}, False, "template.yaml"),
        ({"template.yaml": "", "devserve.toml": OWN}, True, ""),
        ({"template.yaml": "", "devserve.toml": "region = 'eu-west-2'"}, False, "template.yaml"),
        ({"a.yaml": "", "devserve.toml": f"template = 'a.yaml'\n{OWN}"}, False, "a.yaml"),
        ({"app.py": HANDLER}, False, ""),
    ],
)
def test_settings_that_declare_functions_need_no_template(
    files: dict[str, str], own: bool, found: str, tmp_path: Path
) -> None:
    given = sources(tmp_path, files)
    assert given.own is own
    assert given.template == (tmp_path.resolve() / found if found else None)
    assert given.assembly is None


def test_a_handler_that_was_named_counts_before_everything(tmp_path: Path) -> None:
    given = sources(tmp_path, {"app.py": HANDLER, "template.yaml": ""}, target="app.handler")
    assert (given.template, given.assembly) == (None, None)


def test_a_template_that_is_not_there_is_told_where_it_is_named(tmp_path: Path) -> None:
    given = sources(tmp_path, {"devserve.toml": "template = 'tempate.yaml'", "template.yaml": ""})
    with pytest.raises(UserError, match=r"devserve.toml: there is no template tempate.yaml") as caught:
        _ = given.template
    assert caught.value.hint == "did you mean template.yaml?"


def test_the_output_of_an_app_and_a_template_in_it_are_an_assembly(tmp_path: Path) -> None:
    output = write_output(tmp_path / "cdk.out", {"Shop": template({"F": function("Shop/F", "a")})}).resolve()
    assert sources(tmp_path, {"cdk.json": "{}"}).assembly == (output, None)
    only = output / "Shop.template.json"
    assert sources(tmp_path, {}, template=Path("cdk.out/Shop.template.json")).assembly == (output, only)


def test_what_a_stage_says_is_below_what_is_given_with_the_call(tmp_path: Path) -> None:
    stage = "[stages.dev]\nstack_name = 'shop-dev'\nregion = 'eu-west-2'\nparameter_overrides = {A = '1', B = '2'}\n"
    files = {"devserve.toml": OWN + stage}
    given = sources(tmp_path, files, stage="dev", parameter_overrides={"B": "3"})
    assert (given.place.stack, given.place.region, given.overrides) == ("shop-dev", "eu-west-2", {"A": "1", "B": "3"})
    assert sources(tmp_path, files, stage="dev", region="us-west-1").place.region == "us-west-1"
    assert sources(tmp_path, files, {"AWS_REGION": "us-west-2"}).place.region == "us-west-2"
    assert sources(tmp_path, files).overrides == {}


def test_the_stage_is_the_one_of_the_call_then_of_the_environment_then_of_the_settings(tmp_path: Path) -> None:
    regions = {"dev": "eu-west-1", "test": "eu-west-2", "live": "eu-west-3"}
    tables = "".join(f"[stages.{name}]\nregion = '{region}'\n" for name, region in regions.items())
    files = {"app.py": HANDLER, "devserve.toml": f"stage = 'live'\n{tables}"}
    environ = {"DEVSERVE_STAGE": "test"}
    assert sources(tmp_path, files, environ, stage="dev").place.region == "eu-west-1"
    asked = sources(tmp_path, files, environ)
    assert (asked.place.region, asked.options.stage) == ("eu-west-2", "test")
    assert sources(tmp_path, files).place.region == "eu-west-3"


def test_files_are_named_relative_to_the_project_and_say_when_they_cannot_be_read(tmp_path: Path) -> None:
    assert name_in(tmp_path / "a/b.yaml", tmp_path) == "a/b.yaml"
    assert name_in(Path("/else/b.yaml"), tmp_path) == "/else/b.yaml"
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for name, why in (("bytes", "not UTF-8 text"), ("gone", "No such file")):
        with pytest.raises(UserError, match=why):
            text_of(tmp_path / name)


def test_python_source_may_declare_its_encoding(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(b"# -*- coding: latin-1 -*-\nname = 'caf\xe9'\n")
    assert "café" in text_of(tmp_path / "app.py")
    for name, text in {
        "b.py": b"# caf\xe9\n",
        "c.py": b"# coding: nothing\n# \xe9\n",
        "d.yaml": b"# coding: latin-1\n# \xe9",
    }.items():
        (tmp_path / name).write_bytes(text)
        with pytest.raises(UserError, match="UTF-8"):
            text_of(tmp_path / name)
