"""With a pinned key C++ opens exactly the bundles that Python opens."""

from __future__ import annotations

import ctypes
import json
import random
import shutil
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="needs the extra trust")

from rise_edge.bundle.bundle import MANIFEST, MODEL_PTE, SIGNATURE, default_bundle_path, open_bundle
from rise_edge.bundle.sign import sign_bundle
from rise_edge.errors import RiseEdgeError
from rise_edge.trust.signature import Ed25519PublicKey
from tests.device.cpp import interface as c
from tests.trust.owner import OWNER, STRANGER
from tests.trust.rfc8032 import NOT_CANONICAL, SMALL_ORDER, with_s_plus_order

pytestmark = [pytest.mark.native, pytest.mark.needs("c++"), pytest.mark.needs("libssl")]

VERSION = 7


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """The demonstration bundle with its mobile model alone, signed as version 7."""
    folder = tmp_path / "signed"
    folder.mkdir()
    manifest = json.loads((default_bundle_path() / MANIFEST).read_text())
    manifest["files"] = {MODEL_PTE: manifest["files"][MODEL_PTE]}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    shutil.copy(default_bundle_path() / MODEL_PTE, folder)
    sign_bundle(folder, OWNER, VERSION)
    return folder


def status(library: ctypes.CDLL, folder: Path, public: bytes, min_version: int) -> int:
    checker = ctypes.c_void_p()
    where = str(folder).encode()
    found = library.rise_open_pinned(where, c.EXECUTORCH, 1, public, min_version, checker)
    assert (found == c.OK) == bool(checker)
    library.rise_close(checker)
    return int(found)


def both_open(
    library: ctypes.CDLL,
    folder: Path,
    public: bytes = OWNER.public_key().public_bytes_raw(),
    min_version: int = VERSION,
) -> bool:
    """Whether both open a bundle; they must agree."""
    found = status(library, folder, public, min_version)
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        open_bundle(folder, public_key=key, min_version=min_version)
    except RiseEdgeError:
        assert found == c.BUNDLE
        return False
    assert found == c.OK, library.rise_last_error()
    return True


def test_the_owners_bundle_opens_and_a_strangers_does_not(
    library: ctypes.CDLL, signed: Path
) -> None:
    assert both_open(library, signed)
    assert not both_open(library, signed, STRANGER.public_key().public_bytes_raw())
    sign_bundle(signed, STRANGER, VERSION)
    assert not both_open(library, signed)
    (signed / SIGNATURE).unlink()
    assert not both_open(library, signed)


def test_an_older_bundle_does_not_open(library: ctypes.CDLL, signed: Path) -> None:
    assert both_open(library, signed, min_version=0)
    assert not both_open(library, signed, min_version=VERSION + 1)
    assert b"expected version 8 or later, got 7" in library.rise_last_error()
    assert not both_open(library, signed, min_version=2**31 - 1)


def test_what_two_libraries_could_judge_otherwise_is_refused_by_both(
    library: ctypes.CDLL, signed: Path
) -> None:
    signature = (signed / SIGNATURE).read_bytes()
    hostile = [with_s_plus_order(signature), b"", signature[:-1], signature + b"\n"]
    hostile += [point + signature[32:] for point in (*SMALL_ORDER, *NOT_CANONICAL)]
    for content in hostile:
        (signed / SIGNATURE).write_bytes(content)
        assert not both_open(library, signed), content.hex()
    for point in (*SMALL_ORDER, *NOT_CANONICAL):
        (signed / SIGNATURE).write_bytes(point + bytes(32))
        assert not both_open(library, signed, point), point.hex()


def test_no_altered_byte_of_manifest_or_signature_opens(library: ctypes.CDLL, signed: Path) -> None:
    choose = random.Random(5)
    for name in (MANIFEST, SIGNATURE, MODEL_PTE):
        whole = (signed / name).read_bytes()
        for _ in range(60):
            altered = bytearray(whole)
            altered[choose.randrange(len(altered))] ^= 1 << choose.randrange(8)
            (signed / name).write_bytes(altered)
            assert not both_open(library, signed)
        (signed / name).write_bytes(whole)
    assert both_open(library, signed)


def test_null_and_negative_arguments_are_refused(library: ctypes.CDLL, signed: Path) -> None:
    checker = ctypes.c_void_p()
    where, public = str(signed).encode(), OWNER.public_key().public_bytes_raw()
    for folder, key, min_version in ((None, public, 0), (where, None, 0), (where, public, -1)):
        found = library.rise_open_pinned(folder, c.EXECUTORCH, 1, key, min_version, checker)
        assert found == c.ARGUMENT
        assert not checker
