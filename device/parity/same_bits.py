"""`python device/parity/same_bits.py [BUNDLE]`: does every processor give the same bits?

Embeds golden crops with the bundle's int8 ONNX model here, and on processors of other kinds that
QEMU imitates, one crop at a time and in batches, and compares every bit with what this machine
gives to single crops. Ends with 1 if one differs.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[2])

import argparse
import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from rich.console import Console
from rich.status import Status

from device.parity.arm64_root import FOLDER, prepare
from device.parity.bits import Comparison, Embedded, compare
from device.parity.machines import HERE, MACHINES, Machine, command, embed
from rise_edge import Bundle, open_bundle
from rise_edge.bundle.bundle import GOLDEN, default_bundle_path
from rise_edge.errors import BundleError, RiseEdgeError
from rise_edge.frame import modality_set
from rise_edge.selftest import crops_in

_BATCHES = (1, 32)

console = Console(soft_wrap=True, highlight=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Embed everywhere and compare; 0 if every bit is the same, 1 if one differs."""
    options = _parse(arguments)
    try:
        bundle = open_bundle(options.bundle)
        golden = (options.golden or bundle.path / GOLDEN).resolve()
        written, radius = _read(bundle, golden)  # bad input is told before a missing tool
        machines = [machine for machine in MACHINES if machine.name in options.machines]
        for machine in machines:
            command(machine, options.root)
        with console.status("preparing") as status:
            root = options.root / "root"
            if any(machine.architecture == "arm64" for machine in machines):
                root = prepare(options.root, status.update)
            console.print(
                f"bundle {bundle.manifest.name}, {golden}, onnxruntime "
                f"{onnxruntime.__version__}; compared with single crops here:"
            )
            differ = 0
            given = _embed_all(bundle, golden, machines, root.resolve(), status)
            for what, found in _compare(given, written, radius):
                console.print(f"{what}: {found}", style=None if found.same_bits else "red")
                differ += not found.same_bits
    except RiseEdgeError as error:
        console.print(f"error: {error}", style="red", markup=False)
        return error.exit_code
    console.print("every bit is the same" if not differ else f"bits differ in {differ} of these")
    return 1 if differ else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = [machine.name for machine in MACHINES]
    parser = argparse.ArgumentParser(
        prog="python device/parity/same_bits.py",
        description="Does every processor give the same bits?",
    )
    parser.add_argument(
        "bundle",
        nargs="?",
        type=Path,
        default=default_bundle_path(),
        help="folder of a bundle (default: the demonstration bundle)",
    )
    parser.add_argument(
        "--golden", type=Path, metavar="FILE", help="other golden vectors than the bundle's own"
    )
    parser.add_argument(
        "--root",
        type=Path,
        default=FOLDER,
        metavar="FOLDER",
        help=f"where the arm64 root is kept (default: {FOLDER})",
    )
    parser.add_argument(
        "--machines",
        nargs="+",
        choices=names,
        default=names,
        metavar="NAME",
        help=f"to imitate (default: {' '.join(names)})",
    )
    return parser.parse_args(arguments)


def _embed_all(
    bundle: Bundle, golden: Path, machines: Sequence[Machine], root: Path, status: Status
) -> Iterator[tuple[str, Embedded]]:
    """What this machine, then every other one gives to the golden crops, in every batch size."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "embedded.npz"
        for machine in (HERE, *machines):
            status.update(str(machine))
            embed(machine, root, bundle.path.resolve(), golden, out, _BATCHES)
            with np.load(out, allow_pickle=False) as made:
                for batch in _BATCHES:
                    given = made[f"embedding_{batch}"], made[f"norm_{batch}"]
                    yield f"{machine}, {batch} at a time", given


def _compare(
    given: Iterator[tuple[str, Embedded]], written: Embedded | None, radius: NDArray[np.float64]
) -> Iterator[tuple[str, Comparison]]:
    """Everything against what is given first: single crops on this machine."""
    _, reference = next(given)
    if written:
        yield "what the build wrote", compare(reference, written, radius)
    for what, theirs in given:
        yield what, compare(reference, theirs, radius)


def _read(bundle: Bundle, golden: Path) -> tuple[Embedded | None, NDArray[np.float64]]:
    """What a golden file says that onnxruntime gave, if it does, and each crop's radius."""
    radii, size = bundle.manifest.radii.get("onnx"), bundle.manifest.crop_size
    if radii is None:
        raise BundleError(
            f"expected radii for onnx in bundle {bundle.path}, found none; "
            "only the int8 ONNX model is held to this"
        )
    names = ("embedding_onnx", "norm_onnx")
    try:
        # From memory, since numpy leaves a damaged file open.
        with np.load(io.BytesIO(golden.read_bytes()), allow_pickle=False) as arrays:
            crops = crops_in(arrays)
            whole = all(name in arrays for name in names)
            written = (arrays[names[0]], arrays[names[1]]) if whole else None
        if {crop.size for crop in crops} != {size}:
            raise ValueError(f"expected crops of {size} pixels")
        return written, np.array([radii[modality_set(crop.present)] for crop in crops])
    except (KeyError, ValueError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise BundleError(f"golden vectors {golden} are not usable: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
