from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calibration.register_sensors import RegisterConfig, register
from calibration.sensors.factory_calibration import factory_calibration
from rise_edge.cameras.folder.sensor_calibration import read_calibration
from rise_edge.cameras.lens import Lens
from rise_edge.cameras.realsense.hardware import NoDeviceError, connected_devices
from rise_edge.errors import CameraError
from rise_edge.frame import Modality
from tests.cameras.random_frames import COLOUR_VIEW, DEPTH_VIEW, random_frames
from tests.cameras.realsense.software_device import SoftwareDevice, record

COLOUR, DEPTH, INFRARED = Modality.COLOUR, Modality.DEPTH, Modality.INFRARED


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> SoftwareDevice:
    made = SoftwareDevice(next(random_frames(1)), serial="912112073118", depth_unit_m=0.0001)
    monkeypatch.setattr(
        "calibration.sensors.factory_calibration.plugged_devices", lambda context: [made.device]
    )
    return made


def test_a_device_says_where_its_cameras_are(device: SoftwareDevice) -> None:
    found = factory_calibration("realsense:912112073118", allow_virtual=True)
    assert found.device == "Software RealSense 912112073118"
    assert (found.source, found.board, found.residuals) == ("factory", None, None)
    assert (found.depth.step_mm, found.depth.offset_mm) == (0.1, 0.0)
    colour = found.sensors[COLOUR]
    assert (colour.width, colour.height) == (128, 72)
    k, expected = colour.viewpoint.intrinsics, COLOUR_VIEW.intrinsics
    assert (k.fx, k.fy, k.cx, k.cy) == pytest.approx(
        (expected.fx, expected.fy, expected.cx, expected.cy)
    )
    np.testing.assert_allclose(colour.viewpoint.rotation, COLOUR_VIEW.rotation, atol=1e-6)
    np.testing.assert_allclose(
        colour.viewpoint.translation_mm, COLOUR_VIEW.translation_mm, atol=1e-4
    )
    for modality in (DEPTH, INFRARED):
        assert found.sensors[modality].viewpoint.shares_rays_with(DEPTH_VIEW)
        assert found.sensors[modality].lens == Lens()


def bend(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    """Have every stream of a software device say that it has a lens."""
    import calibration.sensors.factory_calibration as factory
    from rise_edge.cameras.realsense.sdk import load_sdk

    class Bent:
        def __init__(self, profile: object) -> None:
            self._profile = profile

        def get_intrinsics(self) -> object:
            lens = self._profile.get_intrinsics()
            lens.model = getattr(load_sdk().distortion, model)
            lens.coeffs = [0.1, -0.2, 0.001, 0.002, 0.05]
            return lens

        def __getattr__(self, name: str) -> object:
            return getattr(self._profile, name)

    plain = factory.nearest_profile
    place = factory.viewpoint_of
    monkeypatch.setattr(factory, "nearest_profile", lambda *asked: Bent(plain(*asked)))
    monkeypatch.setattr(factory, "viewpoint_of", lambda p, reference: place(p._profile, reference))


def test_a_lens_is_kept_with_its_model(
    device: SoftwareDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    bend(monkeypatch, "inverse_brown_conrady")
    lens = factory_calibration("realsense", allow_virtual=True).sensors[COLOUR].lens
    assert lens.model == "inverse_brown_conrady"
    assert lens.coefficients == pytest.approx((0.1, -0.2, 0.001, 0.002, 0.05))


def test_a_lens_that_cannot_be_straightened_is_refused(
    device: SoftwareDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    bend(monkeypatch, "kannala_brandt4")
    with pytest.raises(CameraError, match="got kannala_brandt4; calibrate it with a board"):
        factory_calibration("realsense", allow_virtual=True)


def test_a_recording_brings_the_calibration_of_its_camera(tmp_path: Path) -> None:
    record(random_frames(3), tmp_path / "x.db3", depth_unit_m=0.00025)
    output = tmp_path / "calibration.json"
    register(RegisterConfig(camera=str(tmp_path / "x.db3"), output=output))
    found = read_calibration(output)
    assert found.source == "factory"
    assert found.depth.step_mm == 0.25
    np.testing.assert_allclose(
        found.sensors[COLOUR].viewpoint.translation_mm, COLOUR_VIEW.translation_mm, atol=1e-3
    )


def test_a_virtual_device_is_refused(device: SoftwareDevice) -> None:
    with pytest.raises(CameraError, match="it has no firmware"):
        factory_calibration("realsense")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("simulated", "no factory calibration"),
        (".", "no factory calibration"),
        ("nothing/here.db3", "there is no file"),
        ("nothere", "there is no file"),
    ],
)
def test_what_has_no_factory_is_refused_for_what_it_is(spec: str, said: str) -> None:
    with pytest.raises(CameraError, match=said):
        factory_calibration(spec)


@pytest.mark.skipif(bool(connected_devices()), reason="a RealSense is connected to this machine")
def test_without_a_camera_nothing_is_advised_that_would_be_refused() -> None:
    with pytest.raises(NoDeviceError) as refused:
        factory_calibration("realsense")
    assert "simulated" not in str(refused.value)


def test_a_device_without_infrared_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = SoftwareDevice(next(random_frames(1)).only({COLOUR, DEPTH}))
    monkeypatch.setattr(
        "calibration.sensors.factory_calibration.plugged_devices", lambda context: [made.device]
    )
    with pytest.raises(CameraError, match=r"got colour\+depth"):
        factory_calibration("realsense", allow_virtual=True)
