"""Settings reach the device within its limits, and what became of each is said."""

from __future__ import annotations

import pytest

from rise_edge.cameras.realsense.settings import (
    Applied,
    RealSenseSettings,
    apply_region,
    apply_settings,
)
from rise_edge.errors import CameraError
from rise_edge.frame import Modality
from tests.cameras.random_frames import random_frames
from tests.cameras.realsense.software_device import SoftwareDevice

# As a D435 has them: (min, max, step, default).
STEREO = {
    "hdr_enabled": (0, 1, 1, 0),
    "visual_preset": (0, 6, 1, 0),
    "emitter_enabled": (0, 2, 1, 1),
    "emitter_on_off": (0, 1, 1, 0),
    "laser_power": (0, 360, 30, 150),
    "enable_auto_exposure": (0, 1, 1, 1),
    "auto_exposure_limit_toggle": (0, 1, 1, 0),
    "auto_exposure_limit": (1, 200_000, 1, 8500),
}
COLOUR = {"enable_auto_exposure": (0, 1, 1, 1), "auto_exposure_priority": (0, 1, 1, 1)}


def made(
    stereo: dict[str, tuple[float, float, float, float]] = STEREO, line: str = "D400"
) -> SoftwareDevice:
    return SoftwareDevice(
        next(random_frames(1)),
        info={"product_line": line},
        options={"Stereo Module": stereo, "RGB Camera": COLOUR},
    )


def apply(device: SoftwareDevice, line: str = "D400", **settings: object) -> dict[str, Applied]:
    applied = apply_settings(device.device, RealSenseSettings(**settings), line, "D")
    return {f"{one.sensor}: {one.option}": one for one in applied}


def test_by_default_the_projector_is_lit_and_exposure_is_short_and_steady() -> None:
    values = {name: one.value for name, one in apply(made()).items()}
    assert values == {
        "Stereo Module: hdr_enabled": 0,
        "Stereo Module: visual_preset": 3,
        "Stereo Module: emitter_on_off": 0,
        "Stereo Module: emitter_enabled": 1,
        "Stereo Module: laser_power": 150,
        "Stereo Module: enable_auto_exposure": 1,
        "Stereo Module: auto_exposure_limit_toggle": 1,
        "Stereo Module: auto_exposure_limit": 10_000,
        "RGB Camera: enable_auto_exposure": 1,
        "RGB Camera: auto_exposure_priority": 0,
    }


def test_what_another_program_left_behind_is_set_back() -> None:
    device = made()
    rs, sensor = device.rs, device.sensor(Modality.DEPTH)
    for option, left in (("emitter_enabled", 0), ("laser_power", 30), ("emitter_on_off", 1)):
        sensor.set_option(getattr(rs.option, option), left)
    apply(device)
    assert sensor.get_option(rs.option.emitter_enabled) == 1
    assert sensor.get_option(rs.option.emitter_on_off) == 0
    assert sensor.get_option(rs.option.laser_power) == 150


@pytest.mark.parametrize(
    ("asked", "value"), [(60.0, 60.0), (50.0, 60.0), (1000.0, 360.0), (1.0, 0.0)]
)
def test_a_value_is_brought_to_the_nearest_that_the_device_takes_and_said(
    asked: float, value: float
) -> None:
    one = apply(made(), laser_power_mw=asked)["Stereo Module: laser_power"]
    assert one.value == value
    assert one.note == ("" if asked == value else f"asked {asked:g}")


def test_what_a_device_lacks_is_no_error_and_is_said() -> None:
    applied = apply(made(stereo={}))
    assert {one.note for name, one in applied.items() if "Stereo" in name} == {"not offered"}
    assert {one.value for name, one in applied.items() if "Stereo" in name} == {None}


def test_presets_of_another_product_line_are_left_alone() -> None:
    one = apply(made(line="D500"), line="D500")["Stereo Module: visual_preset"]
    assert (one.value, one.note) == (None, "the presets of D500 are not known")


@pytest.mark.parametrize(("emitter", "enabled", "turns"), [("off", 0, 0), ("alternate", 1, 1)])
def test_the_projector_is_brought_to_the_asked_mode(
    emitter: str, enabled: float, turns: float
) -> None:
    applied = apply(made(), emitter=emitter)
    assert applied["Stereo Module: emitter_enabled"].value == enabled
    assert applied["Stereo Module: emitter_on_off"].value == turns
    assert ("Stereo Module: laser_power" in applied) == bool(enabled)


def test_a_device_that_cannot_alternate_is_refused_with_what_it_lacks() -> None:
    without = {k: v for k, v in STEREO.items() if k != "emitter_on_off"}
    with pytest.raises(CameraError, match=r"D: expected emitter_on_off = 1.*not offered"):
        apply(made(stereo=without), emitter="alternate")


def test_a_projector_that_cannot_be_lit_is_an_error() -> None:
    stuck = STEREO | {"emitter_enabled": (0, 0, 0, 0)}
    with pytest.raises(CameraError, match=r"expected emitter_enabled = 1.*got 0 \(asked 1\)"):
        apply(made(stereo=stuck))


def test_without_auto_exposure_there_is_no_limit_of_it() -> None:
    applied = apply(made(), auto_exposure=False)
    assert applied["Stereo Module: enable_auto_exposure"].value == 0
    assert applied["Stereo Module: auto_exposure_limit_toggle"].value == 0
    assert "Stereo Module: auto_exposure_limit" not in applied


def test_a_sensor_without_exposure_regions_says_so() -> None:
    sizes = {Modality.DEPTH: (848, 480), Modality.COLOUR: (1280, 720)}
    applied = apply_region(made().device, RealSenseSettings(), sizes)
    assert [(one.option, one.note) for one in applied] == [
        ("region_of_interest", "not offered")
    ] * 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("emitter", "blink"), ("preset", "best"), ("laser_power_mw", 0.0), ("exposure_region", 1.5)],
)
def test_a_setting_out_of_its_range_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"expected {field}"):
        RealSenseSettings(**{field: value})
