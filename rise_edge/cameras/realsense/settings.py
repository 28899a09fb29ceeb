"""RealSenseSettings: how a RealSense is set to see faces, and what a device made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rise_edge.cameras.realsense.sdk import load_sdk
from rise_edge.errors import CameraError
from rise_edge.frame import Modality

EMITTERS = ("on", "off", "alternate")
PRESETS = ("default", "hand", "high_accuracy", "high_density", "medium_density")

_D400 = "D400"  # other product lines number their presets otherwise


@dataclass(frozen=True)
class RealSenseSettings:
    """How a RealSense is set before it streams.

    Every option is set at each start, to the device's own default where nothing is asked: a device
    keeps what the last program left behind. No default here was tried on people in front of a
    camera.

    Attributes:
        emitter: the dot projector. "on" is what the shipped model was trained for: every training
            domain has infrared that the camera lights, and those of an active stereo camera have
            it in dots, with depth from the same light. "alternate" takes depth from lit pictures
            and infrared from unlit ones: for sites with an infrared lamp of their own (even light
            was trained for too), at 60 frames a second; without a lamp faces are dark. "off" also
            leaves depth to the scene's own texture, which no training has seen.
        preset: preset of the depth unit, one of `PRESETS`. high_accuracy leaves a doubtful reading
            out where others guess: a hole in a face is noticed (`depth_coverage`), a guess is not.
        laser_power_mw: laser power of the projector; None = the device's default.
        auto_exposure: auto exposure of all sensors.
        longest_exposure_ms: longest exposure that auto exposure of depth and infrared may grow to.
            10 ms are one half-wave of 50 Hz mains, and 2 pixels of a face that moves at 0.25 m/s.
            None = no limit.
        exposure_region: share of the image's width and height, around its centre, that exposure is
            set for: there the face is, not the window behind it. None = the whole image.

    Raises:
        ValueError: a field is out of its range.
    """

    emitter: str = "on"
    preset: str = "high_accuracy"
    laser_power_mw: float | None = None
    auto_exposure: bool = True
    longest_exposure_ms: float | None = 10.0
    exposure_region: float | None = 0.5

    def __post_init__(self) -> None:
        if self.emitter not in EMITTERS:
            raise ValueError(f"expected emitter among {', '.join(EMITTERS)}, got {self.emitter!r}")
        if self.preset not in PRESETS:
            raise ValueError(f"expected preset among {', '.join(PRESETS)}, got {self.preset!r}")
        for name in ("laser_power_mw", "longest_exposure_ms"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise ValueError(f"expected {name} > 0 or None, got {value}")
        if self.exposure_region is not None and not 0 < self.exposure_region <= 1:
            raise ValueError(f"expected exposure_region in (0, 1], got {self.exposure_region}")


@dataclass(frozen=True)
class Applied:
    """One option as a device took it.

    Attributes:
        sensor: the SDK's name of the sensor.
        option: the SDK's name of the option.
        value: what the device has now, None where it was not set.
        note: why it was not set, or what was asked where that was out of its range; "" otherwise.
    """

    sensor: str
    option: str
    value: float | None
    note: str = ""


def apply_settings(
    device: Any, settings: RealSenseSettings, line: str, subject: str
) -> tuple[Applied, ...]:
    """Set a device that does not stream yet. What it lacks is left out, and said.

    Args:
        device: device of the SDK.
        settings: what is asked.
        line: its product line.
        subject: what to call the device in errors.

    Raises:
        CameraError: the projector cannot be brought to the asked mode.
    """
    applied: list[Applied] = []
    depth, colour = _sensor(device, "depth"), _sensor(device, "color")
    if depth is not None:
        # While it takes turns of exposure (HDR), a device refuses most of the rest.
        applied.append(_set(depth, "hdr_enabled", 0.0))
        # The preset changes what the others set, so they come after it.
        applied.append(_set_preset(depth, settings.preset, line))
        emitter = [_set(depth, name, value) for name, value in _emitter_options(settings.emitter)]
        _require_emitter(settings.emitter, emitter, subject)
        applied += emitter
        if settings.emitter != "off":
            applied.append(_set(depth, "laser_power", settings.laser_power_mw))
        applied.append(_set(depth, "enable_auto_exposure", float(settings.auto_exposure)))
        applied += _limit_exposure(depth, settings)
    if colour is not None:
        applied.append(_set(colour, "enable_auto_exposure", float(settings.auto_exposure)))
        # Else the colour camera halves its rate in poor light, and its frames go out of step.
        applied.append(_set(colour, "auto_exposure_priority", 0.0))
    return tuple(applied)


def apply_region(
    device: Any, settings: RealSenseSettings, sizes: Mapping[Modality, tuple[int, int]]
) -> tuple[Applied, ...]:
    """Tell the sensors of a streaming device for what part of the image to expose.

    Args:
        device: device of the SDK; it refuses before its first frame.
        settings: what is asked.
        sizes: (width, height) of each stream.
    """
    share = settings.exposure_region or 1.0
    applied = []
    for modality, stream in ((Modality.DEPTH, "depth"), (Modality.COLOUR, "color")):
        sensor = _sensor(device, stream)
        if sensor is not None and modality in sizes and settings.auto_exposure:
            applied.append(_set_region(sensor, share, *sizes[modality]))
    return tuple(applied)


def _sensor(device: Any, stream: str) -> Any | None:
    """The sensor of a device that gives a stream."""
    for sensor in device.query_sensors():
        if any(p.stream_type().name == stream for p in sensor.get_stream_profiles()):
            return sensor
    return None


def _set(sensor: Any, option: str, asked: float | None) -> Applied:
    """Set one option to what is asked, or to its default, within what the sensor allows."""
    name, key = _name(sensor), getattr(load_sdk().option, option)
    if not sensor.supports(key):
        return Applied(name, option, None, "not offered")
    if sensor.is_option_read_only(key):
        return Applied(name, option, float(sensor.get_option(key)), "read only")
    try:
        limits = sensor.get_option_range(key)
        wanted = limits.default if asked is None else asked
        value = min(max(wanted, limits.min), limits.max)
        if limits.step > 0:
            value = limits.min + round((value - limits.min) / limits.step) * limits.step
        sensor.set_option(key, min(value, limits.max))
        now = float(sensor.get_option(key))
    except RuntimeError as error:
        return Applied(name, option, None, f"refused: {error}")
    return Applied(name, option, now, "" if now == wanted else f"asked {wanted:g}")


def _set_preset(depth: Any, preset: str, line: str) -> Applied:
    if line != _D400:
        note = f"the presets of {line or 'an unknown product line'} are not known"
        return Applied(_name(depth), "visual_preset", None, note)
    return _set(depth, "visual_preset", float(int(getattr(load_sdk().rs400_visual_preset, preset))))


def _emitter_options(emitter: str) -> tuple[tuple[str, float], ...]:
    """In the order that the firmware takes: the projector alternates only while it is enabled."""
    if emitter == "alternate":
        return (("emitter_enabled", 1.0), ("emitter_on_off", 1.0))
    return (("emitter_on_off", 0.0), ("emitter_enabled", float(emitter == "on")))


def _require_emitter(emitter: str, applied: list[Applied], subject: str) -> None:
    wanted = dict(_emitter_options(emitter))
    for one in applied:
        absent = one.note == "not offered" and emitter != "alternate"
        if one.value != wanted[one.option] and not absent:
            got = one.note if one.value is None else f"{one.value:g} ({one.note})"
            raise CameraError(
                f"{subject}: expected {one.option} = {wanted[one.option]:g} for emitter "
                f"{emitter!r}, got {got}; choose another emitter mode"
            )


def _limit_exposure(depth: Any, settings: RealSenseSettings) -> list[Applied]:
    limit_ms = settings.longest_exposure_ms if settings.auto_exposure else None
    toggle = _set(depth, "auto_exposure_limit_toggle", float(limit_ms is not None))
    if limit_ms is None:
        return [toggle]
    return [toggle, _set(depth, "auto_exposure_limit", limit_ms * 1000)]  # microseconds


def _set_region(sensor: Any, share: float, width: int, height: int) -> Applied:
    name, option = _name(sensor), "region_of_interest"
    if not sensor.is_roi_sensor():
        return Applied(name, option, None, "not offered")
    region = load_sdk().region_of_interest()
    region.min_x, region.max_x = _middle(share, width)
    region.min_y, region.max_y = _middle(share, height)
    try:
        sensor.as_roi_sensor().set_region_of_interest(region)
    except RuntimeError as error:
        return Applied(name, option, None, f"refused: {error}")
    return Applied(name, option, share)


def _middle(share: float, length: int) -> tuple[int, int]:
    """First and last pixel of the middle share of a side."""
    first = int(length * (1 - share) / 2)
    return first, length - 1 - first


def _name(sensor: Any) -> str:
    key = load_sdk().camera_info.name
    return str(sensor.get_info(key)) if sensor.supports(key) else "sensor"
