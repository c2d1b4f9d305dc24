"""Functions that are container images, on their way to a stage: a real engine, a real registry, and a cloud that takes
images from there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import containers, docker_engine
from tests.live.cloud import Cloud
from tests.live.fault_proxy import FaultProxy
from tests.live.pictured import FUNCTION, OTHER, Gallery, pictured
from tests.live.registry import free_port, registry
from tests.live.staged import Ended

pytestmark = [*docker_engine.MARKS]

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
NO_ENGINE = "unix:///nowhere/docker.sock"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a registry for all tests: what images have in common is sent to it once."""
    docker_engine.require_images()
    with registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
def gallery(tmp_path: Path, proxy: FaultProxy, cloud: Cloud, address: str) -> Iterator[Gallery]:
    with pictured(tmp_path, proxy, cloud, address) as made:
        yield made


def sync(gallery: Gallery, **environ: str) -> Ended:
    gallery.project.proxy.forget()
    return gallery.project.run("sync", "dev", "--yes", "--json", environ=gallery.project.environ(**environ))


def untouched(gallery: Gallery) -> None:
    """Neither the stage nor the registry has anything."""
    assert not gallery.has_stack
    assert not gallery.tags
    assert [name for name in gallery.project.proxy.writes() if name.startswith(("lambda.", "cloudformation."))] == []


def test_the_first_sync_pushes_the_image_and_the_stack_has_it(gallery: Gallery) -> None:
    first = gallery.project.sync()
    kinds = [kind for kind, _ in first.plan]
    assert ("push_image", FUNCTION) in first.plan
    assert kinds.index("push_image") < kinds.index("deploy_stack")
    assert gallery.image_id(gallery.digest) == gallery.local_id()
    assert gallery.pull(gallery.digest)["config"]["Cmd"] == ["app.handler"]
    (tag,) = gallery.tags
    assert f"sha256:{tag}" == gallery.local_id(), "a tag says what its image is"
    uri = gallery.template["Resources"][FUNCTION]["Properties"]["Code"]["ImageUri"]
    assert uri == f"{gallery.address}/{gallery.repository}:{tag}"
    assert gallery.code["ResolvedImageUri"].endswith(f"@{gallery.digest}")
    assert gallery.local_names() == [gallery.local_tag], "the registry's name would keep it here for ever"


def test_an_image_that_has_not_changed_is_neither_pushed_nor_set_again(gallery: Gallery) -> None:
    gallery.project.sync()
    again = gallery.project.sync()
    assert any(step["subject"] == FUNCTION and step["kind"] == "package" for step in again.of("step")), "it was built"
    assert again.plan == []
    assert gallery.project.proxy.writes() == []
    assert again.end["writes"] == 0
    assert len(gallery.tags) == 1


def test_nor_when_this_machine_knows_nothing_of_the_stage(gallery: Gallery) -> None:
    gallery.project.sync()
    for note in (gallery.project.folder / ".devserve" / "stages" / "dev").glob("*.json"):
        note.unlink()
    assert gallery.project.sync().plan == []
    assert gallery.project.proxy.writes() == []


def test_changed_code_is_one_push_and_one_update_by_digest(gallery: Gallery) -> None:
    gallery.project.sync()
    before = gallery.digest
    gallery.edit("two")
    changed = gallery.project.sync()
    assert changed.plan == [("push_image", FUNCTION), ("upload_code", FUNCTION)]
    proxy = gallery.project.proxy
    (call,) = proxy.of("UpdateFunctionCode")
    assert DIGEST.fullmatch(json.loads(call.body)["ImageUri"].partition("@")[2])
    assert [name for name in proxy.writes() if name.startswith(("lambda.", "cloudformation."))] == [str(call)]
    assert len(proxy.calls) <= 6, proxy.names()
    assert json.loads(call.body)["ImageUri"].endswith(f"@{gallery.digest}")
    assert gallery.digest != before
    assert gallery.pull(gallery.digest) != gallery.pull(before), "the registry has both"
    assert gallery.image_id(gallery.digest) == gallery.local_id()
    assert gallery.local_names() == [gallery.local_tag]
    assert gallery.project.sync().plan == []


def test_a_rollback_brings_the_earlier_image_back_without_an_engine(gallery: Gallery) -> None:
    gallery.project.sync()
    first = gallery.digest
    gallery.edit("two")
    gallery.project.sync()
    second = gallery.digest
    environ = gallery.project.environ(DOCKER_HOST=NO_ENGINE)
    back = gallery.project.run("rollback", "dev", "--yes", "--json", environ=environ)
    assert back.code == 0, back.stderr
    assert gallery.digest == first
    assert gallery.project.sync().plan == [("push_image", FUNCTION), ("upload_code", FUNCTION)]
    assert gallery.digest == second


