"""`rise-edge check face.png`: one answer for one picture, with depth and infrared if there are any.

Exit codes: 0 for LIVE, 20 for SPOOF, 21 for UNDECIDED, and those of `rise_edge.errors` for what
cannot be answered: 3 for a picture that cannot be read, 4 for a bundle, 2 for wrong arguments.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.bundle.bundle import default_bundle_path, open_bundle
from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.folder.image_file import read_image
from rise_edge.cameras.infrared_scale import FACE_GREY, InfraredScale, scale_for_faces
from rise_edge.checker import Checker
from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.command_line.numbers import positive_number
from rise_edge.decision.verdict import Outcome, Reason, Verdict
from rise_edge.errors import RiseEdgeError, UnusableImageError
from rise_edge.frame import (
    ASSUMED_VIEW_DEGREES,
    COLOUR_ALONE,
    Frame,
    Image,
    Modality,
    modality_set,
    parse_modality_set,
)
from rise_edge.guidance import load_guide

SCHEMA = "rise_edge.check/1"

EXIT_CODES = {Outcome.LIVE: 0, Outcome.SPOOF: 20, Outcome.UNDECIDED: 21}
"""What the command ends with for each outcome; no error has one of these codes."""

ONE_PICTURE = (
    "one picture proves no presence: whoever can hand it in can make it; watch a camera with "
    "`rise-edge capture`"
)

_ADVICE = {
    Reason.MISSING_MODALITY: "give its picture too, or choose --modalities without it",
    Reason.COLOUR_ALONE: "give --depth or --infrared, or accept what colour alone is worth with "
    "--accept-colour-alone",
    Reason.BAD_NUMBERS: "prove the bundle with `rise-edge selftest`",
}


@dataclass(frozen=True)
class Units:
    """Units of the numbers in picture files.

    Attributes:
        depth_scale: millimetres a unit of depth.
        infrared_scale: levels of grey, of 255, a unit of 16-bit infrared; None = such that the face
            is at middle grey.
    """

    depth_scale: float = 1.0
    infrared_scale: float | None = None


def read_frame(files: Mapping[Modality, Path], units: Units | None = None) -> Frame:
    """A frame of picture files that lie over each other.

    Args:
        files: picture of each modality.
        units: units of their numbers.

    Raises:
        UnusableImageError: a file cannot be read, is of another kind, too large, turned by its
            EXIF or no plain file; the pictures are not of one shape; or nothing says how bright
            16-bit infrared is.

    Example:
        >>> read_frame({Modality.COLOUR: Path("nowhere.png")})
        Traceback (most recent call last):
        rise_edge.errors.UnusableImageError: nowhere.png: expected an image, got No such file or \
