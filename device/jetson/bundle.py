"""`python device/jetson/bundle.py BUNDLE TARGETS OUT`: a bundle that TensorRT can run too.

Adds `model_tensorrt.onnx` and its radii, which `quantize/export_targets.py` made, to a bundle of
the same training run, and what the processor gives to the golden crops with it. A Jetson has to
prove that TensorRT gives the same: `python device/jetson/check.py OUT`.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[2])

import argparse
import io
import json
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx

from quantize.export.tensorrt import tensorrt_problems
from rise_edge.bundle.bundle import GOLDEN, MODEL_TENSORRT, Bundle, open_bundle, write_bundle
from rise_edge.errors import BundleError, RiseEdgeError
from rise_edge.runtimes.onnx import OnnxRuntime
from rise_edge.selftest import crops_in

RUNTIME = "tensorrt"
_SAME = ("data", "seed", "epoch", "network", "algorithm")


def with_tensorrt(bundle: Bundle, targets: Path, out: Path) -> Bundle:
    """Write the bundle with TensorRT's model, radii and golden norms in it.

    Args:
        bundle: bundle of the same training run.
        targets: folder with `model_tensorrt.onnx` and `targets.json`.
        out: folder to write.

    Raises:
        BundleError: the targets are incomplete, of another run, or TensorRT would refuse the file.
    """
    content, said = _read(targets)
    made = {key: said["provenance"].get(key) for key in _SAME}
    ours = {key: bundle.manifest.provenance.get(key) for key in _SAME}
    if made != ours:
        differ = ", ".join(key for key in _SAME if made[key] != ours[key])
        raise BundleError(
            f"expected {targets} of the run that bundle {bundle.path} was made of, "
            f"they differ in {differ}"
        )
    problems = tensorrt_problems(onnx.load_model_from_string(content))
    if problems:
        raise BundleError(f"TensorRT would refuse {targets / MODEL_TENSORRT}: {problems[0]}")
    facts = said[MODEL_TENSORRT]
    manifest = bundle.manifest
    fields: dict[str, Any] = {
        name: getattr(manifest, name)
        for name in ("name", "notice", "simulated", "crop_size", "embedding_size", "margin_scatter")
    }
    fields["radii"] = {**manifest.radii, RUNTIME: facts["radii"]}
    fields["largest_radial_error"] = {
        **manifest.largest_radial_error,
        RUNTIME: facts["margins"]["validation"]["largest_error"],
    }
    fields["provenance"] = {**manifest.provenance, RUNTIME: said["provenance"]}
    files = {name: bundle.read(name) for name in manifest.files} | {MODEL_TENSORRT: content}
    with tempfile.TemporaryDirectory() as scratch:
        draft = write_bundle(Path(scratch) / "draft", files, **fields)
        files[GOLDEN] = _golden(draft)
    return write_bundle(out, files, **fields)


def _read(targets: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        said = json.loads((targets / "targets.json").read_text(encoding="utf-8"))
        said["provenance"], said[MODEL_TENSORRT]["radii"]
        return (targets / MODEL_TENSORRT).read_bytes(), said
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(
            f"expected {MODEL_TENSORRT} and targets.json in {targets}: {error}; build them with "
            "`python quantize/export_targets.py RUN FOLDER`"
        ) from None


def _golden(bundle: Bundle) -> bytes:
    """The golden vectors with what the processor gives to each crop by itself."""
    runtime = OnnxRuntime(bundle, RUNTIME)
    with np.load(io.BytesIO(bundle.read(GOLDEN)), allow_pickle=False) as arrays:
        kept = dict(arrays)
    given = [runtime.embed([crop])[0] for crop in crops_in(kept)]
    kept[f"norm_{RUNTIME}"] = np.array([one.norm for one in given], np.float32)
    kept[f"embedding_{RUNTIME}"] = np.stack([one.vector for one in given])
    file = io.BytesIO()
    np.savez_compressed(file, **kept)
    return file.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python device/jetson/bundle.py", description="A bundle that TensorRT can run too."
    )
    parser.add_argument("bundle", type=Path, help="folder of a bundle of the same training run")
    parser.add_argument("targets", type=Path, help="folder that export_targets.py wrote")
    parser.add_argument("out", type=Path, help="folder to write")
    options = parser.parse_args(arguments)
    try:
        made = with_tensorrt(open_bundle(options.bundle), options.targets, options.out)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(f"bundle {made.manifest.name}, identity {made.identity}")
    print(f"now, on the device: python device/jetson/check.py {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