def test_an_image_by_name_is_pushed_as_it_is(gallery: Gallery) -> None:
    folder = gallery.project.folder
    with containers.image(f"FROM {docker_engine.NO_SHELL_IMAGE}\nENV NAMED=yes\n") as name:
        template = json.loads((folder / "template.json").read_text())
        function = template["Resources"][FUNCTION]
        function["Properties"]["Code"]["ImageUri"] = name
        del function["Metadata"]
        (folder / "template.json").write_text(json.dumps(template))
        gallery.project.sync()
        assert "NAMED=yes" in gallery.pull(gallery.digest)["config"]["Env"]
        assert gallery.project.sync().plan == []


def test_without_an_engine_nothing_is_written_and_one_line_says_so(gallery: Gallery) -> None:
    complaint = sync(gallery, DOCKER_HOST=NO_ENGINE).complaint(2)
    assert FUNCTION in complaint
    assert "no Docker engine answers at unix:///nowhere/docker.sock" in complaint
    untouched(gallery)


def test_a_failing_build_shows_its_step_and_writes_nothing(gallery: Gallery) -> None:
    dockerfile = gallery.project.folder / "picture" / "Dockerfile"
    base = docker_engine.IMAGES["provided.al2023"]
    dockerfile.write_text(f"FROM {base}\nRUN echo looking for it; cat /no/such/thing\nCOPY app.py /var/task/app.py\n")
    plain = gallery.project.run("sync", "dev", "--yes")
    assert plain.code == 2, plain.stderr
    assert "RUN echo looking for it; cat /no/such/thing" in plain.said
    assert "cat: /no/such/thing: No such file or directory" in plain.said
    complaint = sync(gallery).complaint(2)
    assert "/no/such/thing" in complaint
    untouched(gallery)


def test_an_image_of_another_architecture_is_refused_before_it_is_pushed(gallery: Gallery) -> None:
    path = gallery.project.folder / "template.json"
    template = json.loads(path.read_text())
    with containers.client() as engine:
        mine = str(engine.images.get(docker_engine.NO_SHELL_IMAGE).attrs["Architecture"])
    other = "x86_64" if mine == "arm64" else "arm64"
    properties = template["Resources"][FUNCTION]["Properties"]
    properties |= {"Architectures": [other], "Code": {"ImageUri": docker_engine.NO_SHELL_IMAGE}}
    del template["Resources"][FUNCTION]["Metadata"]
    path.write_text(json.dumps(template))
    assert other in sync(gallery).complaint(2)
    untouched(gallery)


def test_a_registry_where_nobody_listens_is_one_line(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    with pictured(tmp_path, proxy, cloud, f"127.0.0.1:{free_port()}") as gallery:
        complaint = sync(gallery).complaint(4)
        assert FUNCTION in complaint
        assert gallery.address in complaint
        assert "connection refused" in complaint
        assert not gallery.has_stack
        assert gallery.local_names() == [gallery.local_tag]


def test_a_registry_that_wants_a_login_is_one_line_and_the_next_sync_goes_on(
    tmp_path: Path, proxy: FaultProxy, cloud: Cloud, address: str
) -> None:
    with (
        registry(tmp_path, login=True) as locked,
        pictured(tmp_path, proxy, cloud, locked) as gallery,
    ):
        complaint = sync(gallery).complaint(4)
        assert "no basic auth credentials" in complaint or "unauthorized" in complaint
        assert "docker login" in complaint
        assert not gallery.has_stack
        settings = gallery.project.folder / "devserve.toml"
        settings.write_text(settings.read_text().replace(locked, address))
        gallery.address = address
        gallery.project.sync()
        gallery.pull(gallery.digest)


def test_a_stage_without_a_repository_says_what_it_lacks(gallery: Gallery) -> None:
    settings = gallery.project.folder / "devserve.toml"
    settings.write_text(re.sub(r"(?m)^image_repository.*\n", "", settings.read_text()))
    assert "image_repository" in sync(gallery).complaint(2)
    untouched(gallery)


def test_the_function_beside_it_is_pushed_as_ever(gallery: Gallery) -> None:
    gallery.project.sync()
    digest = gallery.digest
    gallery.project.edit("plain/app.py", "one", "two")
    assert gallery.project.sync().plan == [("upload_code", OTHER)]
    assert gallery.digest == digest
