"""`rise-edge COMMAND ...`: every command of the library under one name."""

from __future__ import annotations

import importlib
import sys

_COMMANDS = {
    "capture": ("rise_edge.capture.__main__", "watch a camera and judge the faces before it"),
    "audit": ("rise_edge.capture.audit.command", "list, export and prune recorded sessions"),
    "evidence": ("rise_edge.capture.kept_evidence.command", "look at a session's kept pictures"),
    "bench": ("rise_edge.bench.__main__", "time every stage on this device, or a whole kiosk"),
    "soak": ("rise_edge.soak.__main__", "judge many frames of a camera that fails in every way"),
    "selftest": ("rise_edge.selftest", "prove a bundle on its golden vectors"),
    "keygen": ("rise_edge.trust.keygen", "make a key pair to sign bundles with"),
    "sign": ("rise_edge.trust.sign", "sign a bundle as its owner"),
    "verify": ("rise_edge.trust.verify", "check the signature of a bundle"),
    "simulator": ("rise_edge.simulator.__main__", "draw simulated people and attacks"),
}


def main() -> int:
    """Run the named command; returns its exit code."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in _COMMANDS:
        asked_for_help = name in ("-h", "--help")
        lines = [f"  {name:<10}{what}" for name, (_, what) in _COMMANDS.items()]
        text = "\n".join(["usage: rise-edge COMMAND ...", "", *lines])
        print(text, file=sys.stdout if asked_for_help else sys.stderr)
        return 0 if asked_for_help else 2
    command = importlib.import_module(_COMMANDS[name][0])
    code: int = command.main(sys.argv[2:])
    return code


if __name__ == "__main__":
    sys.exit(main())
