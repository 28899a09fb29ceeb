"""Species: each differs from a bona fide face as its material does in life."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from rise_edge.simulator import SPECIES, Presentation, Radiance
from rise_edge.simulator.domains import DOMAINS
from rise_edge.simulator.rendering import View
from rise_edge.simulator.samples.sample import render
from rise_edge.simulator.species import species_named

SUBJECTS = range(4)


@lru_cache(maxsize=64)
def presented(species: str, subject: int, difficulty: float = 0.3, domain: str = "office"):
    """What reaches the sensors while a face is presented, and the truth of it."""
    one = Presentation(
        500 + subject, domain=domain, species=species, subject=subject, difficulty=difficulty
    )
    frame = one.frame_at(one.presented_ms)
    view = View(one.viewpoint.intrinsics, *frame.infrared.pixels.shape[::-1])
    return render(one.setting, one.moment_at(one.presented_ms), view), frame.truth


def on_face(radiance: Radiance, truth) -> tuple[slice, slice]:
    """Pixels between the eyes, the nose and the mouth."""
    points = truth.keypoints[:4]
    (x0, y0), (x1, y1) = points.min(0), points.max(0)
    return slice(int(y0), int(y1)), slice(int(x0), int(x1))


def out_of_plane_mm(radiance: Radiance, truth) -> float:
    """How far the face's depth is from a plane, standard deviation."""
    at = on_face(radiance, truth)
    z = radiance.depth_mm[at].ravel().astype(np.float64)
    rows, columns = (a.ravel() for a in np.mgrid[at[0], at[1]])
    # A plane in space is linear in inverse depth over the image.
    design = np.stack([rows, columns, np.ones_like(rows)], 1).astype(np.float64)
    fit, *_ = np.linalg.lstsq(design, 1 / z, rcond=None)
    return float(np.std(z - 1 / (design @ fit)))


