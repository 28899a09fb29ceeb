"""`python -m rise_edge.selftest [BUNDLE]`: prove on this device that a bundle decides as built.

`golden.npz` holds raw crops and the norm that each runtime must give:
colour u8 (N, S, S, 3), depth_mm u16 (N, S, S), infrared u8 (N, S, S), present u8 (N, 3) in the
order of `rise_edge.Modality`, and norm_RUNTIME f32 (N,) for each runtime of the manifest. A build
leaves a larger file of the same form beside its work, for `--golden`.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rise_edge.bundle.bundle import GOLDEN, Bundle, default_bundle_path, open_bundle
from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.errors import BundleError, MissingExtraError, RiseEdgeError
from rise_edge.face import Crop
from rise_edge.frame import Modality, modality_set
from rise_edge.runtimes import RUNTIMES, Runtime, open_runtime

_TOLERANCE = 1e-3
_BATCH = 32


@dataclass(frozen=True)
class Golden:
    """A bundle's golden vectors for one runtime.

    Attributes:
        crops: what goes in.
        norms: f32 (N,), what must come out.
    """

    crops: list[Crop]
    norms: NDArray[np.float32]


@dataclass(frozen=True)
class Proof:
    """How a runtime did on the golden vectors.

    Attributes:
        runtime: its name.
        count: how many vectors there are.
        largest_difference: between the norm given and the norm that was to be given.
        flips: decisions that differ.
    """

    runtime: str
    count: int
    largest_difference: float
    flips: int

    @property
    def holds(self) -> bool:
        """Whether every decision is the same and every norm is close."""
        return self.flips == 0 and self.largest_difference <= _TOLERANCE

    def __str__(self) -> str:
        return (
            f"{self.runtime}: {self.count} golden vectors, largest norm difference "
            f"{self.largest_difference:.3g}, {self.flips} decisions differ"
        )


def read_golden(bundle: Bundle, runtime: str, file: Path | None = None) -> Golden:
    """A bundle's golden vectors for one runtime.

    Args:
        bundle: bundle of the files.
        runtime: runtime whose norms.
        file: file that holds other vectors than the bundle's own.

    Raises:
        BundleError: they are missing or not of the documented form, or there are no radii for them.
    """
    _expect_radii(bundle, runtime)
    where = file or bundle.path / GOLDEN
    try:
        # From memory, since numpy leaves a damaged file open.
        content = bundle.read(GOLDEN) if file is None else Path(file).read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            crops, norms = crops_in(arrays), arrays[f"norm_{runtime}"]
        if norms.shape != (len(crops),) or not crops:
            raise ValueError(f"{len(crops)} crops with norms of shape {norms.shape}")
        size, radii = bundle.manifest.crop_size, bundle.manifest.radii[runtime]
        if crops[0].size != size:
            raise ValueError(f"expected crops of {size} pixels, got {crops[0].size}")
        unknown = {modality_set(crop.present) for crop in crops} - set(radii)
        if unknown:
            raise ValueError(f"no radius for {', '.join(sorted(unknown))}")
    except BundleError:
        raise
    except Exception as error:  # what numpy and zipfile come across in a damaged file has no base
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise BundleError(f"golden vectors {where} are not usable: {why}") from None
    return Golden(crops, norms)


def crops_in(arrays: Mapping[str, NDArray[np.generic]]) -> list[Crop]:
    """The crops of a golden file.

    Raises:
        KeyError: an array is missing.
        ValueError: the arrays are of different lengths, or no crops.
    """
    names = ("colour", "depth_mm", "infrared", "present")
    return [
        Crop(c, d, i, frozenset(m for m, seen in zip(Modality, p, strict=True) if seen))
        for c, d, i, p in zip(*(arrays[name] for name in names), strict=True)
    ]


def prove(bundle: Bundle, runtime: str, file: Path | None = None) -> Proof:
    """Run the golden vectors through one runtime.

    Args:
        bundle: bundle to prove.
        runtime: runtime to run it on.
        file: file that holds other vectors than the bundle's own.

    Raises:
        BundleError: the bundle holds no model, no radii or no golden vectors for it.
        MissingExtraError: the runtime is not installed.
    """
    read_golden(bundle, runtime, file)  # what is wrong with it is told before a missing runtime
    return prove_on(open_runtime(bundle, runtime), bundle, file)


def prove_on(opened: Runtime, bundle: Bundle, file: Path | None = None) -> Proof:
    """`prove` on a runtime that is open already.

    Args:
        opened: runs the bundle's model.
        bundle: bundle to prove.
        file: file that holds other vectors than the bundle's own.

    Raises:
        BundleError: the bundle holds no radii or no golden vectors for it.
    """
    runtime = opened.name
    golden = read_golden(bundle, runtime, file)
    crops = golden.crops
    batches = (crops[start : start + _BATCH] for start in range(0, len(crops), _BATCH))
    given = [embedding for batch in batches for embedding in opened.embed(batch)]
    radii = bundle.manifest.radii[runtime]
    norms = np.array([embedding.norm for embedding in given])
    radius = np.array([radii[modality_set(embedding.present)] for embedding in given])
    differences = np.abs(norms - golden.norms)
    flips = int(np.sum((norms <= radius) != (golden.norms <= radius)))
    # NaN is as far from the right norm as can be.
    largest = float(np.max(np.where(np.isnan(differences), np.inf, differences)))
    return Proof(runtime, len(norms), largest, flips)


def _expect_radii(bundle: Bundle, runtime: str) -> None:
    if runtime not in bundle.manifest.radii:
        known = ", ".join(bundle.manifest.radii)
        raise BundleError(
            f"bundle {bundle.path}: expected radii for {runtime}, it has some for "
            f"{known}; choose among those"
        )


def _prove_installed(bundle: Bundle, file: Path | None) -> list[Proof]:
    proofs = []
    for name in bundle.manifest.radii:
        if name not in RUNTIMES:
            continue
        try:
            proofs.append(prove(bundle, name, file))
        except MissingExtraError as error:
            print(f"{name}: not proved: {error}", file=sys.stderr)
    return proofs


def main(arguments: Sequence[str] | None = None) -> int:
    """Prove every runtime of a bundle; 0 if all decide as built, 1 if one does not.

    A runtime that is not installed here is named and left out, unless it was asked for.
    """
    parser = CommandParser(
        prog=called_as("selftest", "rise_edge.selftest"),
        description="Prove on this device that a bundle decides as it was built to.",
    )
    parser.add_argument(
        "bundle",
        nargs="?",
        default=default_bundle_path(),
        help="folder of a bundle (default: the demonstration bundle)",
    )
    parser.add_argument(
        "--runtime", choices=RUNTIMES, help="prove this one alone (default: all that are installed)"
    )
    parser.add_argument(
        "--golden", type=Path, metavar="FILE", help="other golden vectors than the bundle's own"
    )
    options = parser.parse_args(arguments)
    golden = options.golden
    try:
        bundle = open_bundle(options.bundle)
        if options.runtime:
            proofs = [prove(bundle, options.runtime, golden)]
        else:
            proofs = _prove_installed(bundle, golden)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(f"bundle {bundle.manifest.name}, identity {bundle.identity}")
    for proof in proofs:
        print(proof)
    return 0 if proofs and all(proof.holds for proof in proofs) else 1


if __name__ == "__main__":
    sys.exit(main())
