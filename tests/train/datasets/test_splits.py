import numpy as np
import pytest

from tests.train.debug_data import debug_dataset
from train.datasets.splits import split_subjects


def test_no_subject_is_in_two_parts_and_no_crop_is_lost():
    splits = split_subjects(debug_dataset(), 0.2, 0.2, seed=0)
    parts = [set(part.subject) for part in (splits.train, splits.validation, splits.test)]
    assert sum(map(len, parts)) == len(set.union(*parts))
    assert sum(len(p) for p in (splits.train, splits.validation, splits.test)) == 480


def test_every_part_has_every_domain_and_species():
    splits = split_subjects(debug_dataset(), 0.2, 0.2, seed=3)
    for part in (splits.train, splits.validation, splits.test):
        assert set(part.domain) == {"dim", "lit"}
        assert set(part.species) == {"bona_fide", "print", "mask"}


def test_subjects_who_only_attack_are_divided_among_themselves():
    dataset = debug_dataset()
    names = np.where(dataset.bona_fide, dataset.subject, np.char.add(dataset.subject, " attacks"))
    object.__setattr__(dataset, "subject", names)
    splits = split_subjects(dataset, 0.2, 0.2, seed=1)
    for part in (splits.validation, splits.test):
        assert 0 < part.bona_fide.sum() < len(part)


def test_the_seed_decides():
    one, same, other = (split_subjects(debug_dataset(), 0.2, 0.2, seed) for seed in (0, 0, 1))
    assert np.array_equal(one.test.rows, same.test.rows)
    assert not np.array_equal(one.test.rows, other.test.rows)


def test_subjects_of_whom_no_two_are_alike_are_divided_by_the_shares_too():
    dataset = debug_dataset(1200, domains=tuple("abcdefgh"))
    generator = np.random.default_rng(0)
    object.__setattr__(dataset, "subject", generator.permutation(dataset.subject))
    splits = split_subjects(dataset, 0.2, 0.2, seed=0)
    people = [len(np.unique(part.subject)) for part in vars(splits).values()]
    assert people == [18, 6, 6]


@pytest.mark.parametrize(("validation", "test"), [(0.0, 0.2), (0.6, 0.5), (0.2, -0.1)])
def test_impossible_shares_are_refused(validation, test):
    with pytest.raises(ValueError, match="validation > 0"):
        split_subjects(debug_dataset(), validation, test, seed=0)


def test_too_few_subjects_are_refused():
    dataset = debug_dataset()
    with pytest.raises(ValueError, match="1 in all"):
        split_subjects(dataset.select(dataset.subject == "person 3"), 0.2, 0.2, seed=0)


def _parts(dataset):
    return {name: set(part.subject) for name, part in vars(_split(dataset)).items()}


def _split(dataset):
    return split_subjects(dataset, 0.15, 0.2, seed=0)


def test_one_subject_less_or_more_moves_nobody_from_training_to_test():
    whole = debug_dataset()
    before = _parts(whole)
    for person in np.unique(whole.subject):
        fewer = whole.select(whole.subject != person)
        after = _parts(fewer)
        assert not before["train"] & after["test"]
        assert not after["train"] & before["test"]
        assert sum(len(after[name] - before[name]) for name in before) <= 2
