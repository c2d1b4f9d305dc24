"""A project with a function that is a container image, and the registry that it is pushed to.

    with pictured(tmp_path, proxy, cloud, "127.0.0.1:5000") as gallery:
        gallery.project.sync()
        gallery.pull(gallery.digest)

The image is one small layer on the smallest of the test images. Its names are taken away from the engine at the end.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack_lite.config.images import image_tag
from localstack_lite.model.function import Dockerfile
from tests.live import containers, docker_engine
from tests.live.cloud import Cloud
from tests.live.cloud_images import MANIFESTS
from tests.live.devserver import write
from tests.live.fault_proxy import FaultProxy
from tests.live.staged import Project

FUNCTION, OTHER = "Picture", "Plain"
STACK = "pictures-dev"
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
ROLE = {"Fn::GetAtt": ["Role", "Arn"]}
TEMPLATE = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUST]}},
        },
        FUNCTION: {
            "Type": "AWS::Lambda::Function",
            "Properties": {"PackageType": "Image", "Code": {"ImageUri": "picture:latest"}, "Role": ROLE},
            "Metadata": {"DockerContext": "./picture", "Dockerfile": "Dockerfile"},
        },
        OTHER: {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Handler": "app.handler", "Runtime": "python3.11", "Code": "./plain", "Role": ROLE},
        },
    }
}
APP = 'def handler(event, context):\n    return "one"\n'


@dataclass
class Gallery:
    """`address` is the registry's, `repository` the project's own there."""

    project: Project
    address: str
    repository: str

    @property
    def _cloudformation(self) -> Any:
        return self.project.cloud.client("cloudformation")

    @property
    def name(self) -> str:
        """The function's in the cloud."""
        found = self._cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId=FUNCTION)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    @property
    def has_stack(self) -> bool:
        return any(
            one["StackName"] == STACK and one["StackStatus"] not in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
            for one in self._cloudformation.list_stacks()["StackSummaries"]
        )

    @property
    def code(self) -> dict[str, Any]:
        """Of the function in the cloud."""
        told: dict[str, Any] = self.project.cloud.client("lambda").get_function(FunctionName=self.name)["Code"]
        return told

    @property
    def digest(self) -> str:
        """Of the image that the function has in the cloud."""
        told = self.project.cloud.client("lambda").get_function_configuration(FunctionName=self.name)
        return f"sha256:{told['CodeSha256']}"

    @property
    def template(self) -> dict[str, Any]:
        """As CloudFormation has it."""
        body = self._cloudformation.get_template(StackName=STACK)["TemplateBody"]
        read: dict[str, Any] = json.loads(body) if isinstance(body, str) else body
        return read

    @property
    def tags(self) -> list[str]:
        """Of the repository."""
        status, body = self._ask("GET", "tags/list")
        return sorted(json.loads(body)["tags"] or ()) if status == 200 else []

    def pull(self, digest: str) -> dict[str, Any]:
        """The image's configuration, out of the registry. All of the image has to be there, as its digests say."""
        status, body = self._ask("GET", f"manifests/{digest}")
        assert (status, sha256(body)) == (200, digest)
        manifest = json.loads(body)
        for layer in manifest["layers"]:
            status, _ = self._ask("HEAD", f"blobs/{layer['digest']}")
            assert status == 200, layer
        status, body = self._ask("GET", f"blobs/{manifest['config']['digest']}")
        assert (status, sha256(body)) == (200, manifest["config"]["digest"])
        read: dict[str, Any] = json.loads(body)
        return read

    def image_id(self, digest: str) -> str:
        """What an engine calls the image of that digest."""
        return str(json.loads(self._ask("GET", f"manifests/{digest}")[1])["config"]["digest"])

    @property
    def local_tag(self) -> str:
        """What the built image is called."""
        return image_tag(FUNCTION, Dockerfile((self.project.folder / "picture").resolve(), "Dockerfile"))

    def local_names(self) -> list[str]:
        """All that the engine calls images of this project."""
        with containers.client() as engine:
            every = [tag for image in engine.api.images() for tag in image["RepoTags"] or ()]
        return [tag for tag in every if tag == self.local_tag or tag.startswith(f"{self.address}/{self.repository}:")]

    def local_id(self) -> str:
        with containers.client() as engine:
            return str(engine.images.get(self.local_tag).id)

    def edit(self, text: str) -> None:
        """What the handler answers."""
        (self.project.folder / "picture" / "app.py").write_text(f"def handler(event, context):\n    return {text!r}\n")

    def _ask(self, method: str, path: str) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection(self.address, timeout=10)) as connection:
            connection.request(method, f"/v2/{self.repository}/{path}", headers={"Accept": ", ".join(MANIFESTS)})
            answer = connection.getresponse()
            return answer.status, answer.read()


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@contextmanager
def pictured(folder: Path, proxy: FaultProxy, cloud: Cloud, address: str) -> Iterator[Gallery]:
    """Not pushed yet. `address` is a registry's, or one where nobody is."""
    docker_engine.require_images()
    repository = f"pictures/{uuid.uuid4().hex[:12]}"
    settings = [
        'template = "template.json"',
        "[stages.dev]",
        f'stack_name = "{STACK}"',
        'region = "eu-west-2"',
        f'endpoint_url = "{proxy.address}"',
        f'image_repository = "{address}/{repository}"',
    ]
    files = {
        "devserve.toml": "\n".join(settings) + "\n",
        "template.json": json.dumps(TEMPLATE),
        "picture/Dockerfile": f"FROM {docker_engine.NO_SHELL_IMAGE}\nCOPY app.py /var/task/app.py\n",
        "picture/app.py": APP,
        "plain/app.py": APP,
    }
    home = folder / "home"
    home.mkdir()
    gallery = Gallery(Project(write(folder / "project", files), home, proxy, cloud), address, repository)
    try:
        yield gallery
    finally:
        with containers.client() as engine:
            for name in gallery.local_names():
                engine.images.remove(name, force=True)
