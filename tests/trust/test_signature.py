"""Ed25519 as RFC 8032 has it, and nothing that only some libraries would take."""

from __future__ import annotations

import builtins
import importlib
import sys

import pytest

pytest.importorskip("cryptography", reason="needs the extra trust")

from rise_edge.errors import MissingExtraError, TrustError
from rise_edge.trust.signature import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
    expect_sound,
    sign,
    verify,
)
from tests.trust.rfc8032 import (
    NOT_CANONICAL,
    SMALL_ORDER,
    VECTORS,
    Vector,
    forged,
    with_s_plus_order,
)


@pytest.mark.parametrize("vector", VECTORS)
def test_the_vectors_of_rfc_8032_are_made_and_taken(vector: Vector) -> None:
    key = Ed25519PrivateKey.from_private_bytes(vector.private)
    assert key.public_key().public_bytes_raw() == vector.public
    assert sign(vector.content, key) == vector.signature
    verify(vector.content, vector.signature, key.public_key())


@pytest.mark.parametrize("place", range(0, 64, 7))
def test_one_altered_bit_of_the_signature_is_refused(place: int) -> None:
    vector = VECTORS[2]
    altered = bytearray(vector.signature)
    altered[place] ^= 1
    with pytest.raises(TrustError, match="expected the signature of the key fc51cd8e62"):
        verify(vector.content, bytes(altered), Ed25519PublicKey.from_public_bytes(vector.public))


def test_other_content_or_another_key_is_refused() -> None:
    first, second = VECTORS[1:]
    with pytest.raises(TrustError):
        verify(b"other", first.signature, Ed25519PublicKey.from_public_bytes(first.public))
    with pytest.raises(TrustError):
        verify(first.content, first.signature, Ed25519PublicKey.from_public_bytes(second.public))


@pytest.mark.parametrize("length", [0, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    vector = VECTORS[0]
    signature = (vector.signature * 2)[:length]
    with pytest.raises(TrustError, match=f"64 bytes, got {length}"):
        verify(vector.content, signature, Ed25519PublicKey.from_public_bytes(vector.public))


def test_a_second_way_to_write_s_is_refused() -> None:
    vector = VECTORS[1]
    key = Ed25519PublicKey.from_public_bytes(vector.public)
    with pytest.raises(TrustError):
        verify(vector.content, with_s_plus_order(vector.signature), key)


def test_a_key_for_which_anybody_can_sign_is_refused() -> None:
    neutral = Ed25519PublicKey.from_public_bytes(SMALL_ORDER[2])
    neutral.verify(forged(), b"anything")  # the library itself takes it
    with pytest.raises(TrustError, match="anybody can sign"):
        verify(b"anything", forged(), neutral)


@pytest.mark.parametrize("raw", [*SMALL_ORDER, *NOT_CANONICAL], ids=bytes.hex)
def test_no_point_of_small_order_or_of_other_form_is_a_key_or_an_r(raw: bytes) -> None:
    vector = VECTORS[0]
    honest = Ed25519PublicKey.from_public_bytes(vector.public)
    with pytest.raises(TrustError):
        verify(vector.content, raw + vector.signature[32:], honest)
    with pytest.raises(TrustError):
        expect_sound(Ed25519PublicKey.from_public_bytes(raw))


def test_a_missing_package_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.startswith("cryptography"):
            raise ModuleNotFoundError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    for name in ("rise_edge.trust.signature", "rise_edge.trust.keys"):
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"pip install 'rise-edge\[trust\]'"):
        importlib.import_module("rise_edge.trust.keys")
