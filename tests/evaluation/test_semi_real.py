"""Semi-real attacks: a sheet in the place of the relief, and nothing else changed."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from rise_edge.evaluation import LabelledCrop, LabelledCutter, read_labelled_sets
from rise_edge.evaluation.semi_real import NOISE_MM, SAGITTA_MM, with_sheet
from tests.evaluation.drawn_sets import row, write_set


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> LabelledCrop:
    folder = write_set(tmp_path_factory.mktemp("sets") / "lab", [row("a")])
    (found,) = LabelledCutter().cut(read_labelled_sets([folder])[0])
    assert isinstance(found, LabelledCrop)
    return found


def sheet_of(attack: LabelledCrop) -> NDArray[np.float64]:
    assert attack.frame.depth is not None
    return attack.frame.depth.pixels.astype(np.float64)


def test_a_flat_sheet_is_a_plane_with_the_sensors_noise(living: LabelledCrop) -> None:
    sheet = sheet_of(with_sheet(living, "semi_real_flat_sheet", 0))
    v, u = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
    terms = np.stack([u.ravel(), v.ravel(), np.ones(sheet.size)], axis=1)
    plane, *_ = np.linalg.lstsq(terms, sheet.ravel(), rcond=None)
    residual = sheet.ravel() - terms @ plane
    assert residual.std() == pytest.approx(np.hypot(NOISE_MM, 12**-0.5), rel=0.05)


def test_a_bent_sheet_lies_behind_at_its_edges(living: LabelledCrop) -> None:
    flat, bent = (sheet_of(with_sheet(living, species, 0)) for species in SAGITTA_MM)
    square = living.crop.square
    assert square is not None
    behind = (bent - flat)[:, [round(square.cx), round(square.cx - square.side / 2)]].mean(axis=0)
    assert behind.tolist() == pytest.approx([0, SAGITTA_MM["semi_real_bent_sheet"]], abs=2)


def test_the_rest_stays_a_living_persons(living: LabelledCrop) -> None:
    attack = with_sheet(living, "semi_real_flat_sheet", 0)
    assert (attack.crop.infrared == living.crop.infrared).all()
    assert attack.presentation.subject == living.presentation.subject
    assert not attack.presentation.bona_fide
    assert attack.presentation.species == "semi_real_flat_sheet"


def test_a_sheet_is_a_function_of_its_seed(living: LabelledCrop) -> None:
    one, same, other = (sheet_of(with_sheet(living, "semi_real_flat_sheet", s)) for s in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()
