"""Keys on disk: private ones stay private, and what is no key is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="needs the extra trust")

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from rise_edge.errors import TrustError
from rise_edge.trust import keygen
from rise_edge.trust.keys import read_private_key, read_public_key, write_key_pair
from rise_edge.trust.signature import sign, verify
from tests.trust.rfc8032 import SMALL_ORDER


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    private, public = tmp_path / "owner.key", tmp_path / "owner.pub"
    write_key_pair(private, public)
    return private, public


def test_what_the_private_key_signs_the_public_key_verifies(pair: tuple[Path, Path]) -> None:
    private, public = pair
    verify(b"content", sign(b"content", read_private_key(private)), read_public_key(public))


def test_only_its_owner_can_read_the_private_key(pair: tuple[Path, Path]) -> None:
    assert pair[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_private_key_that_others_can_read_is_refused(pair: tuple[Path, Path], mode: int) -> None:
    pair[0].chmod(mode)
    with pytest.raises(TrustError, match=f"got mode {mode:o}; run `chmod 600"):
        read_private_key(pair[0])


@pytest.mark.parametrize("there", ["owner.key", "owner.pub"])
def test_no_key_is_ever_overwritten_nor_half_a_pair_left(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("precious")
    with pytest.raises(TrustError, match="never overwritten"):
        write_key_pair(tmp_path / "owner.key", tmp_path / "owner.pub")
    assert os.listdir(tmp_path) == [there]
    assert (tmp_path / there).read_text() == "precious"


def test_the_command_prints_the_public_key_and_never_the_private_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keygen.main([str(tmp_path / "owner")]) == 0
    said = capsys.readouterr()
    key = read_private_key(tmp_path / "owner.key")
    assert key.public_key().public_bytes_raw().hex() in said.out
    pem = (tmp_path / "owner.key").read_text().splitlines()[1]
    assert pem not in said.out + said.err
    assert key.private_bytes_raw().hex() not in said.out + said.err
    assert keygen.main([str(tmp_path / "owner")]) == TrustError.exit_code
    assert keygen.main([str(tmp_path / "nowhere" / "owner")]) == TrustError.exit_code


def test_what_is_no_key_is_refused(pair: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = pair
    foreign = X25519PrivateKey.generate()
    owner = read_private_key(private)
    contents = {
        "empty": b"",
        "text": b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "long": b"x" * 20_000,
        "another kind": foreign.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "another kind, public": foreign.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ),
        "with a password": owner.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
        ),
    }
    for content in contents.values():
        private.write_bytes(content)
        public.write_bytes(content)
        with pytest.raises(TrustError):
            read_private_key(private)
        with pytest.raises(TrustError):
            read_public_key(public)
    with pytest.raises(TrustError, match="cannot read the key"):
        read_public_key(tmp_path / "nowhere")


def test_the_two_files_do_not_stand_for_each_other(pair: tuple[Path, Path]) -> None:
    private, public = pair
    public.chmod(0o600)
    with pytest.raises(TrustError, match="expected an Ed25519 private key"):
        read_private_key(public)
    with pytest.raises(TrustError, match="expected an Ed25519 public key"):
        read_public_key(private)


def test_a_public_key_for_which_anybody_can_sign_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weak.pub"
    weak = Ed25519PublicKey.from_public_bytes(SMALL_ORDER[0])
    path.write_bytes(weak.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(TrustError, match="anybody can sign"):
        read_public_key(path)
