"""The forms in which people have their images, each with a small file."""

from __future__ import annotations

import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from rise_edge.cameras import FolderCamera
from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.errors import CameraError, UnusableImageError
from rise_edge.frame import ALL_MODALITIES, Frame, Modality
from tests.cameras.folder.test_sensor_calibration import calibration, sensor
from tests.cameras.random_frames import COLOUR_VIEW, DEPTH_VIEW
from tests.support.rendered_faces import rendered

COLOUR, DEPTH, INFRARED = Modality.COLOUR, Modality.DEPTH, Modality.INFRARED
_RNG = np.random.default_rng(0)
RGB = _RNG.integers(0, 256, (24, 32, 3), np.uint8)
DEEP = _RNG.integers(1, 65535, (24, 32), np.uint16)
GREY = _RNG.integers(0, 256, (24, 32), np.uint8)


def save(path: Path, pixels: np.ndarray, *options: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    bgr = pixels[..., ::-1] if pixels.ndim == 3 else pixels
    assert cv2.imwrite(str(path), bgr, options)


def describe(folder: Path, **fields: object) -> None:
    (folder / "camera.json").write_text(json.dumps(fields))


def first(folder: Path, *modalities: Modality, **options: object) -> Frame:
    wanted = frozenset(modalities) or ALL_MODALITIES
    with FolderCamera(folder, modalities=wanted, **options) as camera:
        frame = camera.read()
    assert frame is not None
    return frame


@pytest.mark.parametrize(
    ("name", "modality"),
    [("color", COLOUR), ("rgb", COLOUR), ("RGB", COLOUR), ("ir", INFRARED), ("nir", INFRARED)],
)
def test_a_subfolder_may_have_another_name(tmp_path: Path, name: str, modality: Modality) -> None:
    pixels = RGB if modality is COLOUR else GREY
    save(tmp_path / name / "1.png", pixels)
    np.testing.assert_array_equal(first(tmp_path, modality).image(modality).pixels, pixels)


@pytest.mark.parametrize(("one", "other"), [("colour", "rgb"), ("infrared", "ir")])
def test_two_names_of_one_modality_are_refused_by_name(
    tmp_path: Path, one: str, other: str
) -> None:
    for name in (one, other):
        save(tmp_path / name / "1.png", RGB)
    with pytest.raises(CameraError, match=f"got {one}/ and {other}/"):
        FolderCamera(tmp_path).open()


LOSSLESS = [
    (COLOUR, "1.png", RGB),
    (COLOUR, "1.ppm", RGB),
    (COLOUR, "1.webp", RGB),
    (DEPTH, "1.pgm", DEEP),
    (DEPTH, "1.PGM", DEEP),
    (INFRARED, "1.pgm", GREY),
    (INFRARED, "1.png", np.repeat(GREY[..., None], 3, axis=2)),
]


@pytest.mark.parametrize(("modality", "name", "pixels"), LOSSLESS)
def test_a_lossless_file_is_read_bit_for_bit(
    tmp_path: Path, modality: Modality, name: str, pixels: np.ndarray
) -> None:
    lossless = (cv2.IMWRITE_WEBP_QUALITY, 101) if name.endswith("webp") else ()
    save(tmp_path / modality.value / name, pixels, *lossless)
    expected = pixels[..., 0] if modality is INFRARED and pixels.ndim == 3 else pixels
    np.testing.assert_array_equal(first(tmp_path, modality).image(modality).pixels, expected)


@pytest.mark.parametrize(
    ("modality", "name"), [(COLOUR, "1.jpg"), (COLOUR, "1.webp"), (INFRARED, "1.jpeg")]
)
def test_a_lossy_file_is_read_nearly(tmp_path: Path, modality: Modality, name: str) -> None:
    pixels = np.full((24, 32, 3), (50, 100, 200), np.uint8)
    pixels = pixels[..., 1] if modality is INFRARED else pixels
    save(tmp_path / modality.value / name, pixels)
    got = first(tmp_path, modality).image(modality).pixels.astype(int)
    assert np.abs(got - pixels).max() < 6


def test_a_jpeg_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "colour/1.jpg", RGB)
    whole = (tmp_path / "colour/1.jpg").read_bytes()
    (tmp_path / "colour/1.jpg").write_bytes(whole[:-20])
    with pytest.raises(UnusableImageError, match="cut off"):
        first(tmp_path, COLOUR)


