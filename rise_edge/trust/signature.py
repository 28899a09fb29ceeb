"""Ed25519 signatures (RFC 8032), checked as strictly as libsodium checks them.

RFC 8032 leaves open what becomes of points of small order, and libraries differ. Here, as in
`device/cpp`, a public key or a signature's R of small order is refused, and so is one of them, or
an S, that is not written in its one canonical form. No honest signer makes any of them.
"""

from __future__ import annotations

from rise_edge.errors import MissingExtraError, TrustError

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
except ModuleNotFoundError:
    raise MissingExtraError(
        "expected the package cryptography for signatures, it is not installed; "
        "install it with `pip install 'rise-edge[trust]'`"
    ) from None

__all__ = [
    "SIGNATURE_BYTES",
    "Ed25519PrivateKey",
    "Ed25519PublicKey",
    "expect_sound",
    "sign",
    "verify",
]

SIGNATURE_BYTES = 64

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P  # of the curve -x^2 + y^2 = 1 + d x^2 y^2


def sign(content: bytes, key: Ed25519PrivateKey) -> bytes:
    """The signature of some bytes: 64 bytes."""
    return key.sign(content)


def verify(content: bytes, signature: bytes, public_key: Ed25519PublicKey) -> None:
    """Return if the signature is that of these very bytes by the owner of the key.

    Raises:
        TrustError: it is not.
    """
    if len(signature) != SIGNATURE_BYTES:
        raise TrustError(
            f"expected a signature of {SIGNATURE_BYTES} bytes, got {len(signature)}; "
            "let the owner sign again"
        )
    expect_sound(public_key)
    try:
        if not _sound(signature[:32]):
            raise InvalidSignature
        public_key.verify(signature, content)
    except InvalidSignature:
        endings = (
            "; their line endings are CRLF: did git change them?" if b"\r\n" in content else ""
        )
        raise TrustError(
            f"expected the signature of the key {public_key.public_bytes_raw().hex()[:16]}... over "
            f"these bytes, got another: they were altered, or somebody else signed them{endings}"
        ) from None


def expect_sound(public_key: Ed25519PublicKey) -> None:
    """Return unless a key is one for which anybody can make signatures.

    Raises:
        TrustError: it is of small order, or not in canonical form.
    """
    raw = public_key.public_bytes_raw()
    if not _sound(raw):
        raise TrustError(
            f"expected a public key of `rise-edge keygen`, got {raw.hex()[:16]}..., for which "
            "anybody can sign"
        )


def _sound(point: bytes) -> bool:
    """Whether 32 bytes are canonical, and no point of which 8 times is the neutral one.

    The orders 1 and 2 have y^2 = 1, 4 has y = 0, and 8 is what doubles to y = 0: x^2 = -y^2, which
    with the curve's equation gives d y^4 + 2 y^2 = 1.
    """
    y = int.from_bytes(point, "little") & (2**255 - 1)
    small = y == 0 or y * y % _P == 1 or (_D * pow(y, 4, _P) + 2 * y * y) % _P == 1
    return y < _P and not small
