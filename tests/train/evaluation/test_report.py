import numpy as np
import pytest

from rise_edge import pad_metrics
from tests.train.debug_data import debug_dataset
from train.evaluation.report import by_species, measure, summary


def _numbers():
    dataset = debug_dataset()
    mean = np.where(dataset.bona_fide, 0.0, np.where(dataset.species == "mask", 1.0, 4.0))
    found = np.random.default_rng(0).normal(mean, 1.0).astype(np.float32)
    return dataset, found, measure(found, dataset, 1.0)


def test_the_report_holds_what_pad_metrics_gives_with_intervals_around_it():
    dataset, found, numbers = _numbers()
    live, species = dataset.bona_fide, dataset.species
    rates = {name: n["rate"] for name, n in numbers["apcer"].items()}
    assert rates == pad_metrics.apcer(found, live, species, 1.0)
    assert numbers["worst_apcer"]["species"] == "mask"
    assert numbers["bpcer"]["errors"] == np.sum(found[live] > 1.0)
    assert numbers["hter"]["rate"] == pad_metrics.hter(found, live, 1.0)
    assert numbers["auc"]["rate"] == pad_metrics.auc(found, live)
    for name in ("worst_apcer", "bpcer", "hter", "eer", "auc"):
        low, high = numbers[name]["interval"]
        assert low <= numbers[name]["rate"] <= high
    at = numbers["bpcer_at_apcer"]
    assert at["10%"] <= at["5%"] <= at["1%"]


def test_tables_show_the_worst_species_first():
    _, _, numbers = _numbers()
    assert "(mask)" in str(summary({"colour": numbers}))
    assert [row[0] for row in by_species(numbers).rows] == ["mask", "print"]


def test_a_missing_class_is_an_error():
    dataset, found, _ = _numbers()
    with pytest.raises(ValueError, match="attack"):
        measure(found[dataset.bona_fide], dataset.select(dataset.bona_fide), 1.0)
