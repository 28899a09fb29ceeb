import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantize.measure.decision_margin import (
    Norms,
    flipped,
    largest_radial_error,
    margin_picture,
    margin_tables,
    measure_margin,
)
from tests.train.debug_data import debug_dataset
from train.evaluation.plots import png


def norms(before, after, radius_before=1.0, radius_after=1.0):
    return Norms(np.float32(before), np.float32(after), radius_before, radius_after)


LIVE = np.array([True, True, False, False])


def test_a_decision_that_changes_its_side_is_a_flip_and_the_sphere_belongs_to_the_inside():
    moved = norms([0.9, 0.9, 1.0, 1.5], [0.95, 1.1, 1.0, 0.9])
    assert flipped(moved).tolist() == [False, True, False, True]
    report = measure_margin(moved, LIVE, 0.0)
    assert (report.flips, report.flip_rate) == (2, 0.5)


def test_a_norm_that_only_scales_with_its_radius_has_no_error_and_keeps_all_margin():
    scaled = norms([0.5, 0.6, 1.5, 2.0], [1.0, 1.2, 3.0, 4.0], 1.0, 2.0)
    report = measure_margin(scaled, LIVE, 0.0)
    assert report.flips == 0
    assert report.radial_error["1"] == pytest.approx(0, abs=1e-6)
    assert report.retention == pytest.approx(1)


def test_retention_is_the_share_of_the_margin_on_the_right_side_that_is_left():
    halved = norms([0.5, 0.5, 1.5, 1.5], [0.75, 0.75, 1.25, 1.25])
    assert measure_margin(halved, LIVE, 0.0).retention == pytest.approx(0.5)


def test_a_model_without_margin_has_none_to_keep():
    wrong = norms([1.5, 1.5, 0.5, 0.5], [1.5, 1.5, 0.5, 0.5])
    assert measure_margin(wrong, LIVE, 0.0).retention is None


def test_radial_error_quantiles_are_in_radii():
    moved = norms([1.0] * 4, [1.0, 1.1, 1.2, 1.4], 2.0, 2.0)
    quantiles = measure_margin(moved, LIVE, 0.0).radial_error
    assert quantiles["0.5"] == pytest.approx(0.075)
    assert quantiles["1"] == pytest.approx(0.2)
    assert largest_radial_error(moved) == pytest.approx(0.2)


def test_safe_is_a_margin_beyond_the_largest_error_of_calibration():
    still = norms([0.5, 0.95, 1.05, 1.5], [0.5, 0.95, 1.05, 1.5])
    assert measure_margin(still, LIVE, 0.1).safe == 0.5


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.01, 3), st.floats(-0.2, 0.2)), min_size=1, max_size=50),
    st.floats(0.2, 2),
)
def test_a_safe_decision_never_flips_on_the_crops_that_the_error_was_taken_from(rows, radius):
    before = np.array([row[0] for row in rows], np.float32)
    after = np.maximum(before + np.float32([row[1] for row in rows]), 0).astype(np.float32)
    moved = Norms(before, after, radius, radius)
    safe = np.abs(moved.margin_before) > largest_radial_error(moved) + 1e-6
    assert not (flipped(moved) & safe).any()


def test_tables_tell_domains_and_species_apart():
    dataset = debug_dataset(48)
    before = np.where(dataset.bona_fide, 0.5, 1.5).astype(np.float32)
    after = np.where(dataset.species == "mask", np.float32(0.9), before)
    tables = margin_tables(norms(before, after), dataset, 0.1)
    assert tables["species"]["mask"]["flip_rate"] == 1
    assert tables["species"]["print"]["flips"] == tables["species"]["bona_fide"]["flips"] == 0
    assert set(tables["domain"]) == {"dim", "lit"}
    assert tables["all"]["flips"] == sum(d["flips"] for d in tables["domain"].values()) == 12


def test_the_picture_is_a_png():
    dataset = debug_dataset(48)
    before = np.where(dataset.bona_fide, 0.5, 1.5).astype(np.float32)
    picture = png(margin_picture(norms(before, before[::-1].copy()), dataset, 0.1))
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("before", "after", "radius", "message"),
    [
        ([1.0, 1.0], [1.0], 1.0, "as many norms"),
        ([], [], 1.0, "at least one"),
        ([1.0], [np.nan], 1.0, "finite norms after"),
        ([1.0], [1.0], 0.0, "radius_after > 0"),
    ],
    ids=["lengths", "empty", "NaN", "radius"],
)
def test_what_cannot_be_measured_is_refused(before, after, radius, message):
    with pytest.raises(ValueError, match=message):
        norms(before, after, radius_after=radius)


def test_labels_of_another_length_are_refused():
    with pytest.raises(ValueError, match="expected labels"):
        measure_margin(norms([1.0], [1.0]), LIVE, 0.0)
