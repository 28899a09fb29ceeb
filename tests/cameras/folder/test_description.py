from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rise_edge.cameras.folder.description import (
    FolderDescription,
    Sensor,
    assumed_sensor,
    read_description,
)
from rise_edge.errors import CameraError
from rise_edge.frame import Modality
from tests.cameras.random_frames import COLOUR_VIEW

GOOD: dict[str, Any] = {
    "fps": 15,
    "sensors": {"depth": {"width": 80, "height": 60, "fx": 60, "fy": 61.5, "cx": 40, "cy": 30}},
    "frames": {"000001": {"depth": {"frame_number": 7, "timestamp_ms": 33.3}}},
}


def read(folder: Path, value: Any) -> FolderDescription:
    (folder / "camera.json").write_text(json.dumps(value))
    return read_description(folder)


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (1280, 1280)])
def test_an_assumed_lens_sees_60_degrees_across_the_longer_side(size: tuple[int, int]) -> None:
    k = assumed_sensor(*size).viewpoint.intrinsics
    assert k.fx == k.fy
    assert 2 * math.degrees(math.atan(max(size) / 2 / k.fx)) == pytest.approx(60)
    assert (k.cx, k.cy) == ((size[0] - 1) / 2, (size[1] - 1) / 2)


def test_no_file_means_that_nothing_is_known(tmp_path: Path) -> None:
    description = read_description(tmp_path)
    assert (description.fps, description.sensors, description.instants) == (30.0, {}, {})
    assert (description.depth_scale, description.infrared_scale) == (1.0, None)


