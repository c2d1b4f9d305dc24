"""The certificate of the gateway with `--tls`: the user's own, or one made here and kept for the next time. I/O.

What is made is an authority of this project alone, in `.devserve/tls/`, and a certificate of it for this machine's
names. A browser or a client that trusts `ca.pem` trusts the gateway, also after the certificate was made anew because
a name came to it. Only the person who runs devserve can read the keys.
"""

from __future__ import annotations

import datetime
import os
import re
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from localstack_lite.config.state import state_folder
from localstack_lite.errors import UserError
from localstack_lite.model import addresses
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Project

if TYPE_CHECKING:
    import trustme

#: Names of this machine that a certificate is always for. A `*` stands for one label.
LOCAL = (
    "localhost",
    "*.localhost",
    "*.execute-api.localhost",
    "*.lambda-url.localhost",
    "*.elb.localhost",
    "127.0.0.1",
    "::1",
)
_HOST = re.compile(r"(\*\.)?(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
#: Days: browsers refuse certificates of authorities of one's own that are valid for longer than 825.
_VALID = 397
#: Days before the end from which on it is made anew.
_SPARE = 7


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: the chain, its key, and the authority to trust (None: the user's own certificate)."""

    chain: Path
    key: Path
    authority: Path | None = None


def certificate(project: Project, options: ServeOptions) -> Certificate | None:
    """What the gateway is to speak TLS with; None: it does not. Raises UserError for a pair that cannot be used."""
    if not options.tls:
        return None
    if options.cert is not None and options.key is not None:
        return _checked(Certificate(options.cert, options.key))
    domains = [domain.name for api in project.apis for domain in api.domains]
    domains += [api.domain for api in project.apis if api.domain]
    # One by one: browsers take no `*` directly below the last label, so `*.localhost` is nothing to them.
    hosts = [host for api in project.apis for host in addresses.host_names(project, api)]
    hosts += [host for domain in domains for host in addresses.domain_hosts(domain)]
    return made(project.root, (*LOCAL, *hosts, *options.allowed_hosts))


def made(root: Path, names: Iterable[str]) -> Certificate:
    """The one that is kept, when it is for all these names and still valid for a while; else a new one."""
    folder = state_folder(root) / "tls"
    folder.mkdir(exist_ok=True)
    wanted = sorted({tidy for name in names if _nameable(tidy := name.strip().lower().rstrip("."))})
    kept = Certificate(folder / "cert.pem", folder / "key.pem", folder / "ca.pem")
    list_file = folder / "names.txt"
    if _holds(kept, list_file, wanted):
        return kept
    now = datetime.datetime.now(datetime.UTC)
    leaf = _authority(folder).issue_cert(
        *wanted, common_name="localhost", not_after=now + datetime.timedelta(days=_VALID)
    )
    _private(kept.key, leaf.private_key_pem.bytes())
    kept.chain.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    list_file.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    return _checked(kept)


def _nameable(name: str) -> bool:
    """Whether a certificate can be for it: an address, or a host name with no underscore and no endless label."""
    return bool(_HOST.fullmatch(name)) or ":" in name


def _authority(folder: Path) -> trustme.CA:
    """The project's own, made once."""
    import trustme

    public, private = folder / "ca.pem", folder / "ca-key.pem"
    try:
        return trustme.CA.from_pem(public.read_bytes(), private.read_bytes())
    except (OSError, ValueError):
        authority = trustme.CA(organization_name="devserve", organization_unit_name=str(folder.parent.parent.name))
        _private(private, authority.private_key_pem.bytes())
        authority.cert_pem.write_to_path(public)
        return authority


def _holds(kept: Certificate, list_file: Path, wanted: Sequence[str]) -> bool:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    try:
        if list_file.read_text(encoding="utf-8").split() != list(wanted) or kept.authority is None:
            return False
        leaf = x509.load_pem_x509_certificate(kept.chain.read_bytes())
        leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(kept.authority.read_bytes()))
        _checked(kept)
    except (OSError, ValueError, TypeError, InvalidSignature, UserError):
        return False
    return leaf.not_valid_after_utc - datetime.timedelta(days=_SPARE) > datetime.datetime.now(datetime.UTC)


def _checked(pair: Certificate) -> Certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(pair.chain, pair.key, password=_unasked)
    except OSError as error:  # SSLError is one
        where = f"--cert {pair.chain} --key {pair.key}"
        reason = getattr(error, "reason", None) or error.strerror or str(error)
        hint = "PEM files are wanted: a certificate with its chain, and its key without a password"
        raise UserError(where, f"cannot be used: {str(reason).replace('_', ' ').lower()}", hint) from error
    return pair


def _unasked() -> str:
    """A key that has a password is refused: nobody is asked for one."""
    return ""


def _private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
