"""Owners of bundles: keys in memory, and bundles that they signed."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from rise_edge.trust.signature import Ed25519PrivateKey

OWNER = Ed25519PrivateKey.from_private_bytes(b"owner of the bundle, in the test")
STRANGER = Ed25519PrivateKey.from_private_bytes(b"somebody else, not for the tests")


def write_keys(folder: Path, key: Ed25519PrivateKey = OWNER) -> tuple[Path, Path]:
    """A private and a public key file."""
    private, public = folder / "owner.key", folder / "owner.pub"
    private.touch(0o600)
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    info = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    public.write_bytes(info)
    return private, public
