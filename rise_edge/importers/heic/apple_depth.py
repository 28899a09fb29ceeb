"""AppleDepth: what an iPhone writes about the depth in a HEIC, as XMP beside it.

The packet is found by its text, as XMP is made to be found (XMP part 3, "Packet scanning"):
libheif hands out only the XMP of the picture. Names and units: `AVDepthData` and
`AVCameraCalibrationData` of Apple's AVFoundation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from rise_edge.frame import Intrinsics

_PACKET = re.compile(rb"<x:xmpmeta\b.*?</x:xmpmeta>", re.DOTALL)
_MAX_PACKET = 1024 * 1024
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DEPTH = "{http://ns.apple.com/depthData/1.0/}"
_PIXELS = "{http://ns.apple.com/pixeldatainfo/1.0/}"


@dataclass(frozen=True)
class AppleDepth:
    """What is said; None where it is not.

    Attributes:
        kind: `disparity` or `depth`.
        accuracy: `absolute`, or `relative` where the numbers are no distances.
        lens: lens of the picture, in pixels of `reference`.
        reference: width and height that the lens is meant for.
    """

    kind: str | None = None
    accuracy: str | None = None
    lens: Intrinsics | None = None
    reference: tuple[float, float] | None = None

    def lens_for(self, width: int, height: int) -> Intrinsics | None:
        """The lens in pixels of a picture of another resolution; None if the shape differs."""
        if self.lens is None or self.reference is None:
            return None
        across, down = width / self.reference[0], height / self.reference[1]
        if abs(across / down - 1) > 0.01:
            return None
        # Apple counts from the picture's corner, we from the middle of its first pixel.
        return Intrinsics(
            self.lens.fx * across,
            self.lens.fy * down,
            self.lens.cx * across - 0.5,
            self.lens.cy * down - 0.5,
        )


def read_apple_depth(content: bytes) -> AppleDepth:
    """Find and read the packet in a HEIC file; nothing is known if there is none.

    Args:
        content: content of the file.
    """
    for match in _PACKET.finditer(content):
        packet = match[0]
        # No XMP declares entities, with which a small text can become a large one.
        if b"depthData" in packet and b"<!" not in packet and len(packet) <= _MAX_PACKET:
            try:
                return _read(ElementTree.fromstring(packet))
            except (ElementTree.ParseError, ValueError):
                continue
    return AppleDepth()


def _read(root: ElementTree.Element) -> AppleDepth:
    fields = _fields(root)
    matrix = _numbers(fields.get(f"{_DEPTH}IntrinsicMatrix", []))
    sizes = _numbers(
        [
            *fields.get(f"{_DEPTH}IntrinsicMatrixReferenceWidth", []),
            *fields.get(f"{_DEPTH}IntrinsicMatrixReferenceHeight", []),
        ]
    )
    lens = reference = None
    # Column by column: fx 0 0, 0 fy 0, cx cy 1.
    if len(matrix) == 9 and len(sizes) == 2 and min(matrix[0], matrix[4], *sizes) > 0:
        lens = Intrinsics(matrix[0], matrix[4], matrix[6], matrix[7])
        reference = (sizes[0], sizes[1])
    return AppleDepth(
        kind=_word(fields, f"{_PIXELS}AuxiliaryImageType"),
        accuracy=_word(fields, f"{_DEPTH}Accuracy"),
        lens=lens,
        reference=reference,
    )


def _fields(root: ElementTree.Element) -> Mapping[str, list[str]]:
    """Every property, whether it is written as an element, a list or an attribute."""
    fields: dict[str, list[str]] = {}
    for description in root.iter(f"{_RDF}Description"):
        fields |= {name: [value] for name, value in description.attrib.items()}
        for element in description:
            items = [item.text or "" for item in element.iter(f"{_RDF}li")]
            fields[element.tag] = items or [element.text or ""]
    return fields


def _word(fields: Mapping[str, list[str]], name: str) -> str | None:
    return fields[name][0].strip().lower() if name in fields else None


def _numbers(texts: list[str]) -> list[float]:
    numbers = [float(text) for text in texts]
    return numbers if all(map(math.isfinite, numbers)) else []
