"""Embed golden crops: `python embed.py BUNDLE GOLDEN OUT [--batch N]`, what runs on each machine.

OUT gets embedding f32 (N, D) and norm f32 (N,).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from rise_edge import open_bundle
from rise_edge.runtimes import open_runtime
from rise_edge.selftest import crops_in


def main() -> None:
    """Embed and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("bundle", "golden", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--batch", type=int, default=1)
    options = parser.parse_args()
    runtime = open_runtime(open_bundle(options.bundle))
    with np.load(options.golden, allow_pickle=False) as arrays:
        crops = crops_in(arrays)
    starts = range(0, len(crops), options.batch)
    given = [one for start in starts for one in runtime.embed(crops[start : start + options.batch])]
    np.savez(
        options.out,
        embedding=np.stack([one.vector for one in given]),
        norm=np.array([one.norm for one in given], np.float32),
    )


if __name__ == "__main__":
    main()
