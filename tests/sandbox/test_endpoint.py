from __future__ import annotations

import hashlib
import json
from pathlib import PurePath, PurePosixPath

import pytest

from localstack_lite.sandbox.endpoint import DEFAULT, Endpoint, NoEndpoint, Tls, endpoints

HOME = PurePosixPath("/home/ann")
CONFIG = HOME / ".docker"


def found(environ: dict[str, str], files: dict[PurePath, str] | None = None, system: str = "Linux") -> list[Endpoint]:
    result = endpoints(environ, HOME, lambda path: (files or {}).get(path, ""), system)
    assert not isinstance(result, NoEndpoint), result
    return list(result)


def refused(environ: dict[str, str], files: dict[PurePath, str] | None = None) -> NoEndpoint:
    result = endpoints(environ, HOME, lambda path: (files or {}).get(path, ""))
    assert isinstance(result, NoEndpoint), result
    return result


def context(name: str, host: str, folder: PurePath = CONFIG, **more: object) -> dict[PurePath, str]:
    meta = {"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host, **more}}}
    return {folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest() / "meta.json": json.dumps(meta)}


def test_without_any_word_the_usual_sockets_are_tried_in_their_order() -> None:
    addresses = [each.address for each in found({"XDG_RUNTIME_DIR": "/run/user/1000"})]
    assert addresses == [
        DEFAULT,
        "unix:///run/user/1000/docker.sock",
        "unix:///home/ann/.docker/run/docker.sock",
        "unix:///home/ann/.docker/desktop/docker.sock",
    ]


def test_windows_has_a_pipe() -> None:
    assert [each.scheme for each in found({}, system="Windows")] == ["npipe"]


def test_docker_host_wins_over_every_context() -> None:
    files = {CONFIG / "config.json": '{"currentContext": "big"}', **context("big", "tcp://big:2375")}
    environ = {"DOCKER_HOST": "unix:///tmp/other.sock", "DOCKER_CONTEXT": "big"}
    assert [each.address for each in found(environ, files)] == ["unix:///tmp/other.sock"]


def test_the_variable_names_the_context_before_the_configuration_does() -> None:
    files = {
        CONFIG / "config.json": '{"currentContext": "small"}',
        **context("big", "ssh://ann@big"),
        **context("small", "tcp://small:2375"),
    }
    assert found({"DOCKER_CONTEXT": "big"}, files)[0].address == "ssh://ann@big"
    assert found({}, files)[0].address == "tcp://small:2375"


def test_the_context_default_means_the_usual_sockets_whatever_the_configuration_says() -> None:
    files = {CONFIG / "config.json": '{"currentContext": "small"}', **context("small", "tcp://small:2375")}
    assert found({"DOCKER_CONTEXT": "default"}, files)[0].address == DEFAULT


def test_docker_config_moves_the_folder() -> None:
    folder = PurePosixPath("/etc/ann")
    files = {folder / "config.json": '{"currentContext": "big"}', **context("big", "tcp://big:1", folder)}
    assert found({"DOCKER_CONFIG": "/etc/ann"}, files)[0].address == "tcp://big:1"


def test_a_context_that_is_not_there_is_refused_with_who_names_it() -> None:
    no = refused({"DOCKER_CONTEXT": "gone"})
    assert no.why == "there is no Docker context 'gone', which DOCKER_CONTEXT names"
    assert "docker context ls" in no.hint


def test_a_configuration_that_is_no_json_counts_as_none() -> None:
    assert found({}, {CONFIG / "config.json": "{"})[0].address == DEFAULT


def test_certificates_of_a_context_lie_beside_it() -> None:
    tls = CONFIG / "contexts" / "tls" / hashlib.sha256(b"big").hexdigest() / "docker"
    files = {**context("big", "tcp://big:2376"), tls / "ca.pem": "CA", tls / "cert.pem": "C", tls / "key.pem": "K"}
    one = found({"DOCKER_CONTEXT": "big"}, files)[0]
    assert one.tls == Tls(str(tls / "ca.pem"), str(tls / "cert.pem"), str(tls / "key.pem"), verify=True)


def test_a_context_may_skip_verifying() -> None:
    one = found({"DOCKER_CONTEXT": "big"}, context("big", "tcp://big:2376", SkipTLSVerify=True))[0]
    assert one.tls == Tls(verify=False)


def test_the_environment_names_certificates_too() -> None:
    one = found({"DOCKER_HOST": "tcp://big", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"})[0]
    assert one.tls == Tls("/certs/ca.pem", "/certs/cert.pem", "/certs/key.pem", verify=True)
    assert one.port == 2376


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("tcp://10.0.0.5:2375", "10.0.0.5", 2375),
        ("tcp://10.0.0.5", "10.0.0.5", 2375),
        ("ssh://ann@build", "build", 22),
        ("ssh://ann@build:2222", "build", 2222),
        ("unix:///var/run/docker.sock", "", 0),
    ],
)
def test_an_address_says_host_and_port(address: str, host: str, port: int) -> None:
    one = Endpoint(address, "DOCKER_HOST")
    assert (one.host, one.port) == (host, port)


@pytest.mark.parametrize("address", ["nonsense", "ftp://x", "tcp://", "unix://", "tcp://x:port"])
def test_what_is_no_address_is_refused(address: str) -> None:
    no = refused({"DOCKER_HOST": address})
    assert no.why.startswith("DOCKER_HOST names")
    assert address in no.why
