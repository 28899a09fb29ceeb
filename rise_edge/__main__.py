"""`rise-edge COMMAND ...`: every command of the library under one name."""

from __future__ import annotations

import importlib
import sys

import rise_edge
from rise_edge.command_line.arguments import did_you_mean
from rise_edge.command_line.standard_streams import open_closed_streams

_COMMANDS = {
    "check": ("rise_edge.check_pictures", "judge the face in one picture"),
    "capture": ("rise_edge.capture.__main__", "watch a camera and judge the faces in front of it"),
    "audit": ("rise_edge.kiosk.audit.command", "list, export and prune recorded sessions"),
    "evidence": ("rise_edge.kiosk.snapshots.command", "look at a session's kept pictures"),
    "import": ("rise_edge.importers.__main__", "make a folder of images of somebody's recording"),
    "bench": ("rise_edge.bench.__main__", "time every stage on this device, or a whole kiosk"),
    "evaluate": ("rise_edge.evaluation.__main__", "measure a bundle on labelled pictures"),
    "soak": ("rise_edge.soak.__main__", "judge many frames of a camera that fails in every way"),
    "selftest": ("rise_edge.selftest", "prove a bundle on its golden vectors"),
    "keygen": ("rise_edge.trust.keygen", "make a key pair to sign bundles with"),
    "sign": ("rise_edge.bundle.sign", "sign a bundle as its owner"),
    "verify": ("rise_edge.bundle.verify", "check the signature of a bundle"),
    "simulator": ("rise_edge.simulator.__main__", "draw simulated people and attacks"),
}


def main() -> int:
    """Run the named command; returns its exit code."""
    open_closed_streams()
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name == "--version":
        print(f"rise-edge {rise_edge.__version__}")
        return 0
    if name in ("-h", "--help"):
        print(_usage())
        return 0
    if name not in _COMMANDS:
        if name:
            hint = did_you_mean(name, [*_COMMANDS, "--version", "--help"])
            print(f"error: unknown command {name}{hint}\n", file=sys.stderr)
        print(_usage(), file=sys.stderr)
        return 2
    command = importlib.import_module(_COMMANDS[name][0])
    code: int = command.main(sys.argv[2:])
    return code


def _usage() -> str:
    lines = [f"  {name:<10}{what}" for name, (_, what) in _COMMANDS.items()]
    options = ["  --version  which version this is", "  --help     this list; COMMAND --help: more"]
    return "\n".join(["usage: rise-edge COMMAND ...", "", *lines, "", *options])


if __name__ == "__main__":
    sys.exit(main())
