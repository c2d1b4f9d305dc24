"""A package's hash as AWS writes it, and as part of a name."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from localstack_lite.model.package import Package


def test_the_hash_of_a_zip_is_hex_in_names() -> None:
    content = sha256(b"zip")
    assert Package("Orders", b64encode(content.digest()).decode()).hex == content.hexdigest()


def test_the_hash_of_an_image_is_its_digests_hex() -> None:
    assert Package("Orders", "sha256:" + "ab" * 32).hex == "ab" * 32
