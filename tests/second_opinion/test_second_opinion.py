"""Others' models: what they are shown and asked, what is refused, and how families answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rise_edge import Face, SecondOpinion
from rise_edge.errors import OpinionError
from tests.support.opinion_models import SIDE, channel_means, write_opinion
from tests.support.tiny_bundle import tiny_model_that_names_a_file

FACE = Face((10, 10, 30, 30), np.zeros((6, 2), np.float32), 0.9)
PICTURE = np.full((60, 60, 3), (51, 102, 204), np.uint8)  # shares of 0.2, 0.4 and 0.8


def score(*models: Path) -> list[float]:
    return [opinion.score for opinion in SecondOpinion(models).judge(PICTURE, FACE)]


def test_a_score_is_the_number_that_the_description_names(tmp_path: Path) -> None:
    assert score(write_opinion(tmp_path)) == pytest.approx([0.2])
    assert score(write_opinion(tmp_path, output=2)) == pytest.approx([0.8])
    assert score(write_opinion(tmp_path, colour_order="BGR")) == pytest.approx([0.8])


def test_a_probability_of_a_real_face_is_turned_round(tmp_path: Path) -> None:
    assert score(write_opinion(tmp_path, output_means="real")) == pytest.approx([0.8])


def test_softmax_and_sigmoid_make_probabilities(tmp_path: Path) -> None:
    raw = {"std": [51, 51, 51]}  # 1, 2 and 4
    powers = np.exp([1, 2, 4])
    soft = write_opinion(tmp_path, activation="softmax", output=2, **raw)
    assert score(soft) == pytest.approx([powers[2] / powers.sum()])
    assert score(write_opinion(tmp_path, activation="sigmoid", **raw)) == pytest.approx(
        [1 / (1 + np.exp(-1))]
    )


def test_channels_may_come_last(tmp_path: Path) -> None:
    assert score(write_opinion(tmp_path, model=channel_means(last=True))) == pytest.approx([0.2])


def test_sides_that_the_model_leaves_open_are_the_description_s(tmp_path: Path) -> None:
    open_sides = channel_means(["n", 3, "h", "w"])
    assert score(write_opinion(tmp_path, model=open_sides, width=5)) == pytest.approx([0.2])


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (b"no model", {}),
        (b"", {}),
        (tiny_model_that_names_a_file("weights.bin"), {}),
        (channel_means([1, 1, SIDE, SIDE]), {}),
        (channel_means([1, 3, SIDE, SIDE + 1]), {}),
        (channel_means(), {"width": SIDE + 1}),
        (channel_means(), {"output": 3}),
        (channel_means(), {"std": [1, 1, 1]}),  # 128 is no probability
    ],
    ids=["text", "nothing", "files", "one channel", "other sides", "width", "output", "no share"],
)
def test_a_model_that_cannot_answer_is_refused_at_the_start(
    tmp_path: Path, model: bytes, fields: dict[str, Any]
) -> None:
    path = write_opinion(tmp_path, model=model, **fields)
    with pytest.raises(OpinionError, match=r"second opinion .*opinion\.onnx"):
        SecondOpinion([path])


def test_probabilities_are_not_made_probabilities_again(tmp_path: Path) -> None:
    thirds = {"std": [384, 384, 384]}  # the grey of 128 gives a third each
    with pytest.raises(OpinionError, match="before its softmax"):
        SecondOpinion([write_opinion(tmp_path, activation="softmax", **thirds)])


def test_a_model_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = write_opinion(tmp_path)
    path.unlink()
    with pytest.raises(OpinionError, match="cannot read"):
        SecondOpinion([path])


@pytest.mark.parametrize("fails", ["nan", "error"])
def test_a_model_that_fails_later_is_an_error_and_no_score(tmp_path: Path, fails: str) -> None:
    opinion = SecondOpinion([write_opinion(tmp_path, model=channel_means(fails=fails))])
    assert opinion.judge(np.full((60, 60, 3), 90, np.uint8), FACE)[0].score < 1
    with pytest.raises(OpinionError):
        opinion.judge(PICTURE, FACE)


def test_a_box_without_an_area_is_an_error(tmp_path: Path) -> None:
    nowhere = Face((10, 10, 10, 10), FACE.keypoints, 0.9)
    with pytest.raises(OpinionError, match="box with an area"):
        SecondOpinion([write_opinion(tmp_path)]).judge(PICTURE, nowhere)


def test_models_of_one_family_are_averaged_and_families_answer_apart(tmp_path: Path) -> None:
    red = write_opinion(tmp_path, "red", family="both", threshold=0.4)
    blue = write_opinion(tmp_path, "blue", family="both", threshold=0.4, output=2)
    green = write_opinion(tmp_path, "green", output=1, threshold=0.5)
    both, alone = SecondOpinion([red, blue, green]).judge(PICTURE, FACE)
    assert (both.family, both.score, both.denies) == ("both", pytest.approx(0.5), True)
    assert (alone.family, alone.score, alone.denies) == ("green", pytest.approx(0.4), False)


def test_a_family_has_one_threshold(tmp_path: Path) -> None:
    first = write_opinion(tmp_path, "a", family="both", threshold=0.4)
    second = write_opinion(tmp_path, "b", family="both", threshold=0.5)
    with pytest.raises(OpinionError, match=r"one threshold for the family, got \[0.4, 0.5\]"):
        SecondOpinion([first, second])


def test_it_says_which_models_it_has(tmp_path: Path) -> None:
    (family,) = SecondOpinion([write_opinion(tmp_path, "a", licence="MIT")]).fields()
    (model,) = family["models"]
    assert (family["family"], model["file"], model["licence"]) == ("a", "a.onnx", "MIT")
    assert len(model["sha256"]) == 64
