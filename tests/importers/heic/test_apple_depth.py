"""What an iPhone says of its depth is found in the file, or nothing is."""

from __future__ import annotations

import pytest

from rise_edge.frame import Intrinsics
from rise_edge.importers.heic.apple_depth import AppleDepth, read_apple_depth

PACKET = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:apdi="http://ns.apple.com/pixeldatainfo/1.0/"
    xmlns:depthData="http://ns.apple.com/depthData/1.0/">
   <apdi:AuxiliaryImageType>disparity</apdi:AuxiliaryImageType>
   <depthData:Accuracy>absolute</depthData:Accuracy>
   <depthData:IntrinsicMatrixReferenceWidth>2000</depthData:IntrinsicMatrixReferenceWidth>
   <depthData:IntrinsicMatrixReferenceHeight>3000</depthData:IntrinsicMatrixReferenceHeight>
   <depthData:IntrinsicMatrix><rdf:Seq>
    <rdf:li>2500.5</rdf:li><rdf:li>0</rdf:li><rdf:li>0</rdf:li>
    <rdf:li>0</rdf:li><rdf:li>2600</rdf:li><rdf:li>0</rdf:li>
    <rdf:li>1000</rdf:li><rdf:li>1501</rdf:li><rdf:li>1</rdf:li>
   </rdf:Seq></depthData:IntrinsicMatrix>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>"""
EMPTY = AppleDepth()


def test_kind_accuracy_and_lens_are_read_from_among_other_bytes() -> None:
    other = b"<x:xmpmeta>\x00picture</x:xmpmeta>"
    found = read_apple_depth(b"\x00ftypheic" + other + PACKET + b"\xff\xd8")
    assert (found.kind, found.accuracy) == ("disparity", "absolute")
    assert found.lens == Intrinsics(2500.5, 2600, 1000, 1501)


def test_the_lens_fits_a_picture_of_another_resolution() -> None:
    lens = read_apple_depth(PACKET).lens_for(1000, 1500)
    assert lens == Intrinsics(1250.25, 1300, 499.5, 750.0)


def test_the_lens_is_not_that_of_a_picture_that_was_turned_or_cut() -> None:
    found = read_apple_depth(PACKET)
    assert found.lens_for(3000, 2000) is None
    assert found.lens_for(2000, 2000) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"2500.5", b"nan"),
        (b"2500.5", b"-1"),
        (b"2500.5", b"wide"),
        (b"<rdf:li>1</rdf:li>", b""),
        (b"Width>2000", b"Width>0"),
    ],
)
def test_a_lens_that_cannot_be_is_none(old: bytes, new: bytes) -> None:
    assert read_apple_depth(PACKET.replace(old, new)).lens is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<x:xmpmeta>depthData",
        PACKET.replace(b"</rdf:RDF>", b""),
        PACKET.replace(b"<rdf:RDF", b'<!DOCTYPE a [<!ENTITY b "c">]><rdf:RDF'),
    ],
    ids=["empty", "no end", "not closed", "entities"],
)
def test_what_is_no_packet_says_nothing(content: bytes) -> None:
    assert read_apple_depth(content) == EMPTY
