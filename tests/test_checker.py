"""The tiny model says SPOOF from infrared grey 64 on; the face is a real photograph's."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rise_edge
from rise_edge import (
    Bundle,
    BundleError,
    Checker,
    EvidenceConfig,
    Image,
    Modality,
    Outcome,
    Reason,
    Verdict,
)
from rise_edge.decision.reading import Reading
from rise_edge.face import crop_face
from tests.support.pictures import VIEWPOINT, photograph, photograph_frame
from tests.support.tiny_bundle import RADIUS, SIZE, tiny_model, write_tiny_bundle


def test_a_face_inside_the_sphere_is_live(tiny_checker: Checker) -> None:
    verdict = tiny_checker.check(photograph_frame(infrared_level=40))
    assert verdict.outcome is Outcome.LIVE
    assert verdict.reading is not None
    assert verdict.reading.margin == pytest.approx(1 - 40 / 128 / RADIUS, abs=0.02)


def test_a_face_outside_the_sphere_is_spoof(tiny_checker: Checker) -> None:
    assert tiny_checker.check(photograph_frame(infrared_level=90)).outcome is Outcome.SPOOF


@pytest.mark.parametrize("scale", [float("nan"), float("inf"), 0.0, -0.1])
def test_a_broken_model_never_says_live(tmp_path: Path, scale: float) -> None:
    checker = Checker(write_tiny_bundle(tmp_path / "b", model=tiny_model(scale)))
    verdict = checker.check(photograph_frame())
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.reason is Reason.BAD_NUMBERS


def test_a_norm_that_is_not_its_vectors_never_says_live(tmp_path: Path) -> None:
    checker = Checker(write_tiny_bundle(tmp_path / "b", model=tiny_model(norm_error=-0.2)))
    assert checker.check(photograph_frame()).reason is Reason.BAD_NUMBERS


def black(dtype: type, *shape: int) -> Image:
    return Image(np.zeros(shape, dtype), VIEWPOINT, 1, 0.0)


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        ({"infrared": None}, Reason.MISSING_MODALITY),
        ({"depth": None}, Reason.MISSING_MODALITY),
        ({"colour": None}, Reason.MISSING_MODALITY),
        ({"colour": black(np.uint8, 512, 512, 3)}, Reason.NO_FACE),
        ({"depth": black(np.uint16, 512, 512)}, Reason.DEPTH_COVERAGE),
        ({"infrared": black(np.uint8, 512, 512)}, Reason.TOO_DARK),
        (
            {"infrared": Image(np.full((512, 512), 255, np.uint8), VIEWPOINT, 1, 0.0)},
            Reason.INFRARED_SATURATED,
        ),
    ],
)
def test_a_frame_that_is_no_evidence_is_undecided(
    tiny_checker: Checker, images: dict[str, Image | None], reason: Reason
) -> None:
    verdict = tiny_checker.check(photograph_frame(**images))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.reason is reason


def test_two_faces_of_like_size_are_undecided(tiny_checker: Checker) -> None:
    pair = np.hstack([photograph()[:, :320], photograph()[:, :320]])[:512, :640]
    pair = np.ascontiguousarray(pair)
    frame = photograph_frame(
        colour=Image(pair, VIEWPOINT, 1, 0.0),
        depth=Image(np.full((512, 640), 700, np.uint16), VIEWPOINT, 1, 0.0),
        infrared=Image(np.full((512, 640), 40, np.uint8), VIEWPOINT, 1, 0.0),
    )
    assert tiny_checker.check(frame).reason is Reason.SEVERAL_FACES


def test_a_face_too_small_to_read_is_undecided(tiny_bundle: Bundle) -> None:
    checker = Checker(tiny_bundle, evidence=EvidenceConfig(min_face_px=300))
    assert checker.check(photograph_frame()).reason is Reason.TOO_FAR


def test_a_batch_is_each_frame_by_itself(tiny_checker: Checker) -> None:
    frames = [photograph_frame(infrared_level=level) for level in (40, 90)]
    assert [str(v) for v in tiny_checker.check_batch(frames)] == ["LIVE", "SPOOF"]


def test_fewer_required_modalities_use_their_own_radius(tiny_bundle: Bundle) -> None:
    required = frozenset({Modality.COLOUR, Modality.INFRARED})
    checker = Checker(tiny_bundle, evidence=EvidenceConfig(required=required))
    verdict = checker.check(photograph_frame(infrared_level=40))
    assert verdict.reading is not None
    assert verdict.reading.radius == 0.25
    assert verdict.reading.modalities == "colour+infrared"
    assert verdict.outcome is Outcome.SPOOF


def test_modalities_without_a_radius_are_refused_at_the_start(tiny_bundle: Bundle) -> None:
    only_colour = EvidenceConfig(required=frozenset({Modality.COLOUR}))
    with pytest.raises(BundleError, match="expected a radius for colour on onnx"):
        Checker(tiny_bundle, evidence=only_colour)


@pytest.mark.parametrize(
    "modalities",
    ["colour+depth", "depth,colour", ["colour", "depth"], {Modality.COLOUR, Modality.DEPTH}],
)
def test_modalities_have_many_spellings(modalities: str | set[Modality]) -> None:
    required = rise_edge.load(modalities=modalities).evidence.required
    assert required == {Modality.COLOUR, Modality.DEPTH}


def test_all_modalities_are_required_by_default() -> None:
    assert rise_edge.load().evidence == EvidenceConfig()


def test_colour_alone_is_accepted_by_name() -> None:
    checker = rise_edge.load(modalities="colour", accept_colour_alone=True)
    assert checker.evidence.accept_colour_alone
    assert not rise_edge.load(modalities="colour").evidence.accept_colour_alone


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"modalities": "colour+smell"}, "smell"),
        ({"modalities": []}, "colour, depth, infrared"),
        ({"modalities": "depth+infrared"}, "depth"),
        ({"accept_colour_alone": True}, "colour"),
        ({"modalities": "colour+depth", "accept_colour_alone": True}, "colour"),
        ({"modalities": "colour", "evidence": EvidenceConfig()}, "both"),
        ({"accept_colour_alone": True, "evidence": EvidenceConfig()}, "both"),
    ],
)
def test_what_cannot_be_required_is_refused(options: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueError, match="expected") as refused:
        rise_edge.load(**options)
    assert word in str(refused.value)


def test_requiring_no_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="expected colour among"):
        EvidenceConfig(required=frozenset({Modality.DEPTH}))


def test_reading_a_crop_gives_norm_radius_and_margin(tiny_checker: Checker) -> None:
    frame = photograph_frame(infrared_level=32)
    face = tiny_checker.observe(frame).face
    assert face is not None
    reading = tiny_checker.read(crop_face(frame, face, SIZE))
    assert reading.norm == pytest.approx(0.25, abs=0.01)
    assert reading.margin == pytest.approx(1 - reading.norm / reading.radius)
    assert reading.embedding.vector.shape == (2,)


def test_loading_warns_with_the_bundles_notice(
    tiny_bundle: Bundle, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "rise_edge"):
        rise_edge.load(tiny_bundle.path)
    assert "a test bundle that learned nothing" in caplog.text


def test_live_cannot_be_made_without_a_reading_inside(tiny_checker: Checker) -> None:
    outside = tiny_checker.check(photograph_frame(infrared_level=90)).reading
    assert isinstance(outside, Reading)
    for reading in (None, outside):
        with pytest.raises(ValueError, match="sound reading inside the sphere"):
            Verdict(Outcome.LIVE, reading=reading)
