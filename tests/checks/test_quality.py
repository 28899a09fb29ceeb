"""Rendered people, distorted in known ways: which fault it is, and what the person is told."""

from dataclasses import replace

import numpy as np
import pytest

import rise_edge
from rise_edge import Checker, Frame, Modality, Outcome, Reason
from rise_edge.checks.quality import VIEW_FAULTS, QualityConfig, measure_quality
from rise_edge.guidance import load_guide
from rise_edge.simulator import Presentation
from tests.support.pictures import photograph_frame
from tests.support.rendered_faces import (
    Distortion,
    blurred,
    covered,
    depth_holed,
    depth_lost_at_the_mouth,
    depth_scaled,
    doubled,
    emptied,
    exposed,
    infrared_lit,
    nose_pressed_in,
    pushed_out,
    quality_of,
    rendered,
    rolled,
    shifted,
    turned,
    view_of,
)

# distortion, its strengths from weak to strong, the fault, what the person is told
CASES = [
    pytest.param(emptied, (90, 0), Reason.NO_FACE, "Look into the camera", id="nobody there"),
    pytest.param(
        doubled,
        (0.85, 0.95, 1.0),
        Reason.SEVERAL_FACES,
        "One person at a time, please",
        id="a second face",
    ),
    pytest.param(
        depth_scaled, (0.35, 0.2, 0.1), Reason.TOO_NEAR, "Step back a little", id="too near"
    ),
    pytest.param(
        depth_scaled, (3.0, 4.0, 8.0), Reason.TOO_FAR, "Come a little closer", id="too far"
    ),
    pytest.param(
        shifted,
        (0.31, 0.33, 0.35),
        Reason.OFF_CENTRE,
        "Move to the middle of the picture",
        id="off centre",
    ),
    pytest.param(
        pushed_out,
        (0.28, 0.31, 0.34),
        Reason.OUT_OF_FRAME,
        "Bring your whole face into the picture",
        id="half outside",
    ),
    pytest.param(
        exposed, (20, 14, 10), Reason.TOO_DARK, "More light on your face, please", id="dark"
    ),
    pytest.param(
        exposed,
        (280, 300, 320),
        Reason.TOO_BRIGHT,
        "Turn away from the bright light",
        id="overexposed",
    ),
    pytest.param(
        infrared_lit,
        (6, 20, 255),
        Reason.INFRARED_SATURATED,
        "Step back, out of strong light",
        id="infrared saturated",
    ),
    pytest.param(
        depth_holed,
        (0.8, 0.95, 1.0),
        Reason.DEPTH_COVERAGE,
        "Move away from direct sunlight",
        id="holes in depth",
    ),
    pytest.param(
        covered,
        (0.15, 0.25, 0.35, 0.45),
        Reason.OCCLUDED,
        "Take hands and things off your face",
        id="a hand before the chin",
    ),
    pytest.param(
        depth_lost_at_the_mouth,
        (24, 28, 34),
        Reason.OCCLUDED,
        "Take hands and things off your face",
        id="no depth at the mouth",
    ),
    pytest.param(
        nose_pressed_in,
        (45, 60, 80),
        Reason.OCCLUDED,
        "Take hands and things off your face",
        id="no nose in depth",
    ),
    pytest.param(
        rolled,
        (35, 40, 45),
        Reason.TURNED,
        "Face the camera straight on",
        id="head on the shoulder",
    ),
    pytest.param(blurred, (5, 7, 10), Reason.BLURRED, "Hold still", id="blurred"),
]

PEOPLE = range(3)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return rise_edge.load()


@pytest.mark.parametrize(("distort", "strengths", "fault", "instruction"), CASES)
def test_a_distortion_is_undecided_with_its_fault_and_instruction(
    checker: Checker,
    distort: Distortion,
    strengths: tuple[float, ...],
    fault: Reason,
    instruction: str,
) -> None:
    for person in PEOPLE:
        verdict = checker.check(distort(rendered("office", person), strengths[0]))
        assert verdict.outcome is Outcome.UNDECIDED
        assert verdict.reason is fault, f"person {person}: {verdict.detail}"
        assert load_guide("en").instruction(verdict) == instruction