@pytest.mark.parametrize(
    ("place", "accepted"),
    [
        ("depth/1.jpg", "1.jpg in depth/ is none: depth is .png or .pgm"),
        ("depth/1.tiff", "depth is .png or .pgm"),
        ("ir/1.bmp", "1.bmp in ir/ is none: infrared is .png, .jpg, .jpeg or .pgm"),
        ("rgb/1.heic", "colour is .png, .jpg, .jpeg, .webp or .ppm"),
    ],
)
def test_a_file_of_another_form_is_named_with_those_that_are_read(
    tmp_path: Path, place: str, accepted: str
) -> None:
    (tmp_path / place).parent.mkdir()
    (tmp_path / place).write_bytes(b"x")
    with pytest.raises(CameraError, match=accepted):
        FolderCamera(tmp_path).open()


def pgm(pixels: np.ndarray, largest: int, comment: bytes = b"") -> bytes:
    big_endian = pixels.astype(">u2" if largest > 255 else np.uint8).tobytes()
    size = b"%d %d" % pixels.shape[::-1]
    return b"P5\n" + comment + size + b"\n%d\n" % largest + big_endian


def test_a_pgm_s_numbers_are_millimetres_whatever_its_largest_is(tmp_path: Path) -> None:
    numbers = np.array([[0, 1, 600, 4095]], np.uint16)
    (tmp_path / "depth").mkdir()
    (tmp_path / "depth/1.pgm").write_bytes(pgm(numbers, 4095, b"# made by hand\n"))
    assert first(tmp_path, DEPTH).depth.pixels.tolist() == numbers.tolist()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pgm(GREY, 255)[:-1], "none or damaged"),
        (pgm(GREY, 100), "white is 100"),
        (pgm(GREY, 99999), "none or damaged"),
        (b"P5\n9000 9000\n255\n" + bytes(81_000_000), "9000x9000"),
        (b"P2\n1 1\n255\n7\n", "none or damaged"),
    ],
)
def test_a_pgm_that_is_damaged_or_of_another_kind_is_refused(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "infrared").mkdir()
    (tmp_path / "infrared/1.pgm").write_bytes(content)
    with pytest.raises(CameraError, match=said):
        first(tmp_path, INFRARED)


