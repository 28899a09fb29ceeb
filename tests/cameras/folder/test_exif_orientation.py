"""The orientation that a picture file says of itself, whoever wrote it."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from rise_edge.cameras.folder.exif_orientation import exif_orientation, expect_upright

_TAG = 0x0112
FORMS = ["JPEG", "PNG", "WEBP"]


def picture(form: str, orientation: int | None, more: dict[int, object] | None = None) -> bytes:
    """A small picture as Pillow writes it, with an orientation in its EXIF."""
    image, exif, file = Pillow.new("RGB", (16, 8), (90, 120, 150)), Pillow.Exif(), io.BytesIO()
    exif.update(more or {})
    if orientation is not None:
        exif[_TAG] = orientation
    image.save(file, form, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_orientation_is_read_from_each_form(form: str, orientation: int) -> None:
    assert exif_orientation(picture(form, orientation)) == orientation


@pytest.mark.parametrize("form", FORMS)
def test_other_tags_before_it_are_passed_over(form: str) -> None:
    many = {0x010F: "maker", 0x0100: 16, 0x0101: 8, 0x0131: "a program" * 9}
    assert exif_orientation(picture(form, 6, many)) == 6
    assert exif_orientation(picture(form, None, many)) == 1


@pytest.mark.parametrize("kind", ["H", "I"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_either_byte_order_and_either_width_is_read(order: str, kind: str) -> None:
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", 8)
    entry = struct.pack(f"{order}HHHI{kind}", 1, _TAG, {"H": 3, "I": 4}[kind], 1, 8)
    block = b"Exif\0\0" + head + entry + bytes(8)
    jpeg = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(block) + 2) + block + b"\xff\xd9"
    assert exif_orientation(jpeg) == 8


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("orientation", [0, 9, 4096])
def test_a_value_that_is_no_orientation_says_nothing(form: str, orientation: int) -> None:
    assert exif_orientation(picture(form, orientation)) == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_without_exif_is_upright(form: str) -> None:
    file = io.BytesIO()
    Pillow.new("RGB", (16, 8)).save(file, form)
    expect_upright(file.getvalue())


@pytest.mark.parametrize("form", FORMS)
def test_a_turned_picture_is_refused_with_what_to_do(form: str) -> None:
    expect_upright(picture(form, 1))
    with pytest.raises(ValueError, match=r"turned by its EXIF \(orientation 3\): rewrite it"):
        expect_upright(picture(form, 3))


@given(st.sampled_from(FORMS), st.data())
@settings(max_examples=200, deadline=None)
def test_damage_gives_an_orientation_and_no_error(form: str, data: st.DataObject) -> None:
    raw = bytearray(picture(form, 6, {0x010F: "maker"}))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.sampled_from([at, at + 1, len(raw)]))
        raw[at:end] = data.draw(st.binary(max_size=4))
    assert 1 <= exif_orientation(bytes(raw)) <= 8
