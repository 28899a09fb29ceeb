"""Calibration: `calibration.json`, which says what a trio of cameras sees and from where.

Written by `calibration/register_sensors.py`, used by `FolderCamera`. Every number has its unit in
its name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from rise_edge.cameras.depth_scale import DepthScale
from rise_edge.cameras.folder.json_values import DescriptionValues
from rise_edge.cameras.lens import COEFFICIENTS, Lens
from rise_edge.errors import CameraError
from rise_edge.frame import Intrinsics, Modality, Viewpoint

FILE_NAME = "calibration.json"
FORMAT = 1
SOURCES = ("board", "factory")

_MAX_BYTES = 256 * 1024
_SENSOR_KEYS = {
    *("width_px", "height_px", "fx_px", "fy_px", "cx_px", "cy_px"),
    *("lens_model", "lens_coefficients", "rotation", "translation_mm"),
}


@dataclass(frozen=True, eq=False)
class CalibratedSensor:
    """One camera of the trio.

    Attributes:
        width: width of its pictures, in pixels.
        height: height of its pictures, in pixels.
        viewpoint: viewpoint of the pinhole that its pictures are turned into.
        lens: how they depart from it.
    """

    width: int
    height: int
    viewpoint: Viewpoint
    lens: Lens


@dataclass(frozen=True)
class BoardMade:
    """The board that a calibration was made with; see `calibration/sensors/board.py`."""

    columns: int
    rows: int
    square_mm: float
    marker_mm: float
    dictionary: str


@dataclass(frozen=True)
class Residuals:
    """What a calibration leaves unexplained.

    Attributes:
        views: views of the board.
        colour_px: root mean square of the reprojection, in the colour pictures.
        infrared_px: the same in the infrared pictures.
        pair_px: the same of both, with one place of the cameras for all views.
        depth_mm: scatter of the depth readings about the board's plane, None without depth.
    """

    views: int
    colour_px: float
    infrared_px: float
    pair_px: float
    depth_mm: float | None


@dataclass(frozen=True, eq=False)
class Calibration:
    """A calibrated trio of cameras.

    Attributes:
        source: `board`, or `factory` for what a RealSense says of itself.
        created: when, ISO 8601 with its time zone.
        device: what was calibrated, for people.
        sensors: by modality.
        depth: scale of the depth pictures.
        board: board that was used; None for `factory`.
        residuals: residuals of the fit; None for `factory`.

    Raises:
        ValueError: the source does not go with the board and the residuals.
    """

    source: str
    created: str
    device: str
    sensors: Mapping[Modality, CalibratedSensor]
    depth: DepthScale = field(default_factory=DepthScale)
    board: BoardMade | None = None
    residuals: Residuals | None = None

    def __post_init__(self) -> None:
        by_board = self.source == "board"
        if self.source not in SOURCES or {self.board is None, self.residuals is None} != {
            not by_board
        }:
            raise ValueError(
                "expected source board with a board and residuals, or factory without, "
                f"got {self.source!r}"
            )

    def to_json(self) -> str:
        """The text of `calibration.json`; numbers come back from it bit for bit."""
        fields = {
            "format": FORMAT,
            "source": self.source,
            "created": self.created,
            "device": self.device,
            "sensors": {m.value: _sensor_json(s) for m, s in self.sensors.items()},
            "depth": asdict(self.depth),
            "board": asdict(self.board) if self.board else None,
            "residuals": asdict(self.residuals) if self.residuals else None,
        }
        return json.dumps(fields, indent=1, allow_nan=False) + "\n"


def read_calibration(path: Path) -> Calibration:
    """Read a calibration file.

    Raises:
        CameraError: it is missing, too large, of another format, or says what cannot be.
    """
    again = "make one with `python calibration/register_sensors.py`"
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise CameraError(f"{path}: expected at most {_MAX_BYTES} bytes, got more; {again}")
        value = json.loads(content.decode("utf-8"), object_pairs_hook=_once)
    except OSError as error:
        raise CameraError(
            f"{path}: expected a calibration, got {error.strerror}; {again}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise CameraError(f"{path}: expected JSON, got {str(error)[:100]}; {again}") from None
    try:
        return _Parser(DescriptionValues(path)).calibration(value)
    except ValueError as error:
        raise CameraError(f"{path}: {error}; {again}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key twice")
    return fields


def _sensor_json(sensor: CalibratedSensor) -> dict[str, Any]:
    k = sensor.viewpoint.intrinsics
    return {
        "width_px": sensor.width,
        "height_px": sensor.height,
        **{"fx_px": k.fx, "fy_px": k.fy, "cx_px": k.cx, "cy_px": k.cy},
        "lens_model": sensor.lens.model,
        "lens_coefficients": list(sensor.lens.coefficients),
        "rotation": np.asarray(sensor.viewpoint.rotation).tolist(),
        "translation_mm": np.asarray(sensor.viewpoint.translation_mm).tolist(),
    }


@dataclass(frozen=True)
class _Parser:
    """Turns the JSON value into a calibration; every key must be there, and no other."""

    json: DescriptionValues

    def calibration(self, value: Any) -> Calibration:
        top = self.json.table(value, "the file")
        if top.get("format") != FORMAT or isinstance(top["format"], bool):
            self.json.fail("format", f"{FORMAT}, which this version reads", top.get("format"))
        keys = {"format", "source", "created", "device", "sensors", "depth", "board", "residuals"}
        self._all(value, "the file", keys)
        modalities = {m.value for m in Modality}
        sensors = self.json.table(top["sensors"], "sensors", modalities)
        if not sensors:
            self.json.fail("sensors", "at least one modality", sensors)
        depth = self._all(top["depth"], "depth", {"step_mm", "offset_mm"})
        return Calibration(
            source=self.json.text(top["source"], "source"),
            created=self._time(top["created"]),
            device=self.json.text(top["device"], "device"),
            sensors={Modality(name): self._sensor(s, name) for name, s in sensors.items()},
            depth=DepthScale(
                self.json.number(depth["step_mm"], "depth step_mm", positive=True),
                self.json.number(depth["offset_mm"], "depth offset_mm"),
            ),
            board=None if top["board"] is None else self._board(top["board"]),
            residuals=None if top["residuals"] is None else self._residuals(top["residuals"]),
        )

    def _sensor(self, value: Any, name: str) -> CalibratedSensor:
        table = self._all(value, name, _SENSOR_KEYS)
        focal = [self._length(table[k], f"{name} {k}") for k in ("fx_px", "fy_px")]
        middle = [self.json.number(table[k], f"{name} {k}") for k in ("cx_px", "cy_px")]
        size = [self.json.integer(table[k], f"{name} {k}", 1) for k in ("width_px", "height_px")]
        where = f"{name} lens_coefficients"
        coefficients = self.json.numbers(table["lens_coefficients"], where, COEFFICIENTS)
        rotation = self.json.rotation(table["rotation"], f"{name} rotation")
        moved_mm = self.json.vector(table["translation_mm"], f"{name} translation_mm")
        lens = Lens(self.json.text(table["lens_model"], f"{name} lens_model"), coefficients)
        viewpoint = Viewpoint(Intrinsics(*focal, *middle), rotation, moved_mm)
        return CalibratedSensor(size[0], size[1], viewpoint, lens)

    def _board(self, value: Any) -> BoardMade:
        table = self._all(value, "board", set(BoardMade.__dataclass_fields__))
        return BoardMade(
            self.json.integer(table["columns"], "board columns", 3),
            self.json.integer(table["rows"], "board rows", 3),
            self._length(table["square_mm"], "board square_mm"),
            self._length(table["marker_mm"], "board marker_mm"),
            self.json.text(table["dictionary"], "board dictionary"),
        )

    def _residuals(self, value: Any) -> Residuals:
        table = self._all(value, "residuals", set(Residuals.__dataclass_fields__))
        depth_mm = table["depth_mm"]
        return Residuals(
            views=self.json.integer(table["views"], "residuals views", 1),
            colour_px=self._error(table["colour_px"], "residuals colour_px"),
            infrared_px=self._error(table["infrared_px"], "residuals infrared_px"),
            pair_px=self._error(table["pair_px"], "residuals pair_px"),
            depth_mm=None if depth_mm is None else self._error(depth_mm, "residuals depth_mm"),
        )

    def _length(self, value: Any, where: str) -> float:
        return self.json.number(value, where, positive=True)

    def _error(self, value: Any, where: str) -> float:
        number = self.json.number(value, where)
        return number if number >= 0 else self.json.fail(where, "a number >= 0", value)

    def _time(self, value: Any) -> str:
        text = self.json.text(value, "created")
        try:
            zone = datetime.fromisoformat(text).tzinfo
        except ValueError:
            zone = None
        return text if zone else self.json.fail("created", "a time with its zone", value)

    def _all(self, value: Any, where: str, keys: set[str]) -> dict[str, Any]:
        return self.json.table(value, where, keys, keys)
