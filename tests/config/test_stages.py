import pytest

from localstack_lite.config.read import read
from localstack_lite.config.stages import read_stage, read_stages
from localstack_lite.errors import UserError
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.stage import StageSource
from tests.config.samples import HANDLER, project_in, write

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: none}
  Size: {Type: String, Default: small}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: .
      Environment:
        Variables: {STAGE: !Ref Stage, SIZE: !Ref Size, REGION: !Ref AWS::Region, STACK: !Ref AWS::StackName}
"""
OURS = """\
protected_stages = ["prod*", "live"]
[stages.dev]
region = "eu-west-2"
parameter_overrides = { Stage = "ours" }
[stages.prod-eu]
stack_name = "shop-prod"
"""
SAM = """\
version = 0.1
[dev.deploy.parameters]
stack_name = "shop-dev"
region = "us-east-2"
parameter_overrides = "Stage=sam Size=big"
[default.global.parameters]
stack_name = "shop"
region = "eu-west-3"
"""
ZAPPA = '{"dev": {"s3_bucket": "artifacts", "profile_name": "shop"}, "live": {"aws_region": "eu-west-1"}}'


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    write(
        folder,
        {
            "template.yaml": TEMPLATE,
            "app.py": HANDLER,
            "devserve.toml": OURS,
            "samconfig.toml": SAM,
            "zappa_settings.json": ZAPPA,
        },
    )
    return folder


def test_a_stage_is_put_together_from_all_files(shop):
    stage = read_stage(ReadOptions(shop), "dev")
    assert (stage.stack_name, stage.region, stage.profile) == ("shop-dev", "eu-west-2", "shop")
    assert stage.s3_bucket == "artifacts"
    assert stage.parameters == {"Stage": "ours", "Size": "big"}
    assert (stage.source, stage.where) == (StageSource.DEVSERVE, "devserve.toml:2")


def test_every_file_adds_its_stages(shop):
    stages = read_stages(ReadOptions(shop))
    assert list(stages) == ["dev", "prod-eu", "default", "live"]
    assert [stage.source for stage in stages.values()] == ["devserve", "devserve", "samconfig", "zappa"]
    assert [name for name, stage in stages.items() if stage.protected] == ["prod-eu", "live"]
    assert stages["live"].stack_name == "shop-live"
    assert stages["live"].where == "zappa_settings.json:1"


def test_the_command_line_goes_before_all_files(shop):
    options = ReadOptions(shop, region="eu-north-1", profile="other", parameter_overrides={"Stage": "typed"})
    stage = read_stage(options, "dev")
    assert (stage.region, stage.profile) == ("eu-north-1", "other")
    assert stage.parameters == {"Stage": "typed", "Size": "big"}


def test_nobodys_region_is_left_to_aws_own_rules(tmp_path):
    write(tmp_path / "shop", {"devserve.toml": "[stages.dev]\n", "app.py": HANDLER})
    stage = read_stage(ReadOptions(tmp_path / "shop"), "dev")
    assert (stage.stack_name, stage.region, stage.profile, stage.s3_bucket) == ("shop-dev", "", "", "")


def test_the_first_samconfig_counts_and_stands_beside_the_project_or_its_template(tmp_path):
    write(
        tmp_path,
        {
            "devserve.toml": "template = 'infra/template.yaml'\n",
            "infra/template.yaml": TEMPLATE,
            "infra/samconfig.yaml": "a: {global: {parameters: {stack_name: of-yaml}}}\n",
        },
    )
    assert read_stage(ReadOptions(tmp_path), "a").where == "infra/samconfig.yaml:1"
    write(tmp_path, {"samconfig.toml": "[b.deploy.parameters]\nstack_name = 'of-toml'\n"})
    assert list(read_stages(ReadOptions(tmp_path))) == ["b"]


def test_a_template_named_on_the_command_line_has_its_own_samconfig(tmp_path):
    write(tmp_path, {"infra/shop.yaml": TEMPLATE, "infra/samconfig.toml": SAM, "devserve.toml": OURS})
    stage = read_stage(ReadOptions(tmp_path, template=tmp_path / "infra/shop.yaml"), "dev")
    assert (stage.stack_name, stage.region) == ("shop-dev", "eu-west-2")


def test_a_cdk_app_has_stages_too(tmp_path):
    write(tmp_path / "shop", {"cdk.json": "{}", "pyproject.toml": "[tool.devserve.stages.dev]\nregion = 'eu-west-2'\n"})
    assert read_stage(ReadOptions(tmp_path / "shop"), "dev").where == "pyproject.toml:1"


@pytest.mark.parametrize(
    ("files", "name", "what", "hints"),
    [
        (
            {"devserve.toml": OURS},
            "deb",
            "no such stage",
            ["did you mean dev?", "known: dev, prod-eu", "[stages.deb] in devserve.toml"],
        ),
        ({"devserve.toml": "region = 'eu-west-2'\n"}, "dev", "has no stages", ["[stages.dev] in devserve.toml"]),
        ({"pyproject.toml": "[project]\n"}, "dev", "has no stages", ["[tool.devserve.stages.dev] in pyproject.toml"]),
        ({}, "dev", "has no stages", ["[stages.dev] in devserve.toml", "[tool.devserve.stages.dev]"]),
        ({}, "../dev", "has no stages", ["[stages.dev] in devserve.toml"]),
    ],
)
def test_a_stage_that_is_not_there_is_told_with_how_to_write_one(tmp_path, files, name, what, hints):
    write(tmp_path, {"app.py": HANDLER, **files})
    with pytest.raises(UserError) as caught:
        read_stage(ReadOptions(tmp_path), name)
    assert caught.value.where == f"stage {name}"
    assert what in caught.value.what
    assert "\n" not in caught.value.hint
    for hint in hints:
        assert hint in caught.value.hint


def test_a_project_without_any_stage_file_has_no_stages(tmp_path):
    write(tmp_path, {"app.py": HANDLER})
    assert read_stages(ReadOptions(tmp_path)) == {}


@pytest.mark.parametrize(
    ("toml", "what", "where"),
    [
        ("[stages.dev]\nregion = 'london'\n", "'london', no region", "devserve.toml:2"),
        ("[stages.dev]\ns3_buket = 'shop'\n", "no setting stages.dev.s3_buket", "devserve.toml:2"),
        ("[stages.dev]\nregion = 5\n", "stages.dev.region is 5", "devserve.toml:2"),
        ("[stages.dev]\nregion = 5\ns3_bucket = 'A'\n", "is 5 (and 1 more)", "devserve.toml:2"),
        ("protected_stages = 'prod'\n[stages.dev]\n", "protected_stages is 'prod'", "devserve.toml:1"),
        ("protected_stages = [1]\n[stages.dev]\n", "protected_stages is [1]", "devserve.toml:1"),
        ("protected_stage = ['prod']\n[stages.dev]\n", "no setting protected_stage", "devserve.toml:1"),
    ],
)
def test_nothing_is_pushed_by_settings_that_were_not_understood(tmp_path, toml, what, where):
    write(tmp_path, {"app.py": HANDLER, "devserve.toml": toml})
    with pytest.raises(UserError) as caught:
        read_stage(ReadOptions(tmp_path), "dev")
    assert what in caught.value.what
    assert caught.value.where == where
    assert list(read_stages(ReadOptions(tmp_path))) == ["dev"]


def test_mistakes_elsewhere_do_not_stand_in_the_way(tmp_path):
    toml = "tempalte = 'x'\n[functions.f]\nmemry = 1\n[stages.prod]\nregion = 5\n[stages.dev]\nregion = 'eu-west-2'\n"
    write(tmp_path, {"app.py": HANDLER, "devserve.toml": toml})
    assert read_stage(ReadOptions(tmp_path), "dev").region == "eu-west-2"


def test_a_region_on_the_command_line_is_checked_and_overrules_a_bad_one(tmp_path):
    write(tmp_path, {"app.py": HANDLER, "devserve.toml": "[stages.dev]\nregion = 'london'\n"})
    assert read_stage(ReadOptions(tmp_path, region="eu-west-2"), "dev").region == "eu-west-2"
    with pytest.raises(UserError) as caught:
        read_stage(ReadOptions(tmp_path, region="eu-west-2a"), "dev")
    assert (caught.value.where, caught.value.hint) == ("--region", "the region is eu-west-2")


def test_a_stage_with_a_name_like_a_path_is_never_one(tmp_path):
    write(tmp_path, {"app.py": HANDLER, "devserve.toml": '[stages."../prod"]\n'})
    assert read_stages(ReadOptions(tmp_path)) == {}
    with pytest.raises(UserError) as caught:
        read_stage(ReadOptions(tmp_path), "../prod")
    assert "no name for a stage" in caught.value.what


@pytest.mark.parametrize("file", ["samconfig.toml", "zappa_settings.json", "zappa_settings.yml"])
def test_a_file_that_cannot_be_read_is_told(tmp_path, file):
    write(tmp_path, {"app.py": HANDLER, "devserve.toml": OURS, file: "{ [\n"})
    with pytest.raises(UserError) as caught:
        read_stages(ReadOptions(tmp_path))
    assert caught.value.where.startswith(file)


def test_reading_for_a_stage_takes_its_parameters_its_region_and_its_stack(shop):
    project = read(ReadOptions(shop, stage="dev"), environ={"AWS_REGION": "us-west-1"})
    environment = {"STAGE": "ours", "SIZE": "big", "REGION": "eu-west-2", "STACK": "shop-dev"}
    assert project.functions[0].environment == environment
    assert project.region == "eu-west-2"
    assert {shop / "samconfig.toml", shop / "zappa_settings.json"} <= set(project.inputs)
    default = read(ReadOptions(shop, stage="default", parameter_overrides={"Size": "typed"}), environ={})
    assert default.functions[0].environment["SIZE"] == "typed"
    assert (default.region, default.functions[0].environment["STACK"]) == ("eu-west-3", "shop")


def test_reading_without_a_stage_opens_no_other_tools_files(shop):
    (shop / "samconfig.toml").write_text("[broken", encoding="utf-8")
    project = read(ReadOptions(shop), environ={})
    assert project.functions[0].environment["STAGE"] == "none"
    assert shop / "samconfig.toml" not in project.inputs


def test_reading_for_a_stage_that_is_not_there_is_refused(shop):
    with pytest.raises(UserError) as caught:
        read(ReadOptions(shop, stage="deb"), environ={})
    assert "did you mean dev?" in caught.value.hint


def test_what_a_template_refers_to_is_looked_up_at_the_stages_own_address(shop):
    with (shop / "devserve.toml").open("a", encoding="utf-8") as file:
        file.write("[stages.local]\nendpoint_url = 'http://127.0.0.1:9'\n")
    template = TEMPLATE.replace("Default: small", "Default: /shop/size").replace(
        "Size: {Type: String", "Size: {Type: 'AWS::SSM::Parameter::Value<String>'"
    )
    (shop / "template.yaml").write_text(template, encoding="utf-8")
    project = read(ReadOptions(shop, stage="local"), environ={"AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:10"})
    assert any("http://127.0.0.1:9 does not answer" in problem.what for problem in project.problems)


def test_serving_goes_on_without_what_a_stage_says_wrongly(tmp_path):
    files = {"app.py": HANDLER, "samconfig.toml": "[dev.deploy.parameters]\ns3_bucket = 'My_Bucket'\n"}
    project = project_in(tmp_path, files, stage="dev")
    (problem,) = project.problems
    assert (problem.where, problem.warning) == ("samconfig.toml:2", True)


def test_a_function_that_runs_in_the_stage_says_so(shop):
    with (shop / "devserve.toml").open("a", encoding="utf-8") as file:
        file.write("[functions.Hello]\nrun = 'stage'\n")
    (function,) = read(ReadOptions(shop), environ={}).functions
    assert function.in_stage
