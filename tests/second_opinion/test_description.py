"""What is read of a model: from the JSON beside it, else from a MiniFASNet's name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rise_edge.errors import OpinionError
from rise_edge.second_opinion import read_description
from tests.support.opinion_models import BY_MEAN, write_opinion


@pytest.mark.parametrize(
    ("name", "scale", "height", "width", "kind"),
    [
        ("2.7_80x80_MiniFASNetV2.onnx", 2.7, 80, 80, "MiniFASNetV2"),
        ("4_0_0_80x80_MiniFASNetV1SE.onnx", 4.0, 80, 80, "MiniFASNetV1SE"),
        ("org_1_80x60_MiniFASNetV1.onnx", None, 80, 60, "MiniFASNetV1"),
    ],
)
def test_a_minifasnet_is_known_by_the_name_that_its_authors_gave_it(
    name: str, scale: float | None, height: int, width: int, kind: str
) -> None:
    got = read_description(Path("anywhere") / name)
    assert (got.box_scale, got.height, got.width, got.name) == (scale, height, width, kind)
    assert (got.family, got.licence, got.threshold) == ("MiniFASNet", "Apache-2.0", 0.5)
    assert (got.colour_order, got.mean, got.std) == ("BGR", (0, 0, 0), (1, 1, 1))
    assert (got.activation, got.output, got.output_means) == ("softmax", 1, "real")


def test_the_json_beside_a_model_is_believed_rather_than_its_name(tmp_path: Path) -> None:
    path = write_opinion(tmp_path, "2.7_80x80_MiniFASNetV2", threshold=0.25)
    got = read_description(path)
    assert (got.threshold, got.width, got.colour_order) == (0.25, 8, "RGB")


def test_a_model_is_a_family_of_its_own_unless_it_names_one(tmp_path: Path) -> None:
    assert read_description(write_opinion(tmp_path, "a")).family == "a"
    assert read_description(write_opinion(tmp_path, "b", family="two")).family == "two"


def test_the_whole_picture_may_be_asked_for(tmp_path: Path) -> None:
    assert read_description(write_opinion(tmp_path, box_scale=None)).box_scale is None


@pytest.mark.parametrize(
    "name", ["model.onnx", "80x80_MiniFASNetV2.onnx", "2.7_0x0_MiniFASNetV2.onnx"]
)
def test_a_model_of_which_nothing_is_known_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OpinionError, match=r"\.onnx"):
        read_description(tmp_path / name)


@pytest.mark.parametrize(
    "changed",
    [
        {"width": 0},
        {"width": 2000},
        {"height": 80.5},
        {"colour_order": "rgb"},
        {"box_scale": 0},
        {"box_scale": "2.7"},
        {"mean": [0, 0]},
        {"std": [1, 0, 1]},
        {"activation": "relu"},
        {"output": -1},
        {"output_means": "spoof"},
        {"threshold": 1},
        {"threshold": -0.1},
        {"name": ""},
        {"licence": "a\nb"},
        {"unknown": 1},
    ],
    ids=str,
)
def test_a_description_that_means_nothing_is_refused(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    with pytest.raises(OpinionError, match=next(iter(changed))):
        read_description(write_opinion(tmp_path, **{"name": "x", **changed}))


@pytest.mark.parametrize("missing", BY_MEAN)
def test_a_field_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    path = write_opinion(tmp_path)
    fields = {name: value for name, value in BY_MEAN.items() if name != missing}
    path.with_suffix(".json").write_text(json.dumps(fields))
    with pytest.raises(OpinionError, match=missing):
        read_description(path)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"name": NaN}', b"\xff"])
def test_what_is_no_json_object_is_refused(tmp_path: Path, content: bytes) -> None:
    path = write_opinion(tmp_path)
    path.with_suffix(".json").write_bytes(content)
    with pytest.raises(OpinionError):
        read_description(path)
