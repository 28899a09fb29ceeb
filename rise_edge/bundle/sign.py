"""`rise-edge sign BUNDLE --key KEY`: the owner's signature over a bundle's manifest.

`manifest.sig` holds the 64 bytes of an Ed25519 signature over the exact bytes of `manifest.json`,
and nothing else. The manifest names every other file with its sha256, so that the signature stands
for the whole bundle; it cannot name its own signature.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rise_edge.bundle.bundle import Bundle, open_bundle, write_folder
from rise_edge.bundle.manifest import MANIFEST, MAX_VERSION, SIGNATURE, manifest_bytes
from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.errors import RiseEdgeError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def sign_bundle(
    path: str | os.PathLike[str], key: Ed25519PrivateKey, version: int | None = None
) -> Bundle:
    """Sign a bundle, and give it a version first if one is named.

    It is written again, whole, and put in the old one's place, so that on any failure the old one
    stays as it was. Files in the folder that the manifest does not name are left out.

    Raises:
        ValueError: the version is out of range.
        BundleError: there is no valid bundle to sign, or it cannot be written.
    """
    from rise_edge.trust.signature import sign

    bundle = open_bundle(path)
    files = {name: bundle.read(name) for name in bundle.manifest.files}
    if version is None:
        manifest = bundle.read(MANIFEST)
    else:
        manifest = manifest_bytes(replace(bundle.manifest, version=version))
    signed = {**files, MANIFEST: manifest, SIGNATURE: sign(manifest, key)}
    write_folder(bundle.path.resolve(), signed)
    return open_bundle(path, public_key=key.public_key())


def _version(text: str) -> int:
    version = int(text)
    if not 0 <= version <= MAX_VERSION:
        raise argparse.ArgumentTypeError(f"expected 0 to {MAX_VERSION}, got {version}")
    return version


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = CommandParser(
        prog=called_as("sign", "rise_edge.bundle.sign"),
        description="Sign a bundle as its owner: a device that pins your public key takes no "
        "other.",
    )
    parser.add_argument("bundle", help="folder of the bundle")
    parser.add_argument("--key", required=True, metavar="FILE", help="your private key")
    parser.add_argument(
        "--version",
        type=_version,
        metavar="N",
        help="write this version into the manifest first; give each release a larger one, and "
        "devices can refuse those before it (default: the version that it has)",
    )
    options = parser.parse_args(arguments)
    try:
        from rise_edge.trust.keys import read_private_key

        bundle = sign_bundle(options.bundle, read_private_key(options.key), options.version)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(
        f"signed bundle {bundle.manifest.name}, version {bundle.manifest.version}, identity "
        f"{bundle.identity}, with the key {bundle.signed_by}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
