"""The C++ library cuts the crop that Python cuts of the same frame."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from rise_edge import Crop, Face, FaceDetector, Frame, Image, Intrinsics, Modality, Viewpoint
from rise_edge.bundle.bundle import default_bundle_path
from rise_edge.checks.evidence import EvidenceConfig, crop_faults
from rise_edge.decision.verdict import Reason
from rise_edge.face import crop_face, face_square
from rise_edge.frame import ALL_MODALITIES, modality_set
from rise_edge.simulator import DOMAINS, Presentation
from tests.device.cpp import interface as c

pytestmark = [pytest.mark.native, pytest.mark.needs("c++")]

SIZE = 112
DEPTH_VIEW = Viewpoint(Intrinsics(600.0, 600.0, 320.0, 240.0))
_PLACE = {Modality.COLOUR: "colour", Modality.DEPTH: "depth_mm", Modality.INFRARED: "infrared"}


def aside(width: int, baseline_mm: float, yaw_deg: float) -> Viewpoint:
    """A colour camera of 16:9 beside the depth camera."""
    rotation, _ = cv2.Rodrigues(np.array([0.0, np.radians(yaw_deg), 0.0]))
    k = Intrinsics(0.72 * width, 0.72 * width, width / 2 - 0.5, width * 9 / 32 - 0.5)
    return Viewpoint(k, rotation, np.array([baseline_mm, 0.7, -1.5]))


class Library:
    """The library with a bundle open, on arrays."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library, self.checker = library, ctypes.c_void_p()
        bundle = str(default_bundle_path()).encode()
        assert library.rise_open(bundle, c.EXECUTORCH, 1, self.checker) == c.OK

    def cut(
        self,
        images: dict[Modality, c.CImage],
        face: c.CFace,
        rotation_deg: int = 0,
        mirrored: bool = False,
    ) -> tuple[c.CCrop, dict[Modality, NDArray[np.integer]]]:
        """A crop of every picture that is given, and its pixels."""
        frame = c.CFrame(rotation_deg=rotation_deg, mirrored=mirrored)
        for modality, image in images.items():
            setattr(frame, modality.value, ctypes.pointer(image))
        found = c.CCrop()
        status = self.library.rise_cut(self.checker, frame, face, c.bits(images), found)
        assert status == c.OK, self.library.rise_last_error()
        return found, {modality: c.pixels(found, modality) for modality in images}

    def cut_frame(self, frame: Frame, face: Face) -> tuple[c.CCrop, dict[Modality, NDArray]]:
        images = {m: c.native(i, m) for m in Modality if (i := frame.image(m)) is not None}
        return self.cut(images, c.face(face.keypoints))


@pytest.fixture(scope="module")
def opened(library: ctypes.CDLL) -> Iterator[Library]:
    one = Library(library)
    yield one
    library.rise_close(one.checker)


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector()


def difference(found: dict[Modality, NDArray], crop: Crop, modality: Modality) -> NDArray:
    return np.abs(found[modality].astype(int) - getattr(crop, _PLACE[modality]).astype(int))


def expect_the_same_place(found: c.CCrop, crop: Crop, frame: Frame) -> None:
    assert crop.square is not None
    assert found.size == crop.size
    assert found.side_px == pytest.approx(crop.square.side, rel=1e-5)
    assert found.distance_mm == (crop.distance_mm or 0)
    # Python names the share that lies outside where the limit is below it.
    for share in (found.outside - 1e-3, found.outside + 1e-3):
        faults = crop_faults(crop, frame, EvidenceConfig(max_outside=share, min_face_px=1))
        outside = any(fault.reason is Reason.OUT_OF_FRAME for fault in faults)
        assert outside == (share < found.outside)


def expect_the_same_pixels(
    found: dict[Modality, NDArray], crop: Crop, share: float = 0.005
) -> None:
    """The same depth; colour and infrared one level apart at most, in a share of the pixels."""
    for modality in found:
        levels = difference(found, crop, modality)
        assert levels.max() <= (0 if modality is Modality.DEPTH else 1)
        assert (levels > 0).mean() < share


