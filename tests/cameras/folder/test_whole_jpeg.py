"""A JPEG that was cut off is told from a whole one, whatever its kind."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from rise_edge.cameras.folder.whole_jpeg import expect_whole


def _jpeg(**how):
    pixels = np.random.default_rng(0).integers(0, 255, (40, 56, 3), np.uint8)
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "JPEG", **how)
    return file.getvalue()


_KINDS = {
    "baseline": _jpeg(),
    "progressive": _jpeg(progressive=True),
    "restarts": _jpeg(restart_marker_blocks=2),
    "thumbnail": _jpeg(exif=b"Exif\0\0" + _jpeg()),
    "comment": _jpeg(comment=b"\xff\xd9"),
}


@pytest.mark.parametrize("kind", _KINDS)
def test_a_whole_file_passes_with_bytes_after_it_too(kind):
    expect_whole(_KINDS[kind])
    expect_whole(_KINDS[kind] + b"\xff\xd8 a trailer of a phone")


@pytest.mark.parametrize("kind", _KINDS)
def test_a_file_is_refused_wherever_it_is_cut(kind):
    whole = _KINDS[kind]
    assert whole[-2:] == b"\xff\xd9"
    for end in range(2, len(whole)):
        with pytest.raises(ValueError, match="cut off"):
            expect_whole(whole[:end])


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x89PNG\r\n\x1a\n"])
def test_other_files_are_not_judged(data):
    expect_whole(data)
