"""Description: what an opinion's model must be shown, and what its answer means.

It is a JSON object in `MODEL.json` beside `MODEL.onnx`, with these fields and no others:

    {
      "name": "...", "licence": "...",
      "width": 80, "height": 80,
      "colour_order": "BGR",
      "box_scale": 2.7,
      "mean": [0, 0, 0], "std": [1, 1, 1],
      "activation": "softmax",
      "output": 1, "output_means": "real",
      "threshold": 0.5,
      "family": "..."
    }

A model of the MiniFASNet family needs none if its file is called as its authors call their weights,
`2.7_80x80_MiniFASNetV2.onnx` or `4_0_0_80x80_MiniFASNetV1SE.onnx`: scale of the box, height and
width are read from the name. The rest is as in Silent-Face-Anti-Spoofing (Apache-2.0,
github.com/minivision-ai/Silent-Face-Anti-Spoofing, commit b6d5f04): `src/utility.py` reads names,
`src/data_io/functional.py` leaves pixels from 0 to 255 as they are, OpenCV's order is BGR, and
`test.py` adds up the softmax of all models and takes class 1 for a real face.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rise_edge.errors import OpinionError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.files.strict_json import parse_object, take, take_fields, take_numbers

MINIFASNET = "MiniFASNet"

_MAX_BYTES = 65_536
_MAX_SIDE = 1024
_CHOICES = {
    "colour_order": ("RGB", "BGR"),
    "activation": ("softmax", "sigmoid", "none"),
    "output_means": ("real", "attack"),
}
_KINDS = {
    "name": str,
    "licence": str,
    "width": int,
    "height": int,
    "colour_order": str,
    "mean": list,
    "std": list,
    "activation": str,
    "output": int,
    "output_means": str,
    "threshold": float,
    "family": str,
}
_MINIFASNET_NAME = re.compile(
    r"(?P<scale>org|\d+(?:\.\d+)?)(?:_\d+)*_(?P<height>\d+)x(?P<width>\d+)_"
    r"(?P<name>MiniFASNetV[12](?:SE)?)\.onnx",
    re.ASCII,
)


@dataclass(frozen=True)
class OpinionDescription:
    """How one model is asked.

    Attributes:
        name: name of the model.
        licence: under which its weights may be used.
        width: width of the patch that it reads, in pixels.
        height: height of that patch.
        colour_order: colour order of the patch's channels: RGB or BGR.
        box_scale: size of the patch in the picture, in sizes of the detector's box; None shows the
            whole picture.
        mean: subtracted from pixels of 0 to 255, one number a channel, in the model's order.
        std: what the difference is divided by, likewise.
        activation: what makes a probability of the model's answer: softmax, sigmoid or none.
        output: place of the number that counts in the answer.
        output_means: what a high number means: real or attack.
        threshold: attack score above which the model's family denies.
        family: models of one family are averaged; models of several families may each deny.

    Raises:
        ValueError: a field is out of its range.
    """

    name: str
    licence: str
    width: int
    height: int
    colour_order: str
    box_scale: float | None
    mean: tuple[float, ...]
    std: tuple[float, ...]
    activation: str
    output: int
    output_means: str
    threshold: float
    family: str

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                expected = " or ".join(choices)
                raise ValueError(f"expected {name} {expected}, got {getattr(self, name)!r}")
        for name in ("name", "licence", "family"):
            if not getattr(self, name).strip() or not getattr(self, name).isprintable():
                raise ValueError(f"expected {name} in words, got {getattr(self, name)!r}")
        for name in ("width", "height"):
            if not 1 <= getattr(self, name) <= _MAX_SIDE:
                raise ValueError(
                    f"expected {name} from 1 to {_MAX_SIDE}, got {getattr(self, name)}"
                )
        if self.box_scale is not None and not 0.1 <= self.box_scale <= 100:
            raise ValueError(f"expected box_scale from 0.1 to 100, got {self.box_scale}")
        if len(self.mean) != 3 or len(self.std) != 3 or not all(one > 0 for one in self.std):
            raise ValueError(f"expected 3 means and 3 std > 0, got {self.mean} and {self.std}")
        if self.output < 0:
            raise ValueError(f"expected output >= 0, got {self.output}")
        if not 0 <= self.threshold < 1:
            raise ValueError(f"expected threshold from 0 to below 1, got {self.threshold}")


def read_description(model: Path) -> OpinionDescription:
    """The description of a model: from the JSON beside it, else from its name.

    Args:
        model: path of an `.onnx` file.

    Raises:
        OpinionError: there is no JSON and the name is no MiniFASNet's, or the JSON is malformed.
    """
    path = model.with_suffix(".json")
    try:
        return _parsed(read_plain_file(path, _MAX_BYTES))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise OpinionError(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:
        raise OpinionError(f"second opinion {path}: {error}") from None
    named = _MINIFASNET_NAME.fullmatch(model.name)
    if named is None:
        raise OpinionError(
            f"expected {path} beside {model.name}, or a name as 2.7_80x80_MiniFASNetV2.onnx; "
            "docs/second-opinion.md says what to write"
        )
    try:
        return _minifasnet(named)
    except ValueError as error:
        raise OpinionError(f"second opinion {model}: {error}") from None


def _parsed(content: bytes) -> OpinionDescription:
    data = parse_object(content)
    data.setdefault("family", data.get("name"))
    scale = _scale(data)
    fields = take_fields(data, "the description", _KINDS)
    mean, std = take_numbers(fields["mean"], "mean"), take_numbers(fields["std"], "std")
    return OpinionDescription(**{**fields, "mean": mean, "std": std, "box_scale": scale})


def _scale(data: dict[str, Any]) -> float | None:
    if "box_scale" not in data:
        raise ValueError(
            "the description: missing fields ['box_scale'], null for the whole picture"
        )
    scale = data.pop("box_scale")
    return None if scale is None else float(take(scale, "box_scale", float))


def _minifasnet(named: re.Match[str]) -> OpinionDescription:
    return OpinionDescription(
        name=named["name"],
        licence="Apache-2.0",
        width=int(named["width"]),
        height=int(named["height"]),
        colour_order="BGR",
        box_scale=None if named["scale"] == "org" else float(named["scale"]),
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        activation="softmax",
        output=1,
        output_means="real",
        threshold=0.5,
        family=MINIFASNET,
    )
