"""Against moto's own server: real HTTP, real boto3."""

import socket
from collections.abc import Iterator

import pytest

from localstack_lite.config.dynamic import Reference, Unknown
from localstack_lite.config.lookup import Account, account_of, look_up

REGION = "eu-west-1"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer  # takes long, and each worker imports this file

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    ssm, secrets = (client(url, service) for service in ("ssm", "secretsmanager"))
    for number in range(12):
        ssm.put_parameter(Name=f"/n/{number}", Value=f"v{number}", Type="String")
    ssm.put_parameter(Name="/n/0", Value="newer", Type="String", Overwrite=True)
    ssm.put_parameter(Name="/list", Value="a,b", Type="StringList")
    ssm.put_parameter(Name="/hidden", Value="hush", Type="SecureString")
    secrets.create_secret(Name="db", SecretString='{"user": "me", "port": 5432}')
    secrets.create_secret(Name="plain", SecretString="text")
    secrets.create_secret(Name="binary", SecretBinary=b"\x00")
    yield url
    server.stop()


def client(url, service):
    import boto3

    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    return boto3.client(service, endpoint_url=url, region_name=REGION, **keys)


def ask(url, *references):
    return look_up({"AWS_ENDPOINT_URL": url}, REGION, references)


def ssm(name, version="", service="ssm"):
    return Reference(service, name, version)


def secret(name, key="", **more):
    return Reference("secretsmanager", name, key=key, **more)


def test_parameters_and_secrets_are_found(endpoint):
    expected = {
        ssm("/n/0"): "newer",
        ssm("/n/0", "1"): "v0",
        ssm("/list"): "a,b",
        ssm("/hidden", service="ssm-secure"): "hush",
        secret("db"): '{"user": "me", "port": 5432}',
        secret("db", "user"): "me",
        secret("db", "port"): "5432",
        secret("db", "user", stage="AWSCURRENT"): "me",
        secret("plain"): "text",
        **{ssm(f"/n/{number}"): f"v{number}" for number in range(1, 12)},
    }
    assert ask(endpoint, *expected) == expected


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        (ssm("/gone"), "no such parameter"),
        (ssm("/hidden"), "written ssm-secure"),
        (secret("gone"), "ResourceNotFoundException"),
        (secret("db", "password"), "no key password"),
        (secret("plain", "user"), "no JSON object"),
        (secret("binary"), "binary"),
        (secret("db", stage="AWSNEVER"), "ResourceNotFoundException"),
    ],
)
def test_what_is_not_there_says_why_and_costs_only_itself(endpoint, reference, says):
    found = ask(endpoint, reference, ssm("/n/1"), secret("plain"))
    assert isinstance(found[reference], Unknown)
    assert says in found[reference].why
    assert found[ssm("/n/1")] == "v1"
    assert found[secret("plain")] == "text"


def test_a_value_is_asked_for_once(endpoint):
    client(endpoint, "ssm").put_parameter(Name="/once", Value="before", Type="String")
    assert ask(endpoint, ssm("/once")) == {ssm("/once"): "before"}
    client(endpoint, "ssm").put_parameter(Name="/once", Value="after", Type="String", Overwrite=True)
    assert ask(endpoint, ssm("/once")) == {ssm("/once"): "before"}


def test_who_does_not_answer_is_left_alone_for_a_while():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    first, second = ask(url, ssm("/a"))[ssm("/a")], ask(url, ssm("/b"))[ssm("/b")]
    assert isinstance(first, Unknown)
    assert first.why == f"{url} does not answer (EndpointConnectionError)"
    assert second is first


def test_an_endpoint_that_is_no_url_is_only_a_reason():
    found = ask("nonsense", ssm("/a"), secret("b"))
    assert all(isinstance(value, Unknown) for value in found.values())


def test_nobody_is_asked_without_an_endpoint_and_credentials():
    found = look_up({}, REGION, [ssm("/a")])[ssm("/a")]
    assert found == Unknown("neither an endpoint nor credentials of AWS are set")
    only_ssm = {"AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:1"}
    assert look_up(only_ssm, REGION, [secret("a")])[secret("a")] == found


@pytest.mark.parametrize(
    ("environ", "account"),
    [
        ({}, None),
        ({"AWS_REGION": "x"}, None),
        ({"HOME": "/nowhere"}, None),
        ({"AWS_ACCESS_KEY_ID": "a"}, Account(REGION)),
        ({"AWS_PROFILE": "p"}, Account(REGION, "p")),
        ({"AWS_ENDPOINT_URL": "u"}, Account(REGION, "", "u", "u", dummy=True)),
        ({"AWS_ENDPOINT_URL": "u", "AWS_ENDPOINT_URL_SSM": "s"}, Account(REGION, "", "s", "u", dummy=True)),
        (
            {"AWS_ENDPOINT_URL_SECRETS_MANAGER": "s", "AWS_ACCESS_KEY_ID": "a"},
            Account(REGION, secretsmanager="s"),
        ),
    ],
)
def test_the_environment_says_whom_to_ask(environ, account):
    assert account_of(environ, REGION) == account


def test_a_profile_of_the_command_line_wins_and_one_that_is_not_there_is_only_a_reason():
    assert account_of({"AWS_PROFILE": "p"}, REGION, "given") == Account(REGION, "given")
    found = look_up({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, REGION, [ssm("/a")], "devserve-nobody")[ssm("/a")]
    assert found == Unknown("boto3 says ProfileNotFound")


def test_a_file_of_credentials_counts(tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("[default]\n")
    assert account_of({"HOME": str(tmp_path)}, REGION) == Account(REGION)
    assert account_of({"AWS_CONFIG_FILE": str(tmp_path / ".aws" / "credentials")}, REGION) == Account(REGION)
