"""`python -m tests.fuzz --examples 20000`: mutate every file that a device reads."""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from pathlib import Path
from time import monotonic

from rise_edge.kiosk.argument_types import positive_int
from tests.fuzz.bundles import AlteredBundleError
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Run the targets; 1 if anything but a refusal came of an example."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--examples", type=positive_int, default=20_000, help="in all targets")
    parser.add_argument("--target", choices=TARGETS, help="this one alone (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    names = [options.target] if options.target else list(TARGETS)
    share = -(-options.examples // len(names))
    crashes = altered = total = 0
    began_s = monotonic()
    for name in names:
        with tempfile.TemporaryDirectory() as scratch:
            target = TARGETS[name](Path(scratch))
            try:
                target.fuzz(share, options.seed)
            except AlteredBundleError:
                altered += 1
                traceback.print_exc()
            except Exception:
                crashes += 1
                traceback.print_exc()
        total += target.accepted + target.refused
        print(
            f"{target.name:<18}{target.accepted:>6} taken {target.refused:>6} refused", flush=True
        )
    print(
        f"{total} mutated inputs in {monotonic() - began_s:.0f} s: {crashes} crashes, "
        f"{altered} loads of an altered bundle"
    )
    return 1 if crashes or altered else 0


if __name__ == "__main__":
    sys.exit(main())
