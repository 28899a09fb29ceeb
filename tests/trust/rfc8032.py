"""The test vectors of RFC 8032, section 7.1, and what no honest signer makes of them."""

from __future__ import annotations

from typing import NamedTuple

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493


class Vector(NamedTuple):
    private: bytes
    public: bytes
    content: bytes
    signature: bytes


VECTORS = [
    Vector(*map(bytes.fromhex, lines))
    for lines in (
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    )
]


def _points_of_order_8() -> tuple[int, int]:
    """The y of the points that double to y = 0: the roots of d y^4 + 2 y^2 = 1 (mod P)."""
    d = -121665 * pow(121666, -1, P) % P
    root = _square_root(1 + d)
    squares = ((root - 1) * pow(d, -1, P) % P, (-root - 1) * pow(d, -1, P) % P)
    y = next(_square_root(s) for s in squares if pow(s, (P - 1) // 2, P) == 1)
    return y, P - y


def _square_root(value: int) -> int:
    root = pow(value, (P + 3) // 8, P)
    if root * root % P != value % P:
        root = root * pow(2, (P - 1) // 4, P) % P
    assert root * root % P == value % P
    return root


def encoded(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


SMALL_ORDER = [
    encoded(y, sign) for y in (0, 1, P - 1, P, P + 1, *_points_of_order_8()) for sign in (0, 1)
]
"""Every way to write a point of order 1, 2, 4 or 8, with its y below 2^255."""

NOT_CANONICAL = [encoded(P + y, sign) for y in range(2, 19) for sign in (0, 1)]
"""Other points whose y is written with P added to it."""


def with_s_plus_order(signature: bytes) -> bytes:
    """The same signature with S + L, which is S again for who does not look at it."""
    s = int.from_bytes(signature[32:], "little") + ORDER
    return signature[:32] + s.to_bytes(32, "little")


def forged() -> bytes:
    """A signature of anything for the neutral point as key: R neutral as well, and S = 0."""
    return encoded(1) + bytes(32)