def face_of(square: tuple[float, float, float]) -> c.CFace:
    """A face whose square has this centre and this side."""
    cx, cy, side = square
    half = side / 3.2 / 2
    return c.CFace(
        (ctypes.c_float * 2)(cx - half, cy - half),
        (ctypes.c_float * 2)(cx + half, cy - half),
        (ctypes.c_float * 2)(cx, cy + half),
    )


def keypoints_of(face: c.CFace) -> NDArray[np.float32]:
    points = [face.right_eye, face.left_eye, face.mouth, face.mouth]
    return np.array([list(point) for point in points], np.float32)


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_rendered_face_is_cut_alike_in_every_domain(
    opened: Library, detector: FaceDetector, domain: str
) -> None:
    for number in range(2):
        shown = Presentation(5000 + number, domain=domain, species="bona_fide", subject=number)
        frame = shown.frame_at(shown.presented_ms)
        assert frame.colour is not None
        face = detector.detect(frame.colour.pixels)[0]
        crop, (found, pixels) = crop_face(frame, face), opened.cut_frame(frame, face)
        expect_the_same_place(found, crop, frame)
        # OpenCV enlarges in fixed point, which rounds otherwise in an eighth of the pixels.
        enlarged = crop.square is not None and crop.square.side < crop.size
        expect_the_same_pixels(pixels, crop, 0.2 if enlarged else 0.005)