@pytest.mark.parametrize(("distort", "strengths", "fault", "instruction"), CASES)
def test_a_stronger_distortion_keeps_the_fault(
    distort: Distortion, strengths: tuple[float, ...], fault: Reason, instruction: str
) -> None:
    for person in PEOPLE:
        for strength in strengths:
            reasons = quality_of(distort(rendered("office", person), strength)).reasons
            # Where the face is no longer found, that is the only fault there can be.
            assert fault in reasons or reasons == (Reason.NO_FACE,), f"{person}, {strength}"


def test_every_fault_of_the_view_is_brought_about_by_a_case() -> None:
    assert {case.values[2] for case in CASES} == set(VIEW_FAULTS)


@pytest.mark.slow
@pytest.mark.parametrize("domain", ["depot", "office", "clinic", "street", "night"])
def test_undistorted_bona_fide_views_have_no_fault(domain: str) -> None:
    views = [quality_of(rendered(domain, n, later)) for n in range(10) for later in (0, 400)]
    good = np.mean([not view.faults for view in views])
    assert good >= 0.95, [view.verdict.detail for view in views if view.verdict]


def test_a_real_photograph_has_no_fault() -> None:
    assert quality_of(photograph_frame()).reasons == ()


def test_a_real_photograph_upside_down_is_turned(checker: Checker) -> None:
    assert checker.check(turned(photograph_frame())).reason is Reason.TURNED


@pytest.mark.parametrize("species", ["bona_fide", "bona_fide_medical_mask"])
@pytest.mark.parametrize("domain", ["office", "clinic"])
def test_who_is_upside_down_is_turned_and_told_so(
    checker: Checker, domain: str, species: str
) -> None:
    for number in range(2):
        one = Presentation(4100 + number, domain=domain, species=species, subject=400_200 + number)
        verdict = checker.check(turned(one.frame_at(one.presented_ms)))
        assert verdict.reason is Reason.TURNED, verdict.detail
        assert load_guide("en").instruction(verdict) == "Face the camera straight on"


@pytest.mark.parametrize("species", ["flat_print", "replay_oled", "rigid_mask"])
def test_an_attack_upside_down_is_undecided(checker: Checker, species: str) -> None:
    for number in range(3):
        one = Presentation(4150 + number, domain="office", species=species, subject=400_250)
        assert checker.check(turned(one.frame_at(one.presented_ms))).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("species", ["flat_print", "bent_print", "replay_lcd"])
def test_a_picture_without_relief_is_left_to_the_model(species: str) -> None:
    for number in range(2):
        one = Presentation(4200 + number, domain="office", species=species, subject=400_300)
        quality = quality_of(one.frame_at(one.presented_ms))
        assert quality.reasons == ()
        assert quality.measures is not None
        assert quality.measures.nose_relief_mm == pytest.approx(0, abs=4)


def test_a_nose_stands_out_by_its_height() -> None:
    heights = [quality_of(rendered("office", n)).measures.nose_relief_mm for n in PEOPLE]
    assert all(10 < height < 35 for height in heights), heights


def test_where_a_feature_has_no_depth_no_height_of_the_nose_is_told() -> None:
    quality = quality_of(depth_lost_at_the_mouth(rendered("office", 0), 34))
    assert quality.measures is not None
    assert quality.measures.nose_relief_mm is None


@pytest.mark.parametrize(
    ("factor", "fault"), [(0.3, Reason.TOO_NEAR), (1.0, None), (3.0, Reason.TOO_FAR)]
)
def test_without_depth_the_faces_size_gives_the_distance(
    factor: float, fault: Reason | None
) -> None:
    frame = replace(rendered("office", 0), depth=None)
    images = {}
    for name in ("colour", "infrared"):
        image = getattr(frame, name)
        k = image.viewpoint.intrinsics
        seen = replace(image.viewpoint, intrinsics=replace(k, fx=k.fx * factor, fy=k.fy * factor))
        images[name] = replace(image, viewpoint=seen)
    quality = quality_of(replace(frame, **images))
    assert quality.reasons == ((fault,) if fault else ())
    assert quality.measures is not None
    assert quality.measures.depth_coverage is None
    assert quality.measures.nearer is None


