from pathlib import Path

import pytest

from localstack_lite.config.declaration import Awaited
from localstack_lite.config.images import context_of, image_tag, is_image, read_image
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.function import Dockerfile, Image
from tests.config.samples import FilesInMemory, project_in, stack_of

FILES = FilesInMemory({".": ("app",), "img": ("Dockerfile", "other.Dockerfile"), "bare": ()})


def resource(properties, metadata="{}"):
    text = (
        f"Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Metadata: {metadata}\n    Properties: {properties}\n"
    )
    return Resource(stack_of(text), "F")


@pytest.mark.parametrize(
    ("properties", "answer"),
    [("{PackageType: Image}", True), ("{Code: {ImageUri: x}}", True), ("{Code: {S3Key: x}}", False), ("{}", False)],
)
def test_what_is_an_image(properties, answer):
    assert is_image(resource(properties)) is answer


def test_an_image_that_exists_is_named():
    config = "{EntryPoint: [/run], Command: [a.b, c], WorkingDirectory: /w}"
    one = resource(f"{{PackageType: Image, Code: {{ImageUri: 'repo/shop:1'}}, ImageConfig: {config}}}")
    image = read_image(one, FILES)
    assert image == Image("repo/shop:1", None, ("/run",), ("a.b", "c"), "/w")
    assert context_of(image, FILES) == Path("/project")


def test_metadata_says_how_it_is_built():
    metadata = (
        "{DockerContext: img, Dockerfile: other.Dockerfile, DockerTag: v1, DockerBuildTarget: final, "
        "DockerBuildArgs: {A: 1, B: !Ref AWS::Region}}"
    )
    image = read_image(resource("{PackageType: Image, Code: {ImageUri: devserve/none}}", metadata), FILES)
    context = Path("/project/img")
    assert image.dockerfile == Dockerfile(context, "other.Dockerfile", "final", {"A": "1", "B": "us-east-1"})
    assert image.uri.startswith("devserve/f-")
    assert image.uri.endswith(":v1")
    assert context_of(image, FILES) == context


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("devserve/none", "nothing says which"),
        ("img", "is a folder"),
        ("./img", "is a folder"),
        ("/abs/x.tar", "is a folder or a file"),
    ],
)
def test_an_image_that_is_none_is_refused(uri, says):
    with pytest.raises(Refusal, match=says):
        read_image(resource(f"{{PackageType: Image, Code: {{ImageUri: {uri}}}}}"), FILES)


def test_a_dockerfile_that_is_not_there_is_waited_for():
    with pytest.raises(Awaited) as caught:
        read_image(resource("{PackageType: Image}", "{DockerContext: bare}"), FILES)
    assert caught.value.file == Path("/project/bare/Dockerfile")
    with pytest.raises(Refusal, match="no Docker context at nowhere"):
        read_image(resource("{PackageType: Image}", "{DockerContext: nowhere}"), FILES)


def test_built_images_of_two_projects_have_two_names():
    here, there = image_tag("Child/F", Dockerfile(Path("/a"))), image_tag("Child/F", Dockerfile(Path("/b")))
    assert here != there
    assert here.startswith("devserve/child-f-")
    assert here.endswith(":latest")


def test_sams_image_function_is_read_whole(tmp_path):
    template = """\
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Pic:
        Type: AWS::Serverless::Function
        Metadata: {Dockerfile: Dockerfile, DockerContext: ./img}
        Properties: {PackageType: Image, MemorySize: 256, ImageConfig: {Command: [a.b]}}
    """
    project = project_in(tmp_path, {"template.yaml": template, "img/Dockerfile": "FROM scratch\n"})
    (one,) = project.functions
    assert project.problems == ()
    assert (one.runtime, one.handler, one.package_type, one.memory) == ("", "", "Image", 256)
    assert one.code.folder == tmp_path / "img"
    assert one.image is not None
    assert one.image.command == ("a.b",)
