from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.folder.sensor_calibration import (
    BoardMade,
    CalibratedSensor,
    Calibration,
    Residuals,
    read_calibration,
)
from rise_edge.cameras.lens import Lens
from rise_edge.errors import CameraError
from rise_edge.frame import Modality, Viewpoint
from tests.cameras.random_frames import COLOUR_VIEW, DEPTH_VIEW

BENT = Lens("brown_conrady", (-0.11, 0.07 / 3, 1e-4, -2e-4, 0.0))


def sensor(width: int, height: int, view: Viewpoint, lens: Lens = BENT) -> CalibratedSensor:
    return CalibratedSensor(width, height, view, lens)


def calibration(**changes: Any) -> Calibration:
    fields: dict[str, Any] = {
        "source": "board",
        "created": "2026-11-24T23:10:47+00:00",
        "device": "three cameras in a box",
        "sensors": {
            Modality.COLOUR: sensor(128, 72, COLOUR_VIEW),
            Modality.DEPTH: sensor(80, 60, DEPTH_VIEW),
            Modality.INFRARED: sensor(80, 60, DEPTH_VIEW),
        },
        "depth": DepthScale(1 / 3, -7.1),
        "board": BoardMade(7, 5, 38.2, 26.74, "DICT_4X4_50"),
        "residuals": Residuals(20, 0.1, 0.2, 0.15, 1.5),
    }
    return Calibration(**{**fields, **changes})


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    sent = calibration()
    path = tmp_path / "calibration.json"
    path.write_text(sent.to_json())
    got = read_calibration(path)
    for name in ("source", "created", "device", "depth", "board", "residuals"):
        assert getattr(got, name) == getattr(sent, name)
    for modality, a in sent.sensors.items():
        b = got.sensors[modality]
        assert (b.width, b.height, b.lens) == (a.width, a.height, a.lens)
        assert b.viewpoint.intrinsics == a.viewpoint.intrinsics
        np.testing.assert_array_equal(b.viewpoint.rotation, a.viewpoint.rotation)
        np.testing.assert_array_equal(b.viewpoint.translation_mm, a.viewpoint.translation_mm)


def changed(*keys: str, to: Any) -> Callable[[dict[str, Any]], Any]:
    def change(fields: dict[str, Any]) -> Any:
        place = fields
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = to
        return fields

    return change


def without(*keys: str) -> Callable[[dict[str, Any]], Any]:
    def change(fields: dict[str, Any]) -> Any:
        place = fields
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]
        return fields

    return change


FAULTS = [
    (lambda fields: [fields], "the file to hold an object"),
    (changed("format", to=2), "format to hold 1, which this version reads, got 2"),
    (changed("format", to=True), "format to hold 1"),
    (without("format"), "format to hold 1"),
    (changed("foreign", to=1), "got 'foreign'"),
    (without("depth"), "the key depth"),
    (without("board"), "the key board"),
    (changed("source", to="guess"), "source board with a board"),
    (changed("source", to="factory"), "factory without"),
    (changed("board", to=None), "source board with a board and residuals"),
    (changed("created", to="yesterday"), "created to hold a time with its zone"),
    (changed("created", to="2026-11-24T23:10:47"), "created to hold a time with its zone"),
    (changed("device", to="two\nlines"), "device to hold a line of text"),
    (changed("sensors", to={}), "at least one modality"),
    (changed("sensors", "ir", to={}), "got 'ir'"),
    (without("sensors", "colour", "fx_px"), "the key fx_px"),
    (changed("sensors", "colour", "fx_px", to=-3), "colour fx_px to hold a positive number"),
    (changed("sensors", "colour", "cx_px", to="3"), "colour cx_px to hold a number"),
    (changed("sensors", "colour", "width_px", to=0), "a whole number of at least 1"),
    (changed("sensors", "colour", "lens_model", to="ftheta"), "lens model among"),
    (changed("sensors", "colour", "lens_coefficients", to=[0] * 4), "5 numbers"),
    (changed("sensors", "colour", "lens_coefficients", to=[float("nan")] * 5), "a number, got nan"),
    (changed("sensors", "colour", "rotation", to=[[1, 0, 0]] * 3), "an orthonormal matrix"),
    (changed("sensors", "colour", "translation_mm", to=[1, 2]), "three numbers"),
    (changed("depth", "step_mm", to=0), "depth step_mm to hold a positive number"),
    (changed("depth", "unit", to=1), "got 'unit'"),
    (changed("board", "square_mm", to=-1), "board square_mm to hold a positive number"),
    (changed("board", "columns", to=2), "board columns to hold a whole number of at least 3"),
    (changed("residuals", "colour_px", to=-0.1), "residuals colour_px to hold a number >= 0"),
    (changed("residuals", "views", to=0), "residuals views"),
]


@pytest.mark.parametrize(("change", "said"), FAULTS)
def test_a_malformed_file_is_one_line_that_names_the_place(
    tmp_path: Path, change: Callable[[dict[str, Any]], Any], said: str
) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(change(json.loads(calibration().to_json()))))
    with pytest.raises(CameraError) as caught:
        read_calibration(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "expected JSON"),
        (b"\xff\xfe", "expected JSON"),
        (b"[" * 100_000, "expected JSON"),
        (b'{"format": 1, "format": 1}', "a key twice"),
        (b" " * 300_000, "at most 262144 bytes"),
    ],
    ids=["empty", "not text", "deep", "key twice", "large"],
)
def test_what_is_no_calibration_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(content)
    with pytest.raises(CameraError, match=said):
        read_calibration(path)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match=r"python calibration/register_sensors\.py"):
        read_calibration(tmp_path / "calibration.json")


@given(data=st.data())
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_bytes_never_give_anything_but_a_camera_error(
    tmp_path: Path, data: st.DataObject
) -> None:
    raw = bytearray(calibration().to_json().encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : data.draw(st.sampled_from([at, at + 1, len(raw)]))] = data.draw(
            st.binary(max_size=3)
        )
    path = tmp_path / "calibration.json"
    path.write_bytes(bytes(raw))
    try:
        read_calibration(path)
    except CameraError as error:
        assert str(path) in str(error)  # noqa: PT017