def test_where_depth_has_no_reading_the_faces_size_gives_the_distance() -> None:
    quality = quality_of(depth_holed(rendered("office", 0), 1.0))
    truth = rendered("office", 0).truth
    assert quality.measures is not None
    assert quality.measures.distance_mm == pytest.approx(truth.distance_mm, rel=0.2)
    assert Reason.TOO_NEAR not in quality.reasons


def test_the_most_important_fault_comes_first() -> None:
    frame = blurred(exposed(depth_scaled(rendered("office", 1), 0.3), 20), 5)
    assert quality_of(frame).reasons == (Reason.TOO_NEAR, Reason.TOO_DARK, Reason.BLURRED)


def test_no_limit_lets_a_frame_pass_that_is_no_evidence() -> None:
    lax = QualityConfig(
        min_distance_mm=0,
        max_distance_mm=65_535,
        max_off_centre=0.5,
        max_yaw_deg=90,
        max_pitch_deg=90,
        max_roll_deg=180,
        min_sharpness=0,
        min_brightness=0,
        max_overexposed=1,
        max_nearer=1,
        min_feature_coverage=0,
        max_nose_behind_mm=65_535,
    )
    frame = rendered("office", 1)
    for bad, reason in (
        (depth_holed(frame, 1.0), Reason.DEPTH_COVERAGE),
        (infrared_lit(frame, 0), Reason.TOO_DARK),
        (infrared_lit(frame, 255), Reason.INFRARED_SATURATED),
        (exposed(frame, 360), Reason.TOO_BRIGHT),
        (pushed_out(frame, 0.3), Reason.OUT_OF_FRAME),
    ):
        assert measure_quality(bad, *view_of(bad), lax).reasons == (reason,)


def test_a_good_view_does_not_change_what_the_model_says(tiny_checker: Checker) -> None:
    for level, outcome in ((40, Outcome.LIVE), (90, Outcome.SPOOF)):
        observation = tiny_checker.observe(photograph_frame(infrared_level=level))
        assert observation.quality is not None
        assert observation.quality.faults == ()
        assert observation.verdict.outcome is outcome


@pytest.mark.parametrize("name", ["sharpness", "yaw_deg", "distance_mm", "off_centre"])
def test_a_measure_that_is_no_number_is_a_fault(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from rise_edge.checks import quality

    real = quality._measure
    monkeypatch.setattr(
        quality, "_measure", lambda *given: replace(real(*given), **{name: float("nan")})
    )
    assert quality_of(rendered("office", 0)).faults


def test_a_face_without_its_crop_is_refused() -> None:
    frame = rendered("office", 0)
    with pytest.raises(ValueError, match="expected a crop of the face"):
        measure_quality(frame, view_of(frame)[0], None)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"min_sharpness": 1.5}, "min_sharpness from 0 to 1, got 1.5"),
        ({"max_nearer": -0.1}, "max_nearer from 0 to 1, got -0.1"),
        ({"max_yaw_deg": 100.0}, "max_yaw_deg from 0 to 90"),
        ({"min_brightness": float("nan")}, "min_brightness from 0 to 255, got nan"),
        ({"min_distance_mm": 900.0, "max_distance_mm": 400.0}, "below max_distance_mm, got 900"),
    ],
)
def test_limits_out_of_their_range_are_refused(fields: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        QualityConfig(**fields)


def test_a_checkers_own_limits_hold(checker: Checker) -> None:
    strict = Checker(checker.bundle, quality=QualityConfig(max_distance_mm=300.0))
    frame: Frame = rendered("office", 0)
    assert frame.present == frozenset(Modality)
    assert strict.check(frame).reason is Reason.TOO_FAR
    assert checker.check(frame).outcome is not Outcome.UNDECIDED
