"""Embed golden crops: `python embed.py BUNDLE GOLDEN OUT [--batch B ...]`, on each machine.

OUT gets embedding_B f32 (N, D) and norm_B f32 (N,) for each batch size.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from rise_edge import open_bundle
from rise_edge.runtimes import open_runtime
from rise_edge.selftest import crops_in


def main() -> None:
    """Embed and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("bundle", "golden", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--batch", type=int, nargs="+", default=[1])
    options = parser.parse_args()
    runtime = open_runtime(open_bundle(options.bundle))
    with np.load(options.golden, allow_pickle=False) as golden:
        crops = crops_in(golden)
    arrays: dict[str, Any] = {}
    for size in options.batch:
        batches = (crops[start : start + size] for start in range(0, len(crops), size))
        given = [one for batch in batches for one in runtime.embed(batch)]
        arrays[f"embedding_{size}"] = np.stack([one.vector for one in given])
        arrays[f"norm_{size}"] = np.array([one.norm for one in given], np.float32)
    np.savez(options.out, **arrays)


if __name__ == "__main__":
    main()