@cache
def seen_from(domain: str, view: Viewpoint) -> Frame:
    """Somebody before two cameras, the one for colour with this view."""
    width = round(view.intrinsics.fx / 0.72)
    shown = Presentation(
        4000,
        domain=domain,
        species="bona_fide",
        subject=400_000,
        colour_viewpoint=view,
        colour_size=(width, width * 9 // 16),
    )
    return shown.frame_at(shown.presented_ms)


@pytest.mark.parametrize("domain", ["office", "clinic", "night"])
@pytest.mark.parametrize(
    "view", [aside(1280, 15.0, 0.0), aside(960, -59.0, 1.5)], ids=["like a D435", "far aside"]
)
@pytest.mark.parametrize(
    "modalities",
    [ALL_MODALITIES, ALL_MODALITIES - {Modality.INFRARED}, ALL_MODALITIES - {Modality.DEPTH}],
    ids=modality_set,
)
def test_colour_from_another_place_is_registered_alike(
    opened: Library,
    detector: FaceDetector,
    domain: str,
    view: Viewpoint,
    modalities: frozenset[Modality],
) -> None:
    frame = seen_from(domain, view).only(modalities)
    assert frame.colour is not None
    face = detector.detect(frame.colour.pixels)[0]
    crop, (found, pixels) = crop_face(frame, face), opened.cut_frame(frame, face)
    expect_the_same_place(found, crop, frame)
    expect_the_same_pixels(pixels, crop)
    # It is registered indeed: what is merely cut out of the picture looks otherwise.
    alone = crop_face(frame.only({Modality.COLOUR}), face)
    assert (difference(pixels, alone, Modality.COLOUR) > 1).mean() > 0.01


def noise_frame(rng: np.random.Generator, view: Viewpoint) -> Frame:
    colour = rng.integers(0, 256, (480, 640, 3)).astype(np.uint8)
    depth = rng.integers(400, 900, (480, 640)).astype(np.uint16)
    depth[rng.random(depth.shape) < 0.3] = 0
    infrared = rng.integers(0, 256, (480, 640)).astype(np.uint8)
    return Frame(*(Image(p, view, 1, 0.0) for p in (colour, depth, infrared)))


def test_squares_of_every_size_and_place_are_scaled_as_opencv_scales_them(opened: Library) -> None:
    rng = np.random.default_rng(1)
    frame = noise_frame(rng, DEPTH_VIEW)
    sides = [*rng.uniform(5, 700, 120), 112.0, 224.0, 336.0, 448.0]
    for side in map(float, sides):
        asked = face_of((float(rng.uniform(-100, 740)), float(rng.uniform(-100, 580)), side))
        face = Face((0.0, 0.0, 1.0, 1.0), keypoints_of(asked), 1.0)
        crop, (found, pixels) = crop_face(frame, face), opened.cut_frame(frame, face)
        expect_the_same_place(found, crop, frame)
        # Growing, OpenCV rounds three times on its way, and the library once.
        shrinking = face_square(face.keypoints).side >= SIZE
        expect_the_same_pixels(pixels, crop, share=0.005 if shrinking else 0.2)


@pytest.mark.parametrize(
    "modalities", [ALL_MODALITIES, ALL_MODALITIES - {Modality.DEPTH}], ids=modality_set
)
def test_three_cameras_in_three_places_are_registered_alike(
    opened: Library, modalities: frozenset[Modality]
) -> None:
    rng = np.random.default_rng(8)
    frame = noise_frame(rng, DEPTH_VIEW)
    for _ in range(20):
        colour, infrared = (
            Viewpoint(
                Intrinsics(*rng.uniform(550, 650, 2), *rng.uniform(230, 330, 2)),
                cv2.Rodrigues(rng.uniform(-0.1, 0.1, 3))[0],
                rng.uniform(-40, 40, 3),
            )
            for _ in range(2)
        )
        assert frame.colour is not None
        assert frame.infrared is not None
        placed = replace(
            frame,
            colour=replace(frame.colour, viewpoint=colour),
            infrared=replace(frame.infrared, viewpoint=infrared),
        ).only(modalities)
        asked = face_of((float(rng.uniform(200, 400)), float(rng.uniform(200, 300)), 180.0))
        face = Face((0.0, 0.0, 1.0, 1.0), keypoints_of(asked), 1.0)
        crop, (found, pixels) = crop_face(placed, face), opened.cut_frame(placed, face)
        expect_the_same_place(found, crop, placed)
        expect_the_same_pixels(pixels, crop, share=0.02)


def test_infrared_of_another_resolution_on_the_same_rays_is_scaled_alike(opened: Library) -> None:
    frame = noise_frame(np.random.default_rng(2), DEPTH_VIEW)
    assert frame.infrared is not None
    half = Viewpoint(Intrinsics(300.0, 300.0, 160.0, 120.0))
    small = np.ascontiguousarray(frame.infrared.pixels[::2, ::2])
    frame = replace(frame, infrared=Image(small, half, 1, 0.0))
    asked = face_of((330.0, 250.0, 300.0))
    face = Face((0.0, 0.0, 1.0, 1.0), keypoints_of(asked), 1.0)
    crop, (found, pixels) = crop_face(frame, face), opened.cut_frame(frame, face)
    expect_the_same_place(found, crop, frame)
    expect_the_same_pixels(pixels, crop)


def turned_back(pixels: NDArray, rotation_deg: int, mirrored: bool) -> NDArray:
    """An upright picture as the sensor delivers it: made upright by that turn, then that flip."""
    flipped = pixels[:, ::-1] if mirrored else pixels
    return np.ascontiguousarray(np.rot90(flipped, rotation_deg // 90))


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
# No size of which a pixel's centre falls between two readings: turned, the other would be taken.
@pytest.mark.parametrize("side", [90.0, 151.0, 333.0])
def test_a_frame_that_is_delivered_turned_gives_the_upright_crop(
    opened: Library, rotation_deg: int, mirrored: bool, side: float
) -> None:
    upright = noise_frame(np.random.default_rng(3), DEPTH_VIEW)
    face = face_of((301.3, 222.4, side))
    images, turned = {}, {}
    width, height = (480, 640) if rotation_deg % 180 else (640, 480)
    view = Viewpoint(Intrinsics(600.0, 600.0, width / 2, height / 2))
    kept = []
    for modality in Modality:
        image = upright.image(modality)
        assert image is not None
        kept.append(turned_back(image.pixels, rotation_deg, mirrored))
        images[modality] = c.native(image, modality)
        turned[modality] = c.native(Image(kept[-1], view, 1, 0.0), modality)
    expected, expected_pixels = opened.cut(images, face)
    found, pixels = opened.cut(turned, face, rotation_deg, mirrored)
    assert found.side_px == pytest.approx(expected.side_px)
    assert found.outside == pytest.approx(expected.outside, abs=1e-6)
    assert (pixels[Modality.DEPTH] == expected_pixels[Modality.DEPTH]).all()
    for modality in (Modality.COLOUR, Modality.INFRARED):
        levels = np.abs(pixels[modality].astype(int) - expected_pixels[modality])
        assert levels.max() <= 1


def windows(pixels: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Corners of squares as large as a crop, which together cover a picture of (height, width)."""
    height, width = pixels
    for top in range(0, height, SIZE):
        for left in range(0, width, SIZE):
            yield min(top, height - SIZE), min(left, width - SIZE)


def read_whole(
    opened: Library, images: dict[Modality, c.CImage], modality: Modality, shape: tuple[int, ...]
) -> NDArray:
    """A picture as the library reads it: crops of its own size, one beside the other."""
    whole = np.zeros(shape, np.uint16 if modality is Modality.DEPTH else np.uint8)
    for top, left in windows(shape[:2]):
        face = face_of((left + SIZE / 2, top + SIZE / 2, SIZE))
        _, pixels = opened.cut(images, face)
        whole[top : top + SIZE, left : left + SIZE] = pixels[modality]
    return whole


def planar(kind: int, planes: list[c.Plane], width: int, height: int) -> c.CImage:
    return c.CImage(kind, width, height, (c.Plane * 3)(*planes), c.viewpoint(DEPTH_VIEW))


def chroma_planes(layout: str, u: NDArray, v: NDArray) -> tuple[NDArray, list[c.Plane]]:
    """U and V as a sensor lays them out, and the planes that say so."""
    if layout == "I420":
        both = np.stack([u, v])
        return both, [c.plane(both[0]), c.plane(both[1])]
    both = np.stack([u, v] if layout == "NV12" else [v, u], -1)
    first, second = (
        c.Plane(both.ctypes.data + i, both.nbytes - 1, both.strides[0], 2) for i in (0, 1)
    )
    return both, [first, second] if layout == "NV12" else [second, first]


@pytest.mark.parametrize("layout", ["I420", "NV12", "NV21"])
def test_yuv_of_video_range_is_converted_as_opencv_converts_it(
    opened: Library, layout: str
) -> None:
    rng = np.random.default_rng(4)
    y = rng.integers(16, 236, (224, 336)).astype(np.uint8)
    u, v = rng.integers(16, 241, (2, 112, 168)).astype(np.uint8)
    kept, chroma = chroma_planes(layout, u, v)
    image = planar(c.YUV420_VIDEO, [c.plane(y), *chroma], 336, 224)
    found = read_whole(opened, {Modality.COLOUR: image}, Modality.COLOUR, (224, 336, 3))
    code = getattr(cv2, f"COLOR_YUV2RGB_{layout}")
    stored = np.concatenate([y.ravel(), kept.ravel()]).reshape(336, 336)
    levels = np.abs(found.astype(int) - cv2.cvtColor(stored, code))
    assert levels.max() <= 1


def test_yuv_of_full_range_is_what_jpeg_means_by_it(opened: Library) -> None:
    rng = np.random.default_rng(5)
    y = rng.integers(0, 256, (224, 336)).astype(np.uint8)
    u, v = rng.integers(0, 256, (2, 112, 168)).astype(np.uint8)
    kept, chroma = chroma_planes("NV12", u, v)
    image = planar(c.YUV420_FULL, [c.plane(y), *chroma], 336, 224)
    found = read_whole(opened, {Modality.COLOUR: image}, Modality.COLOUR, (224, 336, 3))
    wide = [y, *(np.repeat(np.repeat(p, 2, 0), 2, 1) for p in (v, u))]
    levels = np.abs(found.astype(int) - cv2.cvtColor(np.stack(wide, -1), cv2.COLOR_YCrCb2RGB))
    assert levels.max() <= 1
    assert kept.size == u.size + v.size


@pytest.mark.parametrize("padding", [0, 24])
@pytest.mark.parametrize(
    ("kind", "code"), [(c.RGBA8, cv2.COLOR_RGB2RGBA), (c.BGRA8, cv2.COLOR_RGB2BGRA)]
)
def test_packed_colour_is_read_with_its_strides(
    opened: Library, kind: int, code: int, padding: int
) -> None:
    rgb = np.random.default_rng(6).integers(0, 256, (224, 224, 3)).astype(np.uint8)
    stored = np.full((224, 224 * 4 + padding), 77, np.uint8)
    stored[:, : 224 * 4] = cv2.cvtColor(rgb, code).reshape(224, -1)
    image = planar(kind, [c.plane(stored, stored.strides[0])], 224, 224)
    found = read_whole(opened, {Modality.COLOUR: image}, Modality.COLOUR, rgb.shape)
    assert (found == rgb).all()


def depth_read(opened: Library, kind: int, samples: NDArray) -> NDArray[np.uint16]:
    """A depth picture of 224 x 336 samples or more, as millimetres."""
    height, width = samples.shape
    colour = np.zeros((height, width, 3), np.uint8)
    images = {
        Modality.COLOUR: c.image(c.RGB8, colour, DEPTH_VIEW),
        Modality.DEPTH: c.image(kind, samples, DEPTH_VIEW),
    }
    return read_whole(opened, images, Modality.DEPTH, samples.shape)


def rounded(mm: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Half away from zero; what is no distance below 65535 mm is no reading."""
    whole = np.floor(np.where(np.isfinite(mm), mm, 0) + 0.5)
    return np.where((whole >= 1) & (whole < 65535), whole, 0).astype(np.uint16)


@pytest.mark.parametrize("kind", [c.METRES_F16, c.DISPARITY_F16])
def test_every_half_float_is_read_as_numpy_reads_it(opened: Library, kind: int) -> None:
    halves = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    metres = halves.view(np.float16).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = rounded(1000 * metres if kind == c.METRES_F16 else 1000 / metres)
    assert (expected > 0).sum() > 5000
    assert (depth_read(opened, kind, halves) == expected).all()


@pytest.mark.parametrize("kind", [c.METRES_F32, c.DISPARITY_F32])
def test_floats_are_read_as_numpy_reads_them(opened: Library, kind: int) -> None:
    rng = np.random.default_rng(7)
    values = np.exp(rng.uniform(-12, 8, (224, 336))).astype(np.float32)
    values[rng.random(values.shape) < 0.1] *= -1
    for value in (0.0, -0.0, np.nan, np.inf, -np.inf):
        values[rng.random(values.shape) < 0.02] = value
    wide = values.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = rounded(1000 * wide if kind == c.METRES_F32 else 1000 / wide)
    assert 0.3 < (expected > 0).mean() < 0.9
    assert (depth_read(opened, kind, values) == expected).all()


def test_millimetres_are_read_as_they_are_but_for_the_saturated_one(opened: Library) -> None:
    samples = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    expected = np.where(samples == 65535, 0, samples)
    assert (depth_read(opened, c.MM_U16, samples) == expected).all()


def test_androids_depth_is_13_bits_without_what_is_not_sure_at_all(opened: Library) -> None:
    samples = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    mm = samples & 0x1FFF
    expected = np.where((samples >> 13 == 1) | (mm == 0x1FFF), 0, mm)
    assert (depth_read(opened, c.DEPTH16_ANDROID, samples) == expected).all()
