"""The model bundle: a folder with a manifest, model files, golden vectors and a report.

`model.onnx` and `model.pte` are one int8 model for two runtimes, `model_float.onnx` is what they
were quantised from. `manifest.json` names every other file with its sha256, and `manifest.sig`,
where there is one, is its owner's signature over the bytes of the manifest, and so over the whole.
Nothing of a bundle is used before its hash was found right, and what is used are the very bytes
that were hashed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rise_edge.bundle.manifest import (
    FORMAT,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    SIGNATURE,
    Manifest,
    manifest_bytes,
    parse_manifest,
)
from rise_edge.errors import BundleError, TrustError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.files.write_atomic import atomic_folder

if TYPE_CHECKING:  # of the extra `trust`, which only a pinned key needs
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = [
    "GOLDEN",
    "MANIFEST",
    "MODEL_ONNX",
    "MODEL_ONNX_FLOAT",
    "MODEL_PTE",
    "SIGNATURE",
    "Bundle",
    "Manifest",
    "default_bundle_path",
    "open_bundle",
    "write_bundle",
]

MODEL_ONNX = "model.onnx"
MODEL_PTE = "model.pte"
MODEL_ONNX_FLOAT = "model_float.onnx"
MODEL_TENSORRT = "model_tensorrt.onnx"
GOLDEN = "golden.npz"

_MAX_FILE_BYTES = 256 * 1024 * 1024
_MAX_BUNDLE_BYTES = 1024 * 1024 * 1024
_SIGNATURE_BYTES = 64
_BUILD_HINT = "build one with `python quantize/qat.py`"


@dataclass(frozen=True, eq=False)
class Bundle:
    """An opened bundle, every file of which had the right hash when it was opened.

    Attributes:
        path: the folder.
        manifest: what it says of itself.
        identity: sha256 of the manifest, which stands for the whole bundle.
        signed_by: the pinned public key in hexadecimal that its signature was compared with; None
            where no key was pinned, whether or not there is a signature.

    Example:
        >>> demo = open_bundle(default_bundle_path())
        >>> demo.manifest.name, demo.read("report.json")[:1]
        ('demo', b'{')
    """

    path: Path
    manifest: Manifest
    identity: str
    signed_by: str | None = None

    def read(self, name: str) -> bytes:
        """The bytes of one file, the manifest's own too, checked again.

        Raises:
            BundleError: the manifest does not name it, it is not there, or its hash is wrong.
        """
        expected = {**self.manifest.files, MANIFEST: self.identity}.get(name)
        if expected is None:
            raise BundleError(
                f"bundle {self.path}: expected it to hold {name}, its manifest does "
                f"not; {_BUILD_HINT}"
            )
        content = _read(self.path, name, _MAX_FILE_BYTES)
        digest = hashlib.sha256(content).hexdigest()
        if digest == expected:
            return content
        if hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest() == expected:
            raise BundleError(
                f"bundle {self.path}: {name}: line endings were changed: expected LF, got CRLF; "
                "copy the bundle again as binary files (git does with `core.autocrlf=false`, or "
                "with `-text` in .gitattributes)"
            )
        raise BundleError(
            f"bundle {self.path}: {name} was altered: expected sha256 "
            f"{expected[:12]}..., got {digest[:12]}...; copy the bundle again"
        )

    def __repr__(self) -> str:
        signed = ", signed" if self.signed_by else ""
        name, version = self.manifest.name, self.manifest.version
        return f"Bundle({name:.40}, version {version}, identity {self.identity:.12}{signed})"


def open_bundle(
    path: str | os.PathLike[str],
    *,
    public_key: Ed25519PublicKey | str | os.PathLike[str] | None = None,
    min_version: int | None = None,
) -> Bundle:
    """Open a bundle after checking the hash of every file.

    Args:
        path: the folder. It may be a link, so that a new bundle can be put in an old one's place at
            once; the files in it may not.
        public_key: the owner's key or its file, the .pub of `rise-edge keygen`: only a bundle that
            they signed opens. Without one, whoever can write the folder can replace it whole.
        min_version: oldest version of a signed bundle to accept.

    Raises:
        ValueError: `min_version` without a key.
        BundleError: it is missing, incomplete, altered or of an unknown format.
        TrustError: it is not signed by the owner of the public key, or is older than allowed; or
            the file of the key holds none.
        MissingExtraError: a key is given, and `cryptography` is not installed.

    Example:
        >>> open_bundle(default_bundle_path()).manifest.crop_size
        112
    """
    if min_version is not None and public_key is None:
        raise ValueError("expected public_key with min_version: anybody can write a number")
    folder = Path(path)
    if not folder.is_dir():
        raise BundleError(f"expected a model bundle folder at {folder}, found none; {_BUILD_HINT}")
    content = _read(folder, MANIFEST, MAX_MANIFEST_BYTES)
    signed_by = None if public_key is None else _verify(folder, content, public_key)
    try:
        manifest = parse_manifest(content)
    except (ValueError, OverflowError) as error:
        raise BundleError(f"bundle {folder}: {MANIFEST} is not usable: {_short(error)}") from None
    if manifest.version < (min_version or 0):
        raise TrustError(
            f"bundle {folder}: expected version {min_version} or later, got {manifest.version}; "
            "install the newer bundle again"
        )
    bundle = Bundle(folder, manifest, hashlib.sha256(content).hexdigest(), signed_by)
    total_bytes = 0
    for name in manifest.files:
        total_bytes += len(bundle.read(name))
        if total_bytes > _MAX_BUNDLE_BYTES:
            raise BundleError(f"bundle {folder}: expected at most {_MAX_BUNDLE_BYTES} bytes in all")
    return bundle


def write_bundle(path: str | os.PathLike[str], files: Mapping[str, bytes], **fields: Any) -> Bundle:
    """Write a bundle whole: into a temporary folder, checked there, then renamed.

    A bundle that stood at `path` is replaced; on any failure it stays as it was.

    Args:
        path: the folder to make.
        files: file name -> content.
        fields: the fields of `Manifest`, without `format` and `files`.

    Raises:
        ValueError: a manifest field is out of its range.
        BundleError: `path` holds something that is no bundle.
    """
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    manifest = Manifest(format=FORMAT, files=digests, **fields)
    return write_folder(path, {**files, MANIFEST: manifest_bytes(manifest)})


def expect_bundle_place(path: str | os.PathLike[str]) -> None:
    """Refuse a place where no bundle can be written, before anything is built for it.

    Raises:
        BundleError: `path` holds something that is no bundle, or would lie in a file.
    """
    target = Path(path)
    if target.exists() and not (target / MANIFEST).is_file():
        raise BundleError(f"{target} is in the way and holds no bundle; name another folder")
    above = next(folder for folder in target.absolute().parents if folder.exists())
    if not (above.is_dir() and os.access(above, os.W_OK)):
        raise BundleError(f"{target}: cannot be written in {above}; name another folder")


def expect_unsigned(bundle: Bundle) -> None:
    """Refuse to change a bundle whose owner's signature would no longer fit.

    Raises:
        BundleError: it is signed.
    """
    if os.path.lexists(bundle.path / SIGNATURE):
        raise BundleError(
            f"bundle {bundle.path}: expected one that is not signed yet, it holds {SIGNATURE}, "
            f"which would no longer be valid; remove {SIGNATURE}, run this again, then sign the "
            "bundle with `rise-edge sign`"
        )


def amend_bundle(bundle: Bundle, files: Mapping[str, bytes], **fields: Any) -> Bundle:
    """Write a bundle again with some files and fields added or replaced; its identity changes.

    Args:
        bundle: as it was opened.
        files: file name -> content, of those that are added or replaced.
        fields: fields of its manifest that are replaced.

    Raises:
        BundleError: it is signed, was replaced by another one meanwhile, or cannot be written.
    """
    expect_unsigned(bundle)
    if open_bundle(bundle.path).identity != bundle.identity:
        raise BundleError(
            f"bundle {bundle.path} was replaced by another one meanwhile; run this again for it"
        )
    whole = {name: bundle.read(name) for name in bundle.manifest.files} | dict(files)
    kept = {k: v for k, v in vars(bundle.manifest).items() if k not in ("format", "files")}
    return write_bundle(bundle.path.resolve(), whole, **{**kept, **fields})


def write_folder(path: str | os.PathLike[str], files: Mapping[str, bytes]) -> Bundle:
    """Write the files of a bundle, manifest among them, as `write_bundle` does.

    Raises:
        BundleError: the files are no bundle, or `path` holds something that is none.
    """
    target = Path(path)
    expect_bundle_place(target)
    with atomic_folder(target) as fresh:
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        open_bundle(fresh)
    return open_bundle(target)


def default_bundle_path() -> Path:
    """The demonstration bundle that is shipped inside the package."""
    return Path(__file__).parents[1] / "models" / "demo"


def _short(error: Exception) -> str:
    text = str(error)
    return text if len(text) <= 300 else f"{text[:300]}..."


def _verify(
    folder: Path, manifest: bytes, public_key: Ed25519PublicKey | str | os.PathLike[str]
) -> str:
    """Check the manifest's signature; returns the key in hexadecimal."""
    from rise_edge.trust.keys import public_key_of
    from rise_edge.trust.signature import verify

    key = public_key_of(public_key)
    if not os.path.lexists(folder / SIGNATURE):
        raise TrustError(
            f"bundle {folder}: expected {SIGNATURE}, its owner's signature, there is none; "
            "its owner signs it with `rise-edge sign`"
        )
    try:
        signature = read_plain_file(folder / SIGNATURE, _SIGNATURE_BYTES)
        verify(manifest, signature, key)
    except (OSError, ValueError, TrustError) as error:
        raise TrustError(f"bundle {folder}: {SIGNATURE}: {error}") from None
    return key.public_bytes_raw().hex()


def _read(folder: Path, name: str, max_bytes: int) -> bytes:
    try:
        return read_plain_file(folder / name, max_bytes)
    except FileNotFoundError:
        raise BundleError(
            f"bundle {folder}: expected the file {name}, there is none; {_BUILD_HINT}"
        ) from None
    except OSError as error:
        raise BundleError(f"bundle {folder}: cannot read {name}: {error.strerror}") from None
    except ValueError as error:
        raise BundleError(f"bundle {folder}: {name}: {error}; copy the bundle again") from None
