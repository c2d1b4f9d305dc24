import pytest

from localstack_lite.config.find import choose, locate
from localstack_lite.errors import UserError
from localstack_lite.model.options import ReadOptions
from tests.config.samples import HANDLER, write


@pytest.mark.parametrize(
    ("names", "choice"),
    [
        ({"template.yml", "template.json", "app.py"}, ("template.yml", "")),
        ({"template.yaml", "serverless.yml"}, ("template.yaml", "")),
        ({"serverless.yml", "zappa_settings.json", "cdk.out"}, ("", "cdk.out")),
        ({"manage.py", "app.py"}, ("", "manage.py")),
        ({"app.py"}, ("", "")),
        ({"sam.json", "deployment.zip"}, ("sam.json", "")),
        ({"sam.json", "app.py"}, ("", "")),
    ],
)
def test_the_first_of_the_order_wins(names, choice):
    assert choose(names) == choice


@pytest.fixture
def folder(tmp_path):
    write(
        tmp_path,
        {"template.yaml": "", "app.py": HANDLER, "sub/other.yaml": "", "sub/devserve.toml": "", "pkg/web.py": ""},
    )
    return tmp_path


@pytest.mark.parametrize(
    ("target", "template", "settings", "handler"),
    [
        (".", "template.yaml", None, ""),
        ("sub", None, "sub/devserve.toml", ""),
        ("sub/other.yaml", "sub/other.yaml", "sub/devserve.toml", ""),
        ("sub/devserve.toml", None, "sub/devserve.toml", ""),
        ("app.handler", None, None, "app.handler"),
        ("pkg.web.run", None, None, "pkg.web.run"),
    ],
)
def test_a_target_is_a_folder_a_file_or_a_handler(folder, target, template, settings, handler):
    found = locate(ReadOptions(folder, target))
    assert found.template == (folder / template if template else None)
    assert found.settings == (folder / settings if settings else None)
    assert found.handler == handler


def test_the_template_option_wins_over_what_is_found(folder):
    from pathlib import Path

    found = locate(ReadOptions(folder, template=Path("sub/other.yaml")))
    assert found.template == folder / "sub" / "other.yaml"
    assert found.explicit


@pytest.mark.parametrize(
    ("target", "what", "hint"),
    [
        ("tempalte.yaml", "no such file", "did you mean template.yaml?"),
        ("app:1", "no such file", "TARGET is"),
        ("nowhere.handler", "no such file", "TARGET is"),
        ("app:", "'app:' does not say which app", "as in app:app"),
        ("a/b/c", "no such file", "TARGET is"),
    ],
)
def test_a_target_that_leads_nowhere_says_so(folder, target, what, hint):
    with pytest.raises(UserError) as caught:
        locate(ReadOptions(folder, target))
    assert what in caught.value.what
    assert hint in caught.value.hint


def test_a_named_template_that_is_not_there_says_so(folder):
    from pathlib import Path

    with pytest.raises(UserError) as caught:
        locate(ReadOptions(folder, template=Path("template.yam")))
    assert "did you mean template.yaml?" in caught.value.hint


@pytest.mark.parametrize("found", [{"cdk.json": "{}"}, {"cdk.out/manifest.json": "{}"}])
def test_a_cdk_app_is_found_by_its_settings_or_its_output(tmp_path, found):
    write(tmp_path, {**found, "serverless.yml": "", "app.py": HANDLER})
    assert locate(ReadOptions(tmp_path)).assembly == tmp_path / "cdk.out"


def test_a_template_comes_before_a_cdk_app(folder):
    write(folder, {"cdk.json": "{}"})
    found = locate(ReadOptions(folder))
    assert (found.template, found.assembly) == (folder / "template.yaml", None)


@pytest.mark.parametrize("target", ["app:app", "shop.wsgi:create_app()", "shop.wsgi:create_app('x')"])
def test_an_app_is_named_with_a_colon(folder, target):
    assert locate(ReadOptions(folder, target)).app == target


def test_another_tools_file_may_be_named_where_a_template_is(folder):
    write(folder, {"serverless.yml": ""})
    found = locate(ReadOptions(folder, "serverless.yml"))
    assert (found.foreign, found.template, found.explicit) == (folder / "serverless.yml", None, True)
