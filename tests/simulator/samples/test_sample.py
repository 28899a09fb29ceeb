"""Crops: equal bytes for equal seeds, framed as a detector frames them, with their truth."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge.face import Face, crop_face, face_square
from rise_edge.simulator import DOMAINS, SPECIES, Presentation, render_crop
from rise_edge.simulator.samples.sample import shoot

CHECKOUT = Path(__file__).parents[3]


def digest(sample) -> str:
    crop = sample.crop
    parts = (crop.colour, crop.depth_mm, crop.infrared, sample.truth.keypoints)
    return hashlib.sha256(b"".join(a.tobytes() for a in parts)).hexdigest()


@pytest.mark.slow
def test_equal_seeds_give_equal_bytes_in_another_process():
    cases = [(3, "office", "silicone_mask", 5), (4, "clinic", "replay_lcd", 6)]
    code = (
        "from tests.simulator.samples.test_sample import digest\n"
        "from rise_edge.simulator import *\n"
        f"for s, d, k, i in {cases!r}:\n"
        "    print(digest(render_crop(s, domain=d, species=k, subject=i)))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    here = [digest(render_crop(s, domain=d, species=k, subject=i)) for s, d, k, i in cases]
    assert out.stdout.split() == here


def test_what_was_rendered_before_does_not_matter():
    first = digest(render_crop(9, domain="lobby", species="cut_print", subject=1))
    for subject in range(2, 16):  # more than any cache of heads holds
        render_crop(subject, domain="lobby", species="rigid_mask", subject=subject)
    assert digest(render_crop(9, domain="lobby", species="cut_print", subject=1)) == first


def test_every_argument_matters():
    base = {"domain": "office", "species": "flat_print", "subject": 1, "difficulty": 0.5}
    crops = [render_crop(1, **base), render_crop(2, **base)]
    for change in (
        {"domain": "street"},
        {"species": "bent_print"},
        {"subject": 2},
        {"difficulty": 0.9},
    ):
        crops.append(render_crop(1, **(base | change)))  # noqa: PERF401
    crops.append(render_crop(1, **base, synergy=1.0))
    assert len({digest(c) for c in crops}) == len(crops)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("species", [s.name for s in SPECIES])
def test_every_species_renders_in_every_domain_with_its_truth(domain, species):
    sample = render_crop(11, domain=domain, species=species, subject=3)
    crop, truth = sample.crop, sample.truth
    assert crop.colour.shape == (112, 112, 3)
    assert crop.colour.std() > 5
    assert (truth.species, truth.domain) == (species, domain)
    assert truth.bona_fide == species.startswith("bona_fide")
    assert truth.clean_depth_mm.shape == (112, 112)
    assert truth.presentation is None
    middle = truth.clean_depth_mm[28:84, 28:84]
    assert abs(np.median(middle) - truth.distance_mm) < 60


def test_the_face_stands_where_the_detectors_square_puts_it():
    centres, sides = [], []
    for seed in range(60):
        truth = render_crop(seed, domain="office", species="bona_fide", subject=seed % 6).truth
        square = face_square(truth.keypoints)
        centres.append((square.cx, square.cy))
        sides.append(square.side)
    assert np.allclose(np.mean(centres, axis=0), 55.5, atol=1.5)
    assert np.mean(sides) == pytest.approx(112, rel=0.02)
    assert 0.5 < np.std(centres) < 5  # as uncertain as a detector


@pytest.mark.parametrize("species", ["bona_fide", "flat_print", "replay_lcd", "rigid_mask"])
@pytest.mark.parametrize("domain", ["office", "lobby", "clinic"])
def test_a_crop_looks_like_one_cut_from_a_scene(domain, species):
    """One moment rendered at the crop's size, and as a scene that is cut as on a device."""
    for seed in range(3):
        one = Presentation(seed, domain=domain, species=species, subject=seed)
        frame = one.frame_at(one.presented_ms)
        cut = crop_face(frame, Face((0, 0, 1, 1), frame.truth.keypoints, 1.0))
        square = face_square(frame.truth.keypoints)
        moment = one.moment_at(one.presented_ms)
        direct, _, world_mm = shoot(one.setting, moment, square, np.random.default_rng(seed))
        assert direct.colour.mean() == pytest.approx(cut.colour.mean(), rel=0.08)
        assert likeness(direct.colour, cut.colour) > 0.95
        assert likeness(direct.infrared, cut.infrared) > 0.85
        face = np.abs(world_mm - frame.truth.distance_mm) < 100
        both = (direct.depth_mm > 0) & (cut.depth_mm > 0) & face
        seen = [(picture[face] > 0).mean() for picture in (direct.depth_mm, cut.depth_mm)]
        assert seen[0] == pytest.approx(seen[1], abs=0.25)
        gap = direct.depth_mm[both].astype(float) - cut.depth_mm[both]
        assert np.median(np.abs(gap)) < 10
        assert abs(np.median(gap)) < 9


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of two pictures without their grain."""
    soft = [cv2.GaussianBlur(picture, (0, 0), 4).ravel() for picture in (one, other)]
    return float(np.corrcoef(soft)[0, 1])


def test_the_same_subject_has_the_same_measures_in_all_domains_of_its_population():
    shape = set()
    for domain in DOMAINS.values():
        one = Presentation(1, domain=domain.name, species="bona_fide", subject=5)
        shape.add((domain.population, one.setting.staging.head.keypoints_mm.tobytes()))
    assert len(shape) == len({domain.population for domain in DOMAINS.values()})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"domain": "moon"}, "expected a domain among office, .*got 'moon'"),
        ({"species": "ghost"}, "expected a species among bona_fide, .*got 'ghost'"),
        ({"difficulty": 1.5}, "expected difficulty from 0 to 1, got 1.5"),
        ({"synergy": -1.5}, "expected synergy from -1 to 1, got -1.5"),
        ({"difficulty": float("nan")}, "expected difficulty from 0 to 1, got nan"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(change, message):
    arguments = {"domain": "office", "species": "bona_fide", "subject": 0} | change
    with pytest.raises(ValueError, match=message):
        render_crop(1, **arguments)


def test_a_small_face_is_enlarged_as_it_is_cut():
    """At 1 m a Kinect gives a face some 75 pixels: a crop repeats every other of them."""
    for seed in range(3):
        crop = render_crop(seed, domain="kinect_v2", species="bona_fide", subject=seed).crop
        side = round(crop.square.side)
        assert side < 112
        columns = crop.depth_mm.T
        repeated = sum(np.array_equal(a, b) for a, b in pairwise(columns))
        assert repeated == 112 - side
