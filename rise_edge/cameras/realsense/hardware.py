"""RealSense hardware: what is connected, and what tells a camera from a virtual device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rise_edge.cameras.realsense.sdk import load_sdk, new_context, sdk_errors
from rise_edge.errors import CameraError


class NoDeviceError(CameraError):
    """No RealSense is connected; a command that has another camera to offer names it."""


@dataclass(frozen=True)
class DeviceInfo:
    """What a device says of itself; "" where it says nothing (as in recovery mode).

    Attributes:
        name: name of the model, e.g. "Intel RealSense D435".
        serial: its serial number.
        firmware: version of its firmware.
        usb: the kind of USB link, e.g. "3.2"; "" for another link.
        port: where it is plugged in.
        product_id: product ID of its USB or MIPI interface.
        line: the product line, e.g. "D400".
    """

    name: str
    serial: str
    firmware: str
    usb: str
    port: str
    product_id: str
    line: str

    @classmethod
    def of(cls, device: Any) -> DeviceInfo:
        """Ask a device."""

        def ask(field: str) -> str:
            key = getattr(load_sdk().camera_info, field)
            return str(device.get_info(key)) if device.supports(key) else ""

        return cls(
            name=ask("name"),
            serial=ask("serial_number").strip(),  # an SR300's ends in a space
            firmware=ask("firmware_version"),
            usb=ask("usb_type_descriptor"),
            port=ask("physical_port"),
            product_id=ask("product_id"),
            line=ask("product_line"),
        )

    def __str__(self) -> str:
        firmware = f", firmware {self.firmware}" if self.firmware else ""
        usb = f", USB {self.usb}" if self.usb else ""
        return f"{self.name or 'RealSense'} {self.serial}".strip() + firmware + usb


def plugged_devices(context: Any) -> list[Any]:
    """Every device that the SDK finds; asking takes milliseconds, connected or not."""
    return list(context.query_devices())


def connected_devices() -> tuple[DeviceInfo, ...]:
    """What each RealSense that is connected says of itself; virtual devices do not count.

    Raises:
        CameraError: the SDK cannot look for devices.
        MissingExtraError: pyrealsense2 is not installed.
    """
    with sdk_errors("RealSense"):
        devices = plugged_devices(new_context())
        return tuple(DeviceInfo.of(d) for d in devices if virtual_sign(d) is None)


def virtual_sign(device: Any) -> str | None:
    """What shows that a device is no working camera at a port of this machine, None if nothing.

    What a device says of itself (name, serial number, port) can be made up, so it must also have a
    firmware that answers commands: the SDK's recordings and software devices have none, whatever
    they say. That stops injection through the SDK. It does not tell a copy of the hardware, such
    as a USB gadget that speaks a RealSense's protocol.
    """
    if device.is_playback():
        return "it is a recording that is played"
    if device.is_update_device():
        return "it is in recovery mode and waits for its firmware"
    if not device.is_debug_protocol():
        return "it has no firmware, as a device made of software has none"
    info = DeviceInfo.of(device)
    lacking = [n for n in ("port", "product_id") if not getattr(info, n)]
    return f"it has no {' and no '.join(lacking)}" if lacking else None


def choose_device(devices: Iterable[Any], serial: str, *, allow_virtual: bool = False) -> Any:
    """The device with this serial number, or the first if it is "".

    Args:
        devices: as `plugged_devices` finds them.
        serial: serial of the device that is wanted.
        allow_virtual: whether a device that is no hardware will do.

    Raises:
        NoDeviceError: none is connected, or all are virtual.
        CameraError: none has this serial number.
    """
    usable, refused = [], []
    for device in devices:
        sign = None if allow_virtual else virtual_sign(device)
        if sign is None:
            usable.append(device)
        else:
            refused.append(f"{DeviceInfo.of(device)}: {sign}")
    no = f"; refused {'; '.join(refused)} (--allow-virtual takes it, to test)" if refused else ""
    if not usable:
        raise NoDeviceError(f"expected a connected RealSense, found none; plug one in{no}")
    if not serial:
        return usable[0]
    for device in usable:
        if DeviceInfo.of(device).serial.casefold() == serial.strip().casefold():
            return device
    found = ", ".join(DeviceInfo.of(d).serial or "one without a serial" for d in usable)
    raise CameraError(f"expected a RealSense with serial number {serial}, found {found}{no}")
