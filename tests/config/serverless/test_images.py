from tests.config.services import made_from, resources_of

IMAGES = """
service: s
provider:
  name: aws
  ecr:
    images:
      built: {path: docker, file: Dockerfile.prod, buildArgs: {A: 1}, platform: linux/arm64}
      named: {uri: 1.dkr.ecr.eu-west-1.amazonaws.com/x:1}
functions:
  a: {image: %s}
"""


def function(image):
    return resources_of(IMAGES % image)["ALambdaFunction"]


def test_a_uri_is_the_image():
    made = function("public.ecr.aws/x/y:1")
    assert made["Properties"]["Code"] == {"ImageUri": "public.ecr.aws/x/y:1"}
    assert made["Properties"]["PackageType"] == "Image"
    assert not {"Runtime", "Handler"} & made["Properties"].keys()


def test_an_image_of_the_provider_is_built_as_it_says():
    made = function("built")
    assert made["Metadata"] == {"DockerContext": "docker", "Dockerfile": "Dockerfile.prod", "DockerBuildArgs": {"A": 1}}
    assert made["Properties"]["Architectures"] == ["arm64"]


def test_a_mapping_names_it_and_sets_its_command():
    made = function("{name: named, command: [m.a], entryPoint: [/e], workingDirectory: /w}")
    assert made["Properties"]["Code"] == {"ImageUri": "1.dkr.ecr.eu-west-1.amazonaws.com/x:1"}
    assert made["Properties"]["ImageConfig"] == {"Command": ["m.a"], "EntryPoint": ["/e"], "WorkingDirectory": "/w"}


def test_a_name_that_is_not_there_is_told_with_the_nearest():
    (problem,) = made_from(IMAGES % "buildt").problems
    assert (problem.where, problem.hint) == ("serverless.yml:10", "did you mean built?")
