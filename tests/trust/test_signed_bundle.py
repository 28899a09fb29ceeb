"""With a pinned public key only what its owner signed opens, and nothing older than allowed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="needs the extra trust")

import rise_edge
from rise_edge import Bundle, BundleError, open_bundle
from rise_edge.bundle import sign, verify
from rise_edge.bundle.bundle import MANIFEST, MODEL_ONNX, SIGNATURE
from rise_edge.bundle.sign import sign_bundle
from rise_edge.errors import TrustError
from tests.support.tiny_bundle import tiny_model, write_tiny_bundle
from tests.trust.owner import OWNER, STRANGER, write_keys

PINNED = OWNER.public_key()


@pytest.fixture
def signed(tiny_bundle: Bundle) -> Bundle:
    return sign_bundle(tiny_bundle.path, OWNER, version=7)


def test_what_its_owner_signed_opens(signed: Bundle) -> None:
    opened = open_bundle(signed.path, public_key=PINNED, min_version=7)
    assert opened.manifest.version == 7
    assert opened.signed_by == PINNED.public_bytes_raw().hex()
    checker = rise_edge.load(signed.path, public_key=PINNED, min_version=7)
    assert checker.bundle.identity == signed.identity


@pytest.mark.parametrize("kind", [str, Path])
def test_the_key_may_be_its_file(signed: Bundle, tmp_path: Path, kind: type) -> None:
    _, public = write_keys(tmp_path)
    key = kind(public)
    assert open_bundle(signed.path, public_key=key).signed_by == PINNED.public_bytes_raw().hex()
    assert rise_edge.load(signed.path, public_key=key).bundle.identity == signed.identity
    write_keys(tmp_path, STRANGER)
    with pytest.raises(TrustError):
        rise_edge.load(signed.path, public_key=key)


def test_a_file_that_holds_no_key_opens_nothing(signed: Bundle, tmp_path: Path) -> None:
    with pytest.raises(TrustError, match="nowhere"):
        open_bundle(signed.path, public_key=tmp_path / "nowhere.pub")
    private, _ = write_keys(tmp_path)
    with pytest.raises(TrustError, match="expected an Ed25519 public key"):
        rise_edge.load(signed.path, public_key=private)


def test_changed_line_endings_of_the_manifest_are_named(signed: Bundle) -> None:
    manifest = signed.path / MANIFEST
    manifest.write_bytes(manifest.read_bytes().replace(b"\n", b"\r\n"))
    with pytest.raises(TrustError, match="CRLF"):
        open_bundle(signed.path, public_key=PINNED)


def test_without_a_key_it_opens_as_before(signed: Bundle) -> None:
    assert open_bundle(signed.path).signed_by is None


def test_an_unsigned_bundle_is_refused(tiny_bundle: Bundle) -> None:
    with pytest.raises(TrustError, match=r"expected manifest\.sig, .* there is none"):
        open_bundle(tiny_bundle.path, public_key=PINNED)
    with pytest.raises(TrustError, match=r"expected manifest\.sig"):
        rise_edge.load(tiny_bundle.path, public_key=PINNED)
    with pytest.raises(TrustError, match=r"expected manifest\.sig"):
        rise_edge.load(public_key=PINNED)


def test_a_foreign_signature_is_refused(tiny_bundle: Bundle) -> None:
    sign_bundle(tiny_bundle.path, STRANGER, version=9)
    with pytest.raises(TrustError, match="somebody else signed"):
        open_bundle(tiny_bundle.path, public_key=PINNED)


@pytest.mark.parametrize("place", [0, 200, -2])
def test_one_altered_byte_of_the_manifest_is_refused(signed: Bundle, place: int) -> None:
    path = signed.path / MANIFEST
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(TrustError, match="were altered"):
        open_bundle(signed.path, public_key=PINNED)


def test_a_space_more_is_refused_although_it_says_the_same(signed: Bundle) -> None:
    path = signed.path / MANIFEST
    path.write_bytes(path.read_bytes() + b" ")
    assert open_bundle(signed.path).manifest == signed.manifest
    with pytest.raises(TrustError, match="were altered"):
        open_bundle(signed.path, public_key=PINNED)


def test_a_bundle_with_another_model_is_refused(signed: Bundle, tmp_path: Path) -> None:
    other = write_tiny_bundle(tmp_path / "other", model=tiny_model(scale=0.01), version=7)
    shutil.copy(signed.path / SIGNATURE, other.path / SIGNATURE)
    with pytest.raises(TrustError, match="were altered"):
        open_bundle(other.path, public_key=PINNED)
    shutil.copy(other.path / MODEL_ONNX, signed.path / MODEL_ONNX)
    with pytest.raises(BundleError, match=r"model\.onnx was altered"):
        open_bundle(signed.path, public_key=PINNED)


def test_an_older_version_is_refused(signed: Bundle) -> None:
    with pytest.raises(TrustError, match="expected version 8 or later, got 7"):
        open_bundle(signed.path, public_key=PINNED, min_version=8)


def test_a_version_that_was_raised_without_the_key_is_refused(signed: Bundle) -> None:
    path = signed.path / MANIFEST
    data = json.loads(path.read_text()) | {"version": 8}
    path.write_text(json.dumps(data))
    with pytest.raises(TrustError, match="were altered"):
        open_bundle(signed.path, public_key=PINNED, min_version=8)


def test_a_bundle_from_before_versions_has_version_0(tiny_bundle: Bundle) -> None:
    path = tiny_bundle.path / MANIFEST
    data = json.loads(path.read_text())
    del data["version"]
    path.write_text(json.dumps(data))
    sign_bundle(tiny_bundle.path, OWNER)
    assert "version" not in json.loads(path.read_text()), "signed as it was"
    assert open_bundle(tiny_bundle.path, public_key=PINNED, min_version=0).manifest.version == 0
    with pytest.raises(TrustError, match="expected version 1 or later, got 0"):
        open_bundle(tiny_bundle.path, public_key=PINNED, min_version=1)


def test_a_min_version_needs_a_key(signed: Bundle) -> None:
    with pytest.raises(ValueError, match="public_key"):
        open_bundle(signed.path, min_version=1)


@pytest.mark.parametrize("kind", ["short", "long", "empty", "link", "folder", "pipe"])
def test_what_is_no_signature_is_refused(signed: Bundle, tmp_path: Path, kind: str) -> None:
    path = signed.path / SIGNATURE
    whole = path.read_bytes()
    path.unlink()
    if kind == "link":
        (tmp_path / "elsewhere").write_bytes(whole)
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes({"short": whole[:-1], "long": whole + b"\n", "empty": b""}[kind])
    with pytest.raises(TrustError, match=r"manifest\.sig"):
        open_bundle(signed.path, public_key=PINNED)


def test_signing_again_with_a_version_changes_nothing_else(signed: Bundle) -> None:
    again = sign_bundle(signed.path, OWNER, version=8)
    assert again.manifest.version == 8
    assert again.manifest.files == signed.manifest.files
    assert again.manifest.radii == signed.manifest.radii
    assert sorted(os.listdir(signed.path)) == sorted([*signed.manifest.files, MANIFEST, SIGNATURE])


def test_an_altered_bundle_is_not_signed_and_stays_as_it_is(tiny_bundle: Bundle) -> None:
    path = tiny_bundle.path / MODEL_ONNX
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BundleError, match="altered"):
        sign_bundle(tiny_bundle.path, OWNER)
    assert not (tiny_bundle.path / SIGNATURE).exists()


def test_a_signing_that_fails_leaves_the_old_bundle(signed: Bundle) -> None:
    with pytest.raises(ValueError, match="version"):
        sign_bundle(signed.path, OWNER, version=-1)
    assert open_bundle(signed.path, public_key=PINNED).identity == signed.identity
    assert os.listdir(signed.path.parent) == [signed.path.name]


def test_the_commands_sign_and_verify(
    tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    private, public = write_keys(tmp_path)
    folder = str(tiny_bundle.path)
    assert verify.main([folder, "--public-key", str(public)]) == TrustError.exit_code
    assert "there is none" in capsys.readouterr().err
    assert sign.main([folder, "--key", str(private), "--version", "3"]) == 0
    assert "version 3" in capsys.readouterr().out
    assert verify.main([folder, "--public-key", str(public), "--min-version", "3"]) == 0
    assert PINNED.public_bytes_raw().hex() in capsys.readouterr().out
    arguments = [folder, "--public-key", str(public), "--min-version", "4"]
    assert verify.main(arguments) == TrustError.exit_code
    assert "expected version 4 or later, got 3" in capsys.readouterr().err


def test_a_bundle_behind_a_link_is_signed_in_its_place(signed: Bundle, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to(signed.path, target_is_directory=True)
    assert sign_bundle(link, OWNER, version=8).manifest.version == 8
    assert link.is_symlink()
    assert open_bundle(signed.path, public_key=PINNED).manifest.version == 8


@pytest.mark.parametrize("version", ["-1", "2147483648", "x"])
def test_the_command_takes_no_version_that_is_none(tiny_bundle: Bundle, version: str) -> None:
    with pytest.raises(SystemExit) as ended:
        sign.main([str(tiny_bundle.path), "--key", "owner.key", "--version", version])
    assert ended.value.code == 2
