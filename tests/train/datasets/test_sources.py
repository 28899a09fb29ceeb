"""Sources: one domain by itself, with the synergy reversed where training does not see it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from train.datasets.sources import DataConfig, load_dataset, load_domain


def config(cache: Path, **changes: object) -> DataConfig:
    return DataConfig(crops=12, subjects=3, cache=cache, workers=1, **changes)


@pytest.mark.parametrize(
    ("domain", "unseen", "synergy"),
    [("office", False, 1.0), ("office", True, -1.0), ("night", True, 1.0), ("depot", True, 1.0)],
)
def test_a_domain_that_training_does_not_see_has_the_reverse_of_its_synergy(
    domain, unseen, synergy, tmp_path
):
    found = load_domain(config(tmp_path, synergy=1.0), domain, unseen=unseen)
    wanted = load_dataset(config(tmp_path, synergy=synergy, domains=(domain,)))
    assert np.array_equal(found.infrared, wanted.infrared)


def test_without_synergy_seen_and_unseen_are_the_same_crops(tmp_path):
    for unseen in (False, True):
        load_domain(config(tmp_path), "office", unseen=unseen)
    assert len([entry for entry in tmp_path.iterdir() if entry.is_dir()]) == 1
