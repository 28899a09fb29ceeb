"""Recordings of others, which `rise-edge import` reads."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from rise_edge.errors import CameraError
from rise_edge.frame import Intrinsics
from rise_edge.importers.recording import Recording
from rise_edge.importers.tum.tum import open_tum
from tests.cameras.random_frames import random_frames
from tests.fuzz.mutations import edited, edits
from tests.fuzz.target import Target
from tests.importers.bag.realsense_bag import BagForm, small_frames, write_bag
from tests.importers.tum.tum_folder import write_tum

_LENS = Intrinsics(20.0, 20.0, 7.5, 5.5)


def _imports(read: Callable[[], Recording]) -> bool:
    try:
        for image in read().images():
            assert image.pixels.size
    except CameraError:
        return False
    return True


def _bags(folder: Path, form: BagForm) -> Target:
    from rise_edge.importers.bag.bag import open_bag

    path = write_bag(folder / "a.bag", small_frames(2), form)
    sound = path.read_bytes()
    # After the header come 4 kB of padding, which nobody reads: it is left as it is.
    header, padding = 90, sound[90:4000]
    assert not padding.strip()

    def run(changes: list) -> bool:
        content = edited(sound[:header] + sound[4000:], changes)
        path.write_bytes(content[:header] + padding + content[header:])
        return _imports(lambda: open_bag(path))

    return Target("bags", edits, run)


def bags(folder: Path) -> Target:
    """RealSense bags that are damaged anywhere."""
    return _bags(folder, BagForm(units_in_images=True))


def compressed_bags(folder: Path) -> Target:
    """The same with compressed chunks."""
    return _bags(folder, BagForm(compression="LZ4"))


def tum_lists(folder: Path) -> Target:
    """Lists of a TUM RGB-D folder."""
    frames = random_frames(2, depth_size=(16, 12), colour_size=(16, 12), max_depth_mm=13000)
    path = write_tum(folder / "tum", list(frames))
    sound = (path / "rgb.txt").read_bytes()
    texts = st.one_of(
        edits.map(lambda changes: edited(sound, changes)),
        st.text(max_size=60).map(lambda text: sound + text.encode("utf-8", "surrogatepass")),
        st.binary(max_size=60),
    )

    def run(content: bytes) -> bool:
        (path / "rgb.txt").write_bytes(content)
        return _imports(lambda: open_tum(path, lens=_LENS))

    return Target("TUM lists", texts, run)


def heics(folder: Path) -> Target:
    """Photographs of a phone, with EXIF and the XMP of their depth."""
    import pillow_heif
    from PIL import Image as Pillow

    from rise_edge.importers.heic.heic import open_heic
    from tests.importers.heic.test_apple_depth import PACKET

    exif, content = Pillow.Exif(), io.BytesIO()
    exif.get_ifd(0x8769)[0xA405] = 30
    picture = Pillow.fromarray(np.zeros((32, 48, 3), np.uint8))
    pillow_heif.from_pillow(picture).save(content, exif=exif.tobytes(), xmp=PACKET)
    sound, path = content.getvalue(), folder / "a.heic"

    def run(changes: list) -> bool:
        path.write_bytes(edited(sound, changes))
        return _imports(lambda: open_heic(path))

    return Target("HEIC photographs", edits, run)
