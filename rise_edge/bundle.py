"""The model bundle: a folder with a manifest, model files, golden vectors and a report.

`model.onnx` and `model.pte` are one int8 model for two runtimes, `model_float.onnx` is what they
were quantised from. `manifest.json` names every other file with its sha256. Nothing of a bundle is
used before its hash was found right, and what is used are the very bytes that were hashed.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rise_edge.errors import BundleError
from rise_edge.frame import modality_set, parse_modality_set
from rise_edge.sequential import MarginScatter

FORMAT = 1
MANIFEST = "manifest.json"
MODEL_ONNX = "model.onnx"
MODEL_PTE = "model.pte"
MODEL_ONNX_FLOAT = "model_float.onnx"
MODEL_TENSORRT = "model_tensorrt.onnx"
GOLDEN = "golden.npz"

_MAX_MANIFEST_BYTES = 256 * 1024
_MAX_FILE_BYTES = 256 * 1024 * 1024
_BUILD_HINT = "build one with `python quantize/qat.py`"


@dataclass(frozen=True)
class Manifest:
    """What a bundle says of itself.

    Attributes:
        format: version of this layout.
        name: what people call the bundle.
        notice: shown at every start; says so when the model learned from simulated data.
        simulated: whether the training data was simulated.
        crop_size: side S of the model's input. The model takes colour u8 (N, S, S, 3) RGB,
            depth_mm i32 (N, S, S), infrared u8 (N, S, S) and present f32 (N, 3) in the order of
            `rise_edge.Modality`, and gives embedding f32 (N, embedding_size) and norm f32 (N,).
        embedding_size: length of the embedding.
        radii: runtime -> modality set -> radius. A face is taken for alive iff norm <= radius.
        largest_radial_error: runtime -> largest |norm - full-precision norm| on calibration data.
        margin_scatter: modality set -> how the relative margins of one presentation scatter; sets
            that were not measured are missing. See `rise_edge.sequential`.
        provenance: data, seed, code version and command that made the model.
        files: file name -> sha256 in hexadecimal.

    Raises:
        ValueError: a field is out of its range.
    """

    format: int
    name: str
    notice: str
    simulated: bool
    crop_size: int
    embedding_size: int
    radii: Mapping[str, Mapping[str, float]]
    largest_radial_error: Mapping[str, float]
    provenance: Mapping[str, Any]
    files: Mapping[str, str]
    margin_scatter: Mapping[str, MarginScatter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _expect(self.format == FORMAT, "format", f"{FORMAT}", self.format)
        _expect(bool(self.name), "name", "some text", self.name)
        if self.simulated:
            _expect(bool(self.notice), "notice", "a warning, since simulated is true", self.notice)
        _expect(16 <= self.crop_size <= 1024, "crop_size", "16 to 1024", self.crop_size)
        _expect(
            1 <= self.embedding_size <= 65536, "embedding_size", "1 to 65536", self.embedding_size
        )
        _expect(bool(self.radii), "radii", "at least one runtime", self.radii)
        _expect_sets("margin_scatter", self.margin_scatter)
        for runtime, by_set in self.radii.items():
            _expect_sets(f"radii.{runtime}", by_set)
            for name, radius in by_set.items():
                sound = math.isfinite(radius) and radius > 0
                _expect(sound, f"radii.{runtime}.{name}", "a positive number", radius)
        for runtime, error in self.largest_radial_error.items():
            sound = math.isfinite(error) and error >= 0
            _expect(sound, f"largest_radial_error.{runtime}", "a number >= 0", error)
        for name, digest in self.files.items():
            plain = name not in ("", ".", "..", MANIFEST) and not set(name) & set("/\\:\0")
            _expect(plain, "files", "plain file names beside the manifest", name)
            is_sha256 = len(digest) == 64 and not set(digest) - set("0123456789abcdef")
            _expect(is_sha256, f"files.{name}", "64 hexadecimal digits", digest)


def _expect(holds: bool, field: str, expected: str, got: object) -> None:
    if not holds:
        raise ValueError(f"expected {field} to be {expected}, got {got!r}")


def _expect_sets(field: str, by_set: Mapping[str, object]) -> None:
    for name in by_set:
        canonical = modality_set(parse_modality_set(name))
        _expect(name == canonical, field, f"keyed {canonical!r}", name)


@dataclass(frozen=True, eq=False)
class Bundle:
    """An opened bundle, every file of which had the right hash when it was opened.

    Attributes:
        path: the folder.
        manifest: what it says of itself.
        identity: sha256 of the manifest, which stands for the whole bundle.
    """

    path: Path
    manifest: Manifest
    identity: str

    def read(self, name: str) -> bytes:
        """The bytes of one file, checked again.

        Raises:
            BundleError: the manifest does not name it, it is not there, or its hash is wrong.
        """
        if name not in self.manifest.files:
            raise BundleError(
                f"bundle {self.path}: expected it to hold {name}, its manifest does "
                f"not; {_BUILD_HINT}"
            )
        content = _read_plain_file(self.path, name, _MAX_FILE_BYTES)
        digest = hashlib.sha256(content).hexdigest()
        if digest != self.manifest.files[name]:
            raise BundleError(
                f"bundle {self.path}: {name} was altered: expected sha256 "
                f"{self.manifest.files[name][:12]}..., got {digest[:12]}...; copy the bundle anew"
            )
        return content


def open_bundle(path: str | os.PathLike[str]) -> Bundle:
    """Open a bundle after checking the hash of every file.

    Raises:
        BundleError: it is missing, incomplete, altered or of a foreign format.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise BundleError(f"expected a model bundle folder at {folder}, found none; {_BUILD_HINT}")
    content = _read_plain_file(folder, MANIFEST, _MAX_MANIFEST_BYTES)
    try:
        manifest = _parse_manifest(content)
    except (ValueError, RecursionError, OverflowError) as error:
        raise BundleError(f"bundle {folder}: {MANIFEST} is not usable: {error}") from None
    bundle = Bundle(folder, manifest, hashlib.sha256(content).hexdigest())
    for name in manifest.files:
        bundle.read(name)
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
    target = Path(path)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    manifest = Manifest(format=FORMAT, files=digests, **fields)
    if target.exists() and not (target / MANIFEST).is_file():
        raise BundleError(f"{target} is in the way and holds no bundle; name another folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        fresh = Path(scratch) / "new"
        fresh.mkdir()
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        text = json.dumps(asdict(manifest), indent=2, sort_keys=True, allow_nan=False)
        (fresh / MANIFEST).write_text(text + "\n", encoding="utf-8")
        open_bundle(fresh)
        if target.exists():
            target.rename(Path(scratch) / "old")
        fresh.rename(target)
    return open_bundle(target)


def default_bundle_path() -> Path:
    """The demonstration bundle that is shipped inside the package."""
    return Path(__file__).parent / "models" / "demo"


def _parse_manifest(content: bytes) -> Manifest:
    data = json.loads(
        content.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_once
    )
    json.dumps(data, ensure_ascii=False).encode()  # a lone surrogate is no text
    if not isinstance(data, dict):
        raise ValueError(f"expected a JSON object, got {type(data).__name__}")
    expected: dict[str, type] = {
        "format": int,
        "name": str,
        "notice": str,
        "simulated": bool,
        "crop_size": int,
        "embedding_size": int,
        "radii": dict,
        "largest_radial_error": dict,
        "provenance": dict,
        "files": dict,
    }
    if data.get("format") != FORMAT:
        raise ValueError(
            f"expected format {FORMAT}, got {data.get('format')!r}; use the "
            "rise_edge version that wrote it"
        )
    scatter = data.pop("margin_scatter", {})
    missing, foreign = expected.keys() - data.keys(), data.keys() - expected.keys()
    if missing or foreign:
        raise ValueError(f"missing fields {sorted(missing)}, unknown fields {sorted(foreign)}")
    for name, kind in expected.items():
        if type(data[name]) is not kind:
            got = type(data[name]).__name__
            raise ValueError(f"expected {name} as {kind.__name__}, got {got}")
    radii = {_text(k): _numbers(v, f"radii.{k}") for k, v in data["radii"].items()}
    errors = _numbers(data["largest_radial_error"], "largest_radial_error")
    files = {_text(k): _text(v) for k, v in data["files"].items()}
    parsed = {"radii": radii, "largest_radial_error": errors, "files": files}
    return Manifest(**{**data, **parsed}, margin_scatter=_scatter(scatter))


def _scatter(value: object) -> dict[str, MarginScatter]:
    if not isinstance(value, dict):
        raise ValueError(f"expected margin_scatter as an object, got {value!r}")
    parsed = {}
    for name, fields in value.items():
        numbers = _numbers(fields, f"margin_scatter.{name}")
        if numbers.keys() != {"std", "correlation_ms"}:
            raise ValueError(f"expected margin_scatter.{name} to hold std and correlation_ms only")
        parsed[name] = MarginScatter(**numbers)
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError(f"expected each key once, got {[key for key, _ in pairs]}")
    return fields


def _refuse_constant(word: str) -> float:
    raise ValueError(f"expected finite numbers, got {word}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {value!r}")
    return value


def _numbers(value: object, field: str) -> dict[str, float]:
    if not isinstance(value, dict):
        raise ValueError(f"expected {field} as an object, got {value!r}")
    for key, number in value.items():
        if type(number) not in (int, float):
            raise ValueError(f"expected {field}.{key} as a number, got {number!r}")
    return {key: float(number) for key, number in value.items()}


def _read_plain_file(folder: Path, name: str, max_bytes: int) -> bytes:
    """Read a file that lies in the folder itself: links and oversized files are refused."""
    path = folder / name
    try:
        if path.is_symlink() or not path.is_file():
            raise BundleError(
                f"bundle {folder}: expected the file {name}, there is none; {_BUILD_HINT}"
            )
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except OSError as error:
        raise BundleError(f"bundle {folder}: cannot read {name}: {error.strerror}") from None
    if len(content) > max_bytes:
        raise BundleError(f"bundle {folder}: expected {name} of at most {max_bytes} bytes")
    return content