@pytest.mark.parametrize("species", ["flat_print", "replay_lcd", "replay_oled"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_flat_attacks_are_planes_in_depth(species, subject):
    assert out_of_plane_mm(*presented(species, subject)) < 0.3


@pytest.mark.parametrize(
    "species", ["bona_fide", "bona_fide_medical_mask", "rigid_mask", "silicone_mask", "mannequin"]
)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_faces_and_masks_have_relief(species, subject):
    assert out_of_plane_mm(*presented(species, subject)) > 3.0


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_bent_print_has_some_relief_but_no_nose(subject):
    assert 0.2 < out_of_plane_mm(*presented("bent_print", subject)) < 4.0


@pytest.mark.parametrize("species", ["replay_lcd", "replay_oled"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_screens_are_dark_in_near_infrared_but_for_a_glint(species, subject):
    screen, truth = presented(species, subject)
    face, face_truth = presented("bona_fide", subject)
    dark = np.percentile(screen.infrared[on_face(screen, truth)], 20)
    assert dark < 0.35 * np.median(face.infrared[on_face(face, face_truth)])


@pytest.mark.parametrize("species", ["replay_lcd", "replay_oled", "flat_print", "bona_fide"])
def test_screens_alone_shine_in_a_dark_room(species):
    one = Presentation(3, domain="office", species=species, subject=1)
    off = replace(one.setting.lighting, ambient=(0.0, 0.0, 0.0), key=(0.0, 0.0, 0.0))
    dark = replace(one.setting, lighting=off)
    view = View(one.viewpoint.intrinsics, 640, 480)
    seen = render(dark, one.moment_at(one.presented_ms), view)
    face = on_face(seen, one.frame_at(one.presented_ms).truth)
    assert (np.median(seen.colour[face]) > 0.02) == species.startswith("replay")


@pytest.mark.slow
def test_dye_prints_fade_in_near_infrared_and_carbon_prints_do_not():
    """At no difficulty three prints of four are dye; at the highest most are carbon."""

    def contrast(subject, difficulty):
        radiance, truth = presented("flat_print", subject, difficulty)
        (x0, y0), (x1, _) = truth.keypoints[0], truth.keypoints[1]
        side = abs(x1 - x0)
        brow = slice(int(y0 - 0.3 * side), int(y0 + 0.3 * side)), slice(int(x0), int(x1))
        seen = radiance.infrared[brow]
        return float(np.std(seen) / np.mean(seen))

    crude = [contrast(subject, 0.0) for subject in range(8)]
    hard = [contrast(subject, 1.0) for subject in range(8)]
    assert np.median(crude) < 0.5 * np.median(hard)


def test_colour_of_skin_varies_far_more_between_people_than_its_infrared():
    seen = [presented("bona_fide", subject) for subject in range(12)]
    colour = [np.median(r.colour[on_face(r, t)][..., 1]) for r, t in seen]
    flat = [np.median(r.infrared[on_face(r, t)]) * (t.distance_mm / 500) ** 2 for r, t in seen]
    assert np.std(np.log(colour)) > 2 * np.std(np.log(flat))


def test_cut_eyes_lie_behind_the_paper():
    radiance, truth = presented("cut_print", 1)
    u, v = np.round(truth.keypoints[0]).astype(int)
    cheek = radiance.depth_mm[v + 25, u]
    assert radiance.depth_mm[v, u] > cheek + 10


@pytest.mark.parametrize("subject", SUBJECTS)
def test_mannequins_shine_more_than_skin(subject):
    dummy, truth = presented("mannequin", subject)
    face, face_truth = presented("bona_fide", subject)
    assert dummy.gloss[on_face(dummy, truth)].mean() > (
        1.1 * face.gloss[on_face(face, face_truth)].mean()
    )


@pytest.mark.parametrize("species", SPECIES, ids=lambda s: s.name)
def test_difficulty_changes_the_attack_and_never_the_bona_fide(species):
    easy, hard = (presented(species.name, 2, difficulty)[0] for difficulty in (0.0, 1.0))
    same = np.array_equal(easy.colour, hard.colour) and np.array_equal(easy.infrared, hard.infrared)
    assert same == species.bona_fide


@pytest.mark.slow
def test_hard_silicone_is_nearer_to_skin_in_infrared_than_crude_silicone():
    def distance(difficulty):
        gaps = []
        for subject in range(8):
            mask, truth = presented("silicone_mask", subject, difficulty)
            face, face_truth = presented("bona_fide", subject)
            levels = [
                np.median(r.infrared[on_face(r, t)]) * (t.distance_mm / 500) ** 2
                for r, t in ((mask, truth), (face, face_truth))
            ]
            gaps.append(abs(np.log(levels[0] / levels[1])))
        return np.mean(gaps)

    assert distance(1.0) < 0.8 * distance(0.0)


def test_species_are_named_once_and_keep_their_keys():
    names, keys = [s.name for s in SPECIES], [s.key for s in SPECIES]
    assert len(set(names)) == len(names)
    assert len(set(keys)) == len(keys)
    assert sum(not s.bona_fide for s in SPECIES) >= 8


def test_every_attack_is_in_some_domain_that_is_trained_on():
    mixed = {name for d in DOMAINS.values() if d.use == "training" for name, _ in d.species}
    assert mixed == {s.name for s in SPECIES if not s.bona_fide}


def test_an_unknown_species_is_refused_with_the_known_names():
    with pytest.raises(ValueError, match=r"expected a species among bona_fide, .*got 'ghost'"):
        species_named("ghost")


def test_the_painted_eyes_of_a_crude_mannequin_fade_in_near_infrared():
    def contrast(species):
        radiance, truth = presented(species, 1, 0.0, "clinic")
        (x0, y), (x1, _) = truth.keypoints[0], truth.keypoints[1]
        half = int(abs(x1 - x0) * 0.2)
        at = slice(int(y) - half // 2, int(y) + half // 2), slice(int(x0) - half, int(x0) + half)
        seen = radiance.infrared[at]
        return float(np.std(seen) / np.mean(seen))

    assert contrast("mannequin") < 0.7 * contrast("bona_fide")