@pytest.mark.parametrize(("form", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_picture_that_its_exif_turns_is_refused(tmp_path: Path, form: str, suffix: str) -> None:
    exif, file = Pillow.Exif(), io.BytesIO()
    exif[0x0112] = 6
    Pillow.fromarray(RGB).save(file, form, exif=exif)
    (tmp_path / "colour").mkdir()
    (tmp_path / f"colour/1.{suffix}").write_bytes(file.getvalue())
    with pytest.raises(CameraError, match="turned by its EXIF"):
        first(tmp_path, COLOUR)


def test_depth_scale_is_millimetres_a_unit(tmp_path: Path) -> None:
    save(tmp_path / "depth/1.png", np.array([[0, 3000, 1655, 65535]], np.uint16))
    assert first(tmp_path, DEPTH).depth.pixels.tolist() == [[0, 3000, 1655, 0]]
    describe(tmp_path, depth_scale=0.2)
    assert first(tmp_path, DEPTH).depth.pixels.tolist() == [[0, 600, 331, 0]]
    assert first(tmp_path, DEPTH, raw=True).depth.pixels.tolist() == [[0, 3000, 1655, 0]]


def test_a_calibration_replaces_depth_scale(tmp_path: Path) -> None:
    save(tmp_path / "depth/1.png", np.full((60, 80), 500, np.uint16))
    describe(tmp_path, depth_scale=0.2)
    trio = calibration(sensors={DEPTH: sensor(80, 60, DEPTH_VIEW)}, depth=DepthScale(1.0, 100.0))
    (tmp_path / "calibration.json").write_text(trio.to_json())
    assert first(tmp_path, DEPTH).depth.pixels[30, 40] == 600


@pytest.mark.parametrize("suffix", ["png", "pgm"])
def test_infrared_scale_is_levels_of_grey_a_unit(tmp_path: Path, suffix: str) -> None:
    save(tmp_path / f"infrared/1.{suffix}", np.array([[0, 40, 800, 2549, 9000]], np.uint16))
    describe(tmp_path, infrared_scale=0.1)
    assert first(tmp_path, INFRARED).infrared.pixels.tolist() == [[0, 4, 80, 255, 255]]


def test_infrared_scale_with_8_bits_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "infrared/1.png", GREY)
    describe(tmp_path, infrared_scale=0.1)
    with pytest.raises(CameraError, match="infrared_scale with 16-bit infrared"):
        FolderCamera(tmp_path, modalities=frozenset({INFRARED})).open()


def kinect(folder: Path, *gains: int) -> None:
    """A simulated person, one instant a gain of the light, in 16-bit infrared."""
    frame = rendered("office", 1)
    sensors = {}
    for number, gain in enumerate(gains):
        for modality, image in ((COLOUR, frame.colour), (INFRARED, frame.infrared)):
            pixels = image.pixels if modality is COLOUR else image.pixels.astype(np.uint16) * gain
            save(folder / modality.value / f"{number}.png", pixels)
            k, (height, width) = image.viewpoint.intrinsics, pixels.shape[:2]
            sensors[modality.value] = {
                **{"width": width, "height": height},
                **{"fx": k.fx, "fy": k.fy, "cx": k.cx, "cy": k.cy},
                "rotation": image.viewpoint.rotation.tolist(),
                "translation_mm": image.viewpoint.translation_mm.tolist(),
            }
    describe(folder, sensors=sensors)


def test_without_a_scale_the_face_comes_to_middle_grey_with_one_gain(tmp_path: Path) -> None:
    kinect(tmp_path, 20, 30, 40)
    with FolderCamera(tmp_path, modalities=frozenset({COLOUR, INFRARED})) as camera:
        scale = camera.fields()["infrared_scale"]
        frames = list(iter(camera.read, None))
    stored = rendered("office", 1).infrared.pixels
    for frame, gain in zip(frames, (20, 30, 40), strict=True):
        expected = np.minimum(np.rint(stored.astype(float) * gain * scale), 255)
        np.testing.assert_array_equal(frame.infrared.pixels, expected)
    with FolderCamera(tmp_path, modalities=frozenset({COLOUR, INFRARED})) as again:
        assert again.fields()["infrared_scale"] == scale


def test_without_a_scale_and_a_face_the_error_names_the_scale(tmp_path: Path) -> None:
    save(tmp_path / "colour/1.png", RGB)
    save(tmp_path / "infrared/1.png", DEEP)
    with pytest.raises(CameraError, match=r'expected "infrared_scale" in camera\.json'):
        FolderCamera(tmp_path, modalities=frozenset({COLOUR, INFRARED})).open()


def test_raw_16_bit_infrared_needs_a_scale(tmp_path: Path) -> None:
    save(tmp_path / "infrared/1.png", DEEP)
    camera = FolderCamera(tmp_path, modalities=frozenset({INFRARED}), raw=True)
    with pytest.raises(CameraError, match="infrared_scale"):
        camera.open()


def test_an_image_of_another_size_is_held_to_the_first(tmp_path: Path) -> None:
    for name, width in (("1", 32), ("2", 31)):
        save(tmp_path / f"colour/{name}.png", RGB[:, :width])
    with FolderCamera(tmp_path, modalities=frozenset({COLOUR})) as camera:
        camera.read()
        with pytest.raises(UnusableImageError, match=r"32x24, like the first, 1\.png, got 31x24"):
            camera.read()


def test_an_image_of_another_size_than_calibrated_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "colour/1.png", RGB)
    trio = calibration(sensors={COLOUR: sensor(128, 72, COLOUR_VIEW)})
    (tmp_path / "calibration.json").write_text(trio.to_json())
    with pytest.raises(UnusableImageError, match="128x72, as calibrated"):
        first(tmp_path, COLOUR)


@given(name=st.sampled_from(["colour/1.webp", "colour/1.ppm", "depth/1.pgm"]), data=st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_bytes_never_give_anything_but_a_camera_error(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    path = tmp_path / name
    modality = Modality(path.parent.name)
    for old in tmp_path.glob("*/*"):
        old.unlink()
    save(path, RGB if modality is COLOUR else DEEP)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, min(len(raw), 64)))
        raw[at : data.draw(st.sampled_from([at, at + 1, len(raw)]))] = data.draw(
            st.binary(max_size=4)
        )
    path.write_bytes(bytes(raw))
    try:
        first(tmp_path, modality)
    except CameraError as error:
        assert "\n" not in str(error)  # noqa: PT017
