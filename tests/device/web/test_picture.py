"""Picture files are judged as they are seen."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image as Pillow

from tests.device.web.conftest import Ask

OPEN = """async (file) => {
    const {openPicture} = await import('./liveness/crop/picture.js');
    const bytes = Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
    const {width, height} = await openPicture(new Blob([bytes], {type: 'image/jpeg'}));
    return [width, height];
}"""


@pytest.mark.parametrize(("orientation", "seen"), [(1, [16, 8]), (6, [8, 16])])
def test_a_picture_is_turned_as_its_exif_says(ask: Ask, orientation: int, seen: list[int]) -> None:
    exif, file = Pillow.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    Pillow.fromarray(np.zeros((8, 16, 3), np.uint8)).save(file, "JPEG", exif=exif)
    assert ask(OPEN, base64.b64encode(file.getvalue()).decode()) == seen
