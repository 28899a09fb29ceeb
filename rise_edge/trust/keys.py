"""Keys on disk, as PEM: PKCS 8 for the private one, SubjectPublicKeyInfo for the public one.

The private key belongs to whoever releases bundles, on a machine that is no kiosk; the public key
goes onto every device.
"""

from __future__ import annotations

import os
from pathlib import Path

from rise_edge.errors import TrustError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.files.write_atomic import sync_folder
from rise_edge.trust.signature import Ed25519PrivateKey, Ed25519PublicKey, expect_sound

# isort: split
# After `signing`, which says what to install where this package is missing.
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_MAX_BYTES = 16 * 1024
_OTHERS = 0o077


def write_key_pair(private: Path, public: Path) -> Ed25519PublicKey:
    """Make a key pair, both files or neither. Nothing that is there is overwritten.

    Only its owner can read the file of the private key.

    Raises:
        TrustError: a file is there already, or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_new(private, pem, 0o600)
    try:
        info = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        _write_new(public, info, 0o644)
    except TrustError:
        private.unlink()
        raise
    return key.public_key()


def read_private_key(path: str | os.PathLike[str]) -> Ed25519PrivateKey:
    """The private key in a file.

    Raises:
        TrustError: there is none, or others than the file's owner can read it.
    """
    content = _read(Path(path))
    mode = os.stat(path).st_mode & 0o777
    if os.name == "posix" and mode & _OTHERS:
        raise TrustError(
            f"private key {path}: expected a file for its owner alone, got mode {mode:o}; run "
            f"`chmod 600 {path}`, and make another key if anybody may have read it"
        )
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise TrustError(
            f"{path}: expected an Ed25519 private key in PEM, without a password; make one with "
            "`rise-edge keygen`"
        )
    return key


def read_public_key(path: str | os.PathLike[str]) -> Ed25519PublicKey:
    """The public key in a file.

    Raises:
        TrustError: there is none, or it is one for which anybody can sign.
    """
    try:
        key = load_pem_public_key(_read(Path(path)))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise TrustError(
            f"{path}: expected an Ed25519 public key in PEM, the .pub file of `rise-edge keygen`"
        )
    expect_sound(key)
    return key


def public_key_of(key: Ed25519PublicKey | str | os.PathLike[str]) -> Ed25519PublicKey:
    """The key itself, read from its file where a path is given.

    Raises:
        TrustError: as `read_public_key`.
    """
    return key if isinstance(key, Ed25519PublicKey) else read_public_key(key)


def _read(path: Path) -> bytes:
    try:
        return read_plain_file(path, _MAX_BYTES)
    except OSError as error:
        raise TrustError(f"cannot read the key {path}: {error.strerror}") from None
    except ValueError as error:
        raise TrustError(f"key {path}: {error}") from None


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                path.unlink()
                raise
        sync_folder(path.parent)
    except FileExistsError:
        raise TrustError(
            f"{path} is there already, and keys are never overwritten; name another file"
        ) from None
    except OSError as error:
        raise TrustError(f"cannot write the key {path}: {error.strerror}") from None
