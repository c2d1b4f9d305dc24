from localstack_lite.config.serverless.stages import service_stage
from localstack_lite.model.stage import StageSource
from tests.live.devserver import write


def test_any_name_is_a_stage_with_the_frameworks_stack_and_region(tmp_path):
    text = "service: shop\nprovider: {name: aws, region: eu-west-2, profile: p, stackTags: {k: v}}\n"
    write(tmp_path, {"serverless.yml": text})
    stage = service_stage(tmp_path / "serverless.yml", tmp_path, "prod", {})["prod"]
    assert (stage.stack_name, stage.region, stage.profile, stage.tags) == ("shop-prod", "eu-west-2", "p", {"k": "v"})
    assert stage.source is StageSource.SERVERLESS


def test_a_service_that_cannot_be_read_still_has_the_stage(tmp_path):
    write(tmp_path, {"serverless.yml": "a: b: c"})
    assert service_stage(tmp_path / "serverless.yml", tmp_path, "dev", {})["dev"].stack_name == ""