def test_a_sensor_without_a_place_is_where_the_depth_camera_is(tmp_path: Path) -> None:
    sensor = read(tmp_path, GOOD).sensors[Modality.DEPTH]
    assert (sensor.width, sensor.height, sensor.viewpoint.intrinsics.fy) == (80, 60, 61.5)
    np.testing.assert_array_equal(sensor.viewpoint.rotation, np.eye(3))
    np.testing.assert_array_equal(sensor.viewpoint.translation_mm, np.zeros(3))


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    sent = FolderDescription(
        59.94,
        {Modality.COLOUR: Sensor(128, 72, COLOUR_VIEW)},
        {("a", Modality.COLOUR): (2**53 // 10, 1e9 / 3), ("ä", Modality.COLOUR): (0, 0.1)},
        depth_scale=0.2,
        infrared_scale=1 / 300,
    )
    (tmp_path / "camera.json").write_text(sent.to_json())
    got = read_description(tmp_path)
    assert (got.fps, got.instants) == (sent.fps, sent.instants)
    assert (got.depth_scale, got.infrared_scale) == (0.2, 1 / 300)
    view = got.sensors[Modality.COLOUR].viewpoint
    assert view.intrinsics == COLOUR_VIEW.intrinsics
    np.testing.assert_array_equal(view.rotation, COLOUR_VIEW.rotation)
    np.testing.assert_array_equal(view.translation_mm, COLOUR_VIEW.translation_mm)


@pytest.mark.parametrize("field", [{"depth_scale": 0.2}, {"infrared_scale": 0.1}])
def test_units_that_nobody_converts_are_refused(tmp_path: Path, field: dict[str, float]) -> None:
    read(tmp_path, GOOD).expect_units_of_a_frame()
    with pytest.raises(CameraError, match="depth_scale or infrared_scale"):
        read(tmp_path, {**GOOD, **field}).expect_units_of_a_frame()


def changed(keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    copy = json.loads(json.dumps(GOOD))
    place = copy
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    return copy


FAULTS = [
    ([], "expected the file to hold an object, got []"),
    (changed(("fsp",), 30), "infrared_scale, sensors, got 'fsp'"),
    (changed(("fps",), 0), "fps to hold a positive number, got 0"),
    (changed(("fps",), True), "fps to hold a positive number, got True"),
    (changed(("fps",), float("nan")), "fps to hold a positive number, got nan"),
    (changed(("fps",), "30"), "fps to hold a positive number, got '30'"),
    (changed(("fps",), 10**400), "fps to hold a positive number, got 1000"),
    (changed(("depth_scale",), 0), "depth_scale to hold a positive number, got 0"),
    (changed(("depth_scale",), None), "depth_scale to hold a positive number, got None"),
    (changed(("infrared_scale",), -0.1), "infrared_scale to hold a positive number, got -0.1"),
    (changed(("infrared_scale",), None), "infrared_scale to hold a positive number, got None"),
    (changed(("sensors", "ir"), {}), "keys among colour, depth, infrared, got 'ir'"),
    (changed(("sensors", "depth", "fx"), -1), "depth fx to hold a positive number, got -1"),
    (changed(("sensors", "depth", "cx"), float("inf")), "depth cx to hold a number, got inf"),
    (changed(("sensors", "depth", "width"), 80.5), "depth width to hold a whole number"),
    (changed(("sensors", "depth", "width"), 0), "depth width to hold a whole number"),
    (changed(("sensors", "depth"), {"width": 3}), "depth to hold the key cx"),
    (changed(("sensors", "depth", "rotation"), [1, 0, 0]), "rotation to hold three numbers, got 1"),
    (changed(("sensors", "depth", "rotation"), [[1, 0, 0]] * 3), "an orthonormal matrix"),
    (changed(("sensors", "depth", "rotation"), (-np.eye(3)).tolist()), "an orthonormal matrix"),
    (changed(("sensors", "depth", "translation_mm"), [1, 2]), "translation to hold three numbers"),
    (changed(("frames", "000001"), {"x": {}}), "frames '000001' to hold keys among"),
    (changed(("frames", "000001", "depth"), {"frame_number": 1}), "the key timestamp_ms"),
    (
        changed(("frames", "000001", "depth", "frame_number"), -1),
        "frames '000001' depth frame_number to hold a whole number of at least 0, got -1",
    ),
]


@pytest.mark.parametrize(("value", "said"), FAULTS)
def test_a_wrong_value_is_one_line_that_names_it(tmp_path: Path, value: Any, said: str) -> None:
    with pytest.raises(CameraError, match=re.escape(said)) as caught:
        read(tmp_path, value)
    assert str(tmp_path / "camera.json") in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"fps": ' + b"9" * 5000 + b"}"]
)
def test_text_that_is_no_json_is_one_line(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "camera.json").write_bytes(text)
    with pytest.raises(CameraError, match=r"camera\.json: expected") as caught:
        read_description(tmp_path)
    assert "\n" not in str(caught.value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
PATHS = [
    ("fps",),
    ("depth_scale",),
    ("infrared_scale",),
    ("sensors",),
    ("sensors", "depth"),
    *(("sensors", "depth", k) for k in ("width", "fx", "cy", "rotation", "translation_mm")),
    ("frames",),
    ("frames", "000001"),
    ("frames", "000001", "depth"),
    ("frames", "000001", "depth", "timestamp_ms"),
]


@given(path=st.sampled_from(PATHS), value=ANYTHING)
@example(path=("fps",), value=10**400)
@example(path=("sensors", "depth", "rotation"), value=[[1e14] * 3] * 3)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_stands_in_it_only_a_camera_error_comes_out(
    tmp_path: Path, path: tuple[str, ...], value: Any
) -> None:
    try:
        description = read(tmp_path, changed(path, value))
    except CameraError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert 0 < description.fps < float("inf")
    assert 0 < description.depth_scale < float("inf")
    assert 0 < (description.infrared_scale or 1) < float("inf")
    for sensor in description.sensors.values():
        assert np.isfinite(sensor.viewpoint.rotation).all()
        assert min(sensor.width, sensor.viewpoint.intrinsics.fx) > 0


@given(st.binary(max_size=60))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_bytes_it_is_only_a_camera_error_comes_out(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "camera.json").write_bytes(text)
    try:
        read_description(tmp_path)
    except CameraError as error:
        assert "\n" not in str(error)  # noqa: PT017
