"""`rise-edge keygen NAME`: a key pair to sign bundles and site files with."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.errors import RiseEdgeError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = CommandParser(
        prog=called_as("keygen", "rise_edge.trust.keygen"),
        description="Make NAME.key, which signs and stays with you, and NAME.pub, which goes onto "
        "every device. Nothing is overwritten.",
    )
    parser.add_argument("name", help="of the files, with a folder if you like")
    name = parser.parse_args(arguments).name
    private, public = Path(f"{name}.key"), Path(f"{name}.pub")
    try:
        from rise_edge.trust.keys import write_key_pair

        key = write_key_pair(private, public)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(f"private key: {private}; keep it off every device, who has it can sign for you")
    print(f"public key:  {public}; {key.public_bytes_raw().hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
