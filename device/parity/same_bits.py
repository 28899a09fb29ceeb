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
import tempfile
import zipfile
from collections.abc import Iterator, Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from rich.console import Console
from rich.status import Status

from device.parity.arm64_root import prepare
from device.parity.bits import Comparison, Embedded, compare
from device.parity.machines import HERE, MACHINES, Machine, command, embed
from rise_edge import Bundle, open_bundle
from rise_edge.bundle import GOLDEN, default_bundle_path
from rise_edge.errors import BundleError, RiseEdgeError
from rise_edge.frame import modality_set
from rise_edge.selftest import crops_in

_BATCH = 32

console = Console(soft_wrap=True, highlight=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Embed everywhere and compare; 0 if every bit is the same, 1 if one differs."""
    options = _parse(arguments)
    try:
        bundle = open_bundle(options.bundle)
        golden = (options.golden or bundle.path / GOLDEN).resolve()
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
            for what, found in _compare_all(bundle, golden, machines, root.resolve(), status):
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
    parser.add_argument("bundle", nargs="?", type=Path, default=default_bundle_path(),
                        help="folder of a bundle (default: the demonstration bundle)")  # fmt: skip
    parser.add_argument("--golden", type=Path, metavar="FILE",
                        help="other golden vectors than the bundle's own")  # fmt: skip
    parser.add_argument("--root", type=Path, default=Path("runs/arm64"), metavar="FOLDER",
                        help="where the arm64 root is kept (default: runs/arm64)")  # fmt: skip
    parser.add_argument("--machines", nargs="+", choices=names, default=names, metavar="NAME",
                        help=f"to imitate (default: {' '.join(names)})")  # fmt: skip
    return parser.parse_args(arguments)


def _compare_all(
    bundle: Bundle, golden: Path, machines: Sequence[Machine], root: Path, status: Status
) -> Iterator[tuple[str, Comparison]]:
    """Every machine against single crops on this one, and this one against what the build wrote."""
    written, radius = _read(bundle, golden)
    reference = None
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "embedded.npz"
        for machine in (HERE, *machines):
            for batch in (1, _BATCH):
                status.update(f"{machine}: {len(radius)} crops, {batch} at a time")
                embed(machine, root, bundle.path.resolve(), golden, out, batch)
                with np.load(out, allow_pickle=False) as made:
                    given = made["embedding"], made["norm"]
                if reference is not None:
                    yield f"{machine}, {batch} at a time", compare(reference, given, radius)
                    continue
                reference = given
                if written:
                    yield "what the build wrote", compare(reference, written, radius)


def _read(bundle: Bundle, golden: Path) -> tuple[Embedded | None, NDArray[np.float64]]:
    """What a golden file says that onnxruntime gave, if it does, and each crop's radius."""
    radii = bundle.manifest.radii["onnx"]
    names = ("embedding_onnx", "norm_onnx")
    try:
        with np.load(golden, allow_pickle=False) as arrays:
            sets = [modality_set(crop.present) for crop in crops_in(arrays)]
            whole = all(name in arrays for name in names)
            written = (arrays[names[0]], arrays[names[1]]) if whole else None
        return written, np.array([radii[name] for name in sets])
    except (KeyError, ValueError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise BundleError(f"golden vectors {golden} are not usable: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