directory
    """
    units = units or Units()
    pictures = {modality: read_image(modality, path) for modality, path in files.items()}
    depth, infrared = pictures.get(Modality.DEPTH), pictures.get(Modality.INFRARED)
    if depth is not None:
        depth = DepthScale(units.depth_scale).millimetres(depth)
    colour = pictures.get(Modality.COLOUR)
    try:
        if infrared is not None and infrared.dtype == np.uint16:
            infrared = _grey(colour, infrared, units, files[Modality.INFRARED])
        return Frame.from_arrays(colour=colour, depth_mm=depth, infrared=infrared)
    except ValueError as error:
        names = ", ".join(map(str, files.values()))
        raise UnusableImageError(f"{names}: {error}") from None


def _grey(
    colour: NDArray[np.uint8] | None, infrared: NDArray[np.uint16], units: Units, path: Path
) -> NDArray[np.uint8]:
    """16-bit infrared in the 8 bits of a frame, as a folder of images has it."""
    if units.infrared_scale is not None:
        return InfraredScale(units.infrared_scale).grey(infrared)
    scale = None
    if colour is not None:
        faint = np.zeros(infrared.shape, np.uint8)  # a frame's infrared, for its viewpoint
        frame = Frame.from_arrays(colour=colour, infrared=faint)
        assert frame.colour is not None
        assert frame.infrared is not None
        image = Image(infrared, frame.infrared.viewpoint, 0, 0.0)
        scale = scale_for_faces([(frame.colour, image)])
    if scale is None:
        raise UnusableImageError(
            f"{path}: expected --infrared-scale or a face in colour by which to scale 16-bit "
            f"infrared, got neither; with it a face has about {FACE_GREY} of 255"
        )
    return scale.grey(infrared)


def advice(verdict: Verdict) -> str | None:
    """What to do about a verdict, in one line; None where it is decided.

    >>> from rise_edge.decision.verdict import undecided
    >>> advice(undecided(Reason.TOO_FAR))
    'Come a little closer'
    """
    if verdict.reason is None:
        return None
    return load_guide().instruction(verdict) or _ADVICE.get(verdict.reason)


def fields_of(verdict: Verdict, checker: Checker, files: Mapping[Modality, Path]) -> dict[str, Any]:
    """The answer as a JSON object.

    Its fields: `schema`; `verdict`, `reason` (null unless UNDECIDED), `detail`; `advice` (what to
    do, or null); `norm`, `radius`, `margin` and `modalities`, null where nothing was read; `bundle`
    {name, version, identity}; `pictures` {modality: file}; `warnings` [text], with what colour
    alone is worth where it is alone; and `presence`, why one picture proves none.
    """
    reading, manifest = verdict.reading, checker.bundle.manifest
    return {
        "schema": SCHEMA,
        "verdict": verdict.outcome.value,
        "reason": verdict.reason.value if verdict.reason else None,
        "detail": verdict.detail,
        "advice": advice(verdict),
        "norm": _finite(reading.norm) if reading else None,
        "radius": _finite(reading.radius) if reading else None,
        "margin": _finite(reading.margin) if reading else None,
        "modalities": reading.modalities if reading else None,
        "bundle": {
            "name": manifest.name,
            "version": manifest.version,
            "identity": checker.bundle.identity,
        },
        "pictures": {modality.value: str(path) for modality, path in files.items()},
        "warnings": [*checker.warnings, *_assumed(files)],
        "presence": ONE_PICTURE,
    }


def _finite(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def _assumed(files: Mapping[Modality, Path]) -> list[str]:
    """What is assumed of the cameras; of colour alone it makes no difference."""
    if files.keys() == COLOUR_ALONE:
        return []
    return [
        f"the pictures are assumed to lie over each other, seen through a lens of "
        f"{ASSUMED_VIEW_DEGREES:.0f} degrees across their longer side"
    ]


def lines_of(fields: Mapping[str, Any]) -> list[str]:
    """The answer as lines for people, from the fields of its JSON object."""
    why = f" ({fields['reason']})" if fields["reason"] else ""
    detail = f": {fields['detail']}" if fields["detail"] else ""
    lines = [f"{fields['verdict']}{why}{detail}"]
    if fields["radius"] is not None:
        norm = "no number" if fields["norm"] is None else f"{fields['norm']:.3f}"
        lines.append(f"norm {norm}, radius {fields['radius']:.3f} with {fields['modalities']}")
    if fields["advice"]:
        lines.append(f"what to do: {fields['advice']}")
    return [*lines, *(f"note: {text}" for text in (*fields["warnings"], fields["presence"]))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer for one picture; returns the exit code of its outcome, or of an error."""
    parser = _parser()
    options = parser.parse_args(arguments)
    given = {
        Modality.COLOUR: options.picture,
        Modality.DEPTH: options.depth,
        Modality.INFRARED: options.infrared,
    }
    files = {modality: path for modality, path in given.items() if path is not None}
    required = options.modalities or frozenset(files)
    if options.accept_colour_alone and required != COLOUR_ALONE:
        parser.error(f"--accept-colour-alone requires colour alone, got {modality_set(required)}")
    files = {modality: path for modality, path in files.items() if modality in required}
    evidence = EvidenceConfig(required=required, accept_colour_alone=options.accept_colour_alone)
    try:
        checker = Checker(open_bundle(options.bundle), evidence=evidence)
        frame = read_frame(files, Units(options.depth_scale, options.infrared_scale))
        verdict = checker.check(frame)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    fields = fields_of(verdict, checker, files)
    text = json.dumps(fields, indent=1) if options.json else "\n".join(lines_of(fields))
    print(text + "\n", end="")  # at once: a reader that wants one line may close the pipe after it
    return EXIT_CODES[verdict.outcome]


def _parser() -> CommandParser:
    codes = ", ".join(f"{code} for {outcome}" for outcome, code in EXIT_CODES.items())
    parser = CommandParser(
        prog=called_as("check", "rise_edge.check_pictures"),
        description="Judge the face in one picture.",
        epilog=f"exit codes: {codes}; 2 for wrong arguments, 3 for a picture that cannot be read, "
        "4 for a bundle that cannot be used",
    )
    parser.add_argument("picture", type=Path, help="colour picture with one face")
    parser.add_argument(
        "--depth",
        type=Path,
        metavar="FILE",
        help="16-bit depth picture that lies over the colour (none by default)",
    )
    parser.add_argument(
        "--infrared",
        type=Path,
        metavar="FILE",
        help="8-bit or 16-bit infrared picture that lies over the colour (none by default)",
    )
    parser.add_argument(
        "--depth-scale",
        type=_positive,
        default=1.0,
        metavar="MM",
        help="millimetres a unit of the depth picture (default: 1)",
    )
    parser.add_argument(
        "--infrared-scale",
        type=_positive,
        metavar="LEVELS",
        help="levels of grey, of 255, a unit of 16-bit infrared (default: such that the face is at "
        "middle grey)",
    )
    parser.add_argument(
        "--bundle",
        metavar="DIR",
        default=default_bundle_path(),
        help="folder of a bundle (default: the demonstration bundle)",
    )
    parser.add_argument(
        "--modalities",
        type=_modalities,
        metavar="SET",
        help="modalities to judge by, such as colour+depth (default: those of the given pictures)",
    )
    parser.add_argument(
        "--accept-colour-alone",
        action="store_true",
        help="decide by colour alone, which tells real people from real attacks hardly or not at "
        "all (by default it is UNDECIDED)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object (default: lines for people)"
    )
    return parser


def _positive(text: str) -> float:
    try:
        return positive_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _modalities(text: str) -> frozenset[Modality]:
    try:
        required = parse_modality_set(text)
        EvidenceConfig(required=required)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return required


if __name__ == "__main__":
    sys.exit(main())
