"""Bundles: manifests, files, signatures and golden vectors that are not as they were signed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from hypothesis import strategies as st

from rise_edge.bundle.bundle import GOLDEN, MANIFEST, MODEL_ONNX, SIGNATURE, Bundle, open_bundle
from rise_edge.bundle.sign import sign_bundle
from rise_edge.errors import BundleError, RiseEdgeError
from rise_edge.runtimes.external_data import expect_whole
from rise_edge.selftest import read_golden
from rise_edge.trust.keys import read_public_key
from tests.fuzz.mutations import edited, edits, json_like
from tests.fuzz.target import Target
from tests.support.tiny_bundle import tiny_model, write_tiny_bundle
from tests.trust.owner import OWNER, STRANGER, write_keys

PINNED = OWNER.public_key()


class AlteredBundleError(AssertionError):
    """Something that its owner did not sign was loaded."""


class SignedCopy:
    """A signed bundle, and how to put it right again."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bundle"
        write_tiny_bundle(self.path)
        sign_bundle(self.path, OWNER, version=3)
        self.files = {path.name: path.read_bytes() for path in self.path.iterdir()}

    def put(self, name: str, content: bytes) -> None:
        (self.path / name).write_bytes(content)

    def restore(self, name: str) -> None:
        path = self.path / name
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        elif os.path.lexists(path):
            path.unlink()
        path.write_bytes(self.files[name])

    def expect_refused(self, what: str, *, also_unpinned: bool) -> None:
        """Nothing but a `RiseEdgeError` may come out of opening it."""
        for key in (PINNED, None) if also_unpinned else (PINNED,):
            try:
                open_bundle(self.path, public_key=key, min_version=3 if key else None)
            except RiseEdgeError:
                continue
            raise AlteredBundleError(f"{what} was loaded, {'pinned' if key else 'not pinned'}")


def manifests(folder: Path) -> Target:
    """Manifests that say something else, or nothing."""
    bundle = SignedCopy(folder)
    sound = bundle.files[MANIFEST]
    texts = st.one_of(
        json_like(json.loads(sound)), edits.map(lambda changes: edited(sound, changes))
    )

    def run(content: bytes) -> bool:
        if content == sound:
            return True
        bundle.put(MANIFEST, content)
        bundle.expect_refused("a manifest", also_unpinned=False)
        try:
            open_bundle(bundle.path)  # it may say something sound, and has another identity then
        except BundleError:
            return False
        return True

    return Target("manifests", texts, run)


def files(folder: Path) -> Target:
    """Files of a bundle that are changed, swapped, gone, links, folders or pipes."""
    bundle = SignedCopy(folder)
    names = st.sampled_from(sorted(bundle.files))
    kinds = st.sampled_from(("edit", "edit", "edit", "swap", "gone", "link", "folder", "pipe"))

    def run(example: tuple[str, str, str, list]) -> bool:
        name, other, kind, changes = example
        path, sound = bundle.path / name, bundle.files[name]
        content = edited(sound, changes) if kind == "edit" else bundle.files[other]
        if kind in ("edit", "swap") and content == sound:
            return True
        path.unlink()
        if kind == "link":
            path.symlink_to(other if other != name else "nowhere")
        elif kind == "folder":
            path.mkdir()
        elif kind == "pipe":
            os.mkfifo(path)
        elif kind != "gone":
            path.write_bytes(content)
        try:
            unnamed = name in (MANIFEST, SIGNATURE)
            bundle.expect_refused(f"a bundle with {name}: {kind}", also_unpinned=not unnamed)
        finally:
            bundle.restore(name)
        return False

    return Target("bundle files", st.tuples(names, names, kinds, edits), run)


def resealed(folder: Path) -> Target:
    """Other files under right hashes, which a stranger or nobody signed."""
    bundle = SignedCopy(folder)
    names = st.sampled_from((MODEL_ONNX, GOLDEN))
    attack = folder / "attack"

    def run(example: tuple[str, list, bool]) -> bool:
        name, changes, signed = example
        content = edited(bundle.files[name], changes)
        model = content if name == MODEL_ONNX else None
        golden = content if name == GOLDEN else None
        if not content:
            return False
        if content == bundle.files[name]:
            return True
        write_tiny_bundle(attack, model=model, golden=golden, version=3)
        if signed:
            sign_bundle(attack, STRANGER)
        else:
            shutil.copy(bundle.path / SIGNATURE, attack)
        try:
            open_bundle(attack, public_key=PINNED)
        except RiseEdgeError:
            return False
        raise AlteredBundleError(f"a bundle with another {name} was loaded")

    return Target("resealed bundles", st.tuples(names, edits, st.booleans()), run)


def golden(folder: Path) -> Target:
    """Golden vectors that are damaged, under whatever hash."""
    bundle: Bundle = write_tiny_bundle(folder / "bundle")
    sound, path = bundle.read(GOLDEN), folder / "other.npz"

    def run(changes: list) -> bool:
        path.write_bytes(edited(sound, changes))
        try:
            read_golden(bundle, "onnx", path)
        except BundleError:
            return False
        return True

    return Target("golden vectors", edits, run)


def models(folder: Path) -> Target:
    """ONNX files that are damaged: the look for other files in them either ends or refuses."""
    sound = tiny_model()

    def run(changes: list) -> bool:
        try:
            expect_whole(edited(sound, changes))
        except ValueError:
            return False
        return True

    return Target("model files", edits, run)


def keys(folder: Path) -> Target:
    """Public keys that are damaged: refused, or another key, which the signature is not of."""
    bundle = SignedCopy(folder)
    _, public = write_keys(folder)
    sound = public.read_bytes()

    def run(changes: list) -> bool:
        public.write_bytes(edited(sound, changes))
        try:
            key = read_public_key(public)
            open_bundle(bundle.path, public_key=key)
        except RiseEdgeError:
            return False
        if key.public_bytes_raw() != PINNED.public_bytes_raw():
            raise AlteredBundleError("a bundle was loaded with another key")
        return True

    return Target("public keys", edits, run)
