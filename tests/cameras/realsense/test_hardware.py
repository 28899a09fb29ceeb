"""Only a camera at a port is a RealSense; what the SDK can make of software is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from rise_edge.cameras import RealSenseCamera
from rise_edge.cameras.realsense.hardware import DeviceInfo, choose_device, virtual_sign
from rise_edge.cameras.realsense.sdk import new_context
from rise_edge.errors import CameraError
from tests.cameras.random_frames import random_frames
from tests.cameras.realsense.software_device import PLUGGED, SoftwareDevice, record

FORGED = {
    "firmware_version": "5.16.0.1",
    "physical_port": "2-1-5",
    "product_id": "0B07",
    "product_line": "D400",
    "usb_type_descriptor": "3.2",
    "asic_serial_number": "012345678901",
}


def made(**options: object) -> SoftwareDevice:
    return SoftwareDevice(next(random_frames(1)), **options)


def test_an_unknown_serial_names_the_serials_found() -> None:
    devices = [made(serial="111").device, made(serial="222").device]
    with pytest.raises(CameraError, match="serial number 333, found 111, 222"):
        choose_device(devices, "333", allow_virtual=True)


@pytest.mark.parametrize(
    ("real", "typed"),
    [
        ("0271234567", "0271234567"),
        ("0123AB2 ", "0123AB2"),
        ("0123AB2", "0123AB2 "),
        ("0123ab2", "0123AB2"),
    ],
)
def test_a_serial_is_found_whatever_its_case_and_the_spaces_around_it(
    real: str, typed: str
) -> None:
    device = made(serial=real)
    assert choose_device([device.device], typed, allow_virtual=True) is device.device
    assert DeviceInfo.of(device.device).serial == real.strip()


@pytest.mark.parametrize(("serial", "position"), [("", 0), ("111", 0), ("222", 1)])
def test_the_serial_chooses_the_device_and_without_one_the_first(
    serial: str, position: int
) -> None:
    devices = [made(serial="111").device, made(serial="222").device]
    assert choose_device(devices, serial, allow_virtual=True) is devices[position]


@pytest.mark.parametrize("serial", ["", "111"])
def test_a_recording_that_is_played_is_no_camera(serial: str, tmp_path: Path) -> None:
    record(random_frames(3), tmp_path / "x.db3", serial="111", info=FORGED)
    context = new_context()
    playback = context.load_device(str(tmp_path / "x.db3"))
    with pytest.raises(CameraError, match=r"found none.*it is a recording that is played"):
        choose_device([playback, *context.query_devices()], serial)
    assert choose_device([playback], serial, allow_virtual=True) is playback


@pytest.mark.parametrize("info", [{}, FORGED], ids=["says nothing", "says all that a D435 says"])
def test_a_software_device_is_no_camera_whatever_it_says(info: dict[str, str]) -> None:
    device = made(serial="111", name="Intel RealSense D435", info=info).device
    assert virtual_sign(device) == "it has no firmware, as a device made of software has none"
    with pytest.raises(CameraError, match=r"D435 111.*no firmware.*--allow-virtual"):
        choose_device([device], "111")


def test_a_camera_that_is_opened_takes_no_virtual_device_unless_allowed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    device = made(serial="111", info=FORGED)
    monkeypatch.setattr(PLUGGED, lambda _: [device.device])
    with pytest.raises(CameraError, match="no firmware"):
        RealSenseCamera("111").open()
    with RealSenseCamera("111", allow_virtual=True) as camera:
        said = camera.fields()
    assert (said["serial"], said["firmware"], said["usb"]) == ("111", "5.16.0.1", "3.2")
    assert said["virtual"] == virtual_sign(device.device)
    assert "no verdict of it says anything of a person" in caplog.text


def test_a_device_is_named_by_all_that_it_says() -> None:
    named = DeviceInfo.of(made(serial="111", name="Intel RealSense D435", info=FORGED).device)
    assert str(named) == "Intel RealSense D435 111, firmware 5.16.0.1, USB 3.2"
    assert str(DeviceInfo.of(made(serial="111", name="D").device)) == "D 111"
