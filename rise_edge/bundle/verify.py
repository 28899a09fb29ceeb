"""`rise-edge verify BUNDLE --public-key FILE`: would a device that pins this key take it?"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rise_edge.bundle.bundle import open_bundle
from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.errors import RiseEdgeError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code, 10 for a bundle that is not the owner's."""
    parser = CommandParser(
        prog=called_as("verify", "rise_edge.bundle.verify"),
        description="Open a bundle as a device that pins a public key does, and say what it is.",
    )
    parser.add_argument("bundle", help="folder of the bundle")
    parser.add_argument("--public-key", required=True, metavar="FILE", help="of its owner")
    parser.add_argument(
        "--min-version",
        type=int,
        metavar="N",
        help="refuse a smaller version (default: take any)",
    )
    options = parser.parse_args(arguments)
    try:
        bundle = open_bundle(
            options.bundle, public_key=options.public_key, min_version=options.min_version
        )
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(
        f"bundle {bundle.manifest.name}, version {bundle.manifest.version}, identity "
        f"{bundle.identity}, signed by the key {bundle.signed_by}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
