"""`--tls`: the certificate that is made, kept and made anew, and the user's own."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from cryptography import x509

from localstack_lite.app.certificates import LOCAL, Certificate, certificate, made
from localstack_lite.errors import UserError
from localstack_lite.model.api import Api, ApiKind, DomainName
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Project


def names_of(pair: Certificate) -> set[str]:
    found = x509.load_pem_x509_certificate(pair.chain.read_bytes())
    extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in extension}


def test_without_the_option_there_is_none(tmp_path: Path) -> None:
    assert certificate(Project(tmp_path), ServeOptions()) is None
    assert not (tmp_path / ".devserve").exists()


def test_it_is_for_this_machine_for_custom_domains_and_for_hosts_that_are_allowed(tmp_path: Path) -> None:
    shop = Api("Shop", "shop", ApiKind.REST, (), domains=(DomainName("api.example.com"),))
    pair = certificate(Project(tmp_path, apis=(shop,)), ServeOptions(tls=True, allowed_hosts=("Dev.Example.",)))
    assert pair is not None
    own = {"shop.localhost", f"{shop.id}.execute-api.localhost"}
    assert names_of(pair) == {*LOCAL, *own, "api.example.com", "api.example.localhost", "dev.example"}


def test_every_api_is_named_since_browsers_take_no_wildcard_below_localhost(tmp_path: Path) -> None:
    apis = tuple(Api(name, name, ApiKind.HTTP, ()) for name in ("Shop", "dev_admin", "x" * 70))
    pair = certificate(Project(tmp_path, apis=apis), ServeOptions(tls=True, allowed_hosts=("-odd-", "no_name")))
    assert pair is not None
    named = names_of(pair) - set(LOCAL)
    assert "shop.localhost" in named
    assert {name.partition(".")[2] for name in named} == {"localhost", "execute-api.localhost"}
    assert not any("_" in name or "x" * 70 in name or "odd" in name for name in named)


def test_it_is_kept_and_the_authority_outlives_it(tmp_path: Path) -> None:
    first = made(tmp_path, LOCAL)
    authority, chain = (tmp_path / ".devserve/tls/ca.pem").read_bytes(), first.chain.read_bytes()
    assert made(tmp_path, LOCAL).chain.read_bytes() == chain
    assert made(tmp_path, (*LOCAL, "new.example")).chain.read_bytes() != chain
    assert (tmp_path / ".devserve/tls/ca.pem").read_bytes() == authority
    assert "new.example" in names_of(first)


def test_nobody_else_can_read_the_keys(tmp_path: Path) -> None:
    made(tmp_path, LOCAL)
    for name in ("key.pem", "ca-key.pem"):
        assert (tmp_path / ".devserve/tls" / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("broken", ["cert.pem", "key.pem", "ca.pem", "ca-key.pem", "names.txt"])
def test_what_was_damaged_is_made_anew(tmp_path: Path, broken: str) -> None:
    made(tmp_path, LOCAL)
    (tmp_path / ".devserve/tls" / broken).write_text("nonsense")
    again = made(tmp_path, LOCAL)
    leaf, authority = (
        x509.load_pem_x509_certificate((tmp_path / ".devserve/tls" / name).read_bytes())
        for name in ("cert.pem", "ca.pem")
    )
    leaf.verify_directly_issued_by(authority)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(again.chain, again.key)
    assert names_of(again) == set(LOCAL)


def test_the_users_own_pair_is_used_as_it_is(tmp_path: Path) -> None:
    leaf = trustme.CA().issue_cert("dev.example")
    chain, key = tmp_path / "c.pem", tmp_path / "k.pem"
    chain.write_bytes(leaf.cert_chain_pems[0].bytes())
    key.write_bytes(leaf.private_key_pem.bytes())
    options = ServeOptions(tls=True, cert=chain, key=key)
    assert certificate(Project(tmp_path), options) == Certificate(chain, key)
    key.write_text("not a key")
    with pytest.raises(UserError) as refused:
        certificate(Project(tmp_path), options)
    assert "cannot be used" in refused.value.what
    with pytest.raises(UserError):
        certificate(Project(tmp_path), replace(options, cert=tmp_path / "missing.pem"))
