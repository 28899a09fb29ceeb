from pathlib import Path

import pytest

from tests.train.debug_data import debug_config
from train.algorithms import ALGORITHMS, AlgorithmConfig, build_algorithm
from train.leave_one_out.cells import PARTS, ROWS, Task, Variant, cell_config, tasks
from train.models.registry import build_network


def test_leave_one_out_measures_in_each_domain_what_the_others_taught():
    found = tasks("leave-one-out", ("a", "b", "c"))
    assert found == [Task(("b", "c"), ("a",)), Task(("a", "c"), ("b",)), Task(("a", "b"), ("c",))]


def test_only_the_named_targets_are_left_out():
    assert tasks("leave-one-out", ("a", "b", "c"), ("b",)) == [Task(("a", "c"), ("b",))]


def test_all_sources_are_measured_elsewhere():
    assert tasks("all-sources", ("a", "b"), ("c",)) == [Task(("a", "b"), ("c",))]


@pytest.mark.parametrize(
    ("protocol", "targets"),
    [
        ("leave-one-out", ("z",)),
        ("limited-sources", ("a",)),
        ("all-sources", ()),
        ("all-sources", ("a",)),
    ],
)
def test_targets_that_a_protocol_has_no_use_for_are_refused(protocol, targets):
    with pytest.raises(ValueError, match="target"):
        tasks(protocol, ("a", "b", "c"), targets)


def test_limited_sources_go_both_ways():
    found = tasks("limited-sources", ("c", "w", "p", "s"))
    assert [task.name for task in found] == ["c+w-to-p+s", "p+s-to-c+w"]


def test_one_domain_is_too_few():
    with pytest.raises(ValueError, match="two domains"):
        tasks("leave-one-out", ("a",))


@pytest.mark.parametrize("row", ROWS)
def test_every_row_can_be_built(row):
    config = cell_config(debug_config(Path("x")), Variant(row), Task(("a", "b"), ("c",)), seed=3)
    algorithm = build_algorithm(build_network(config.network), config.algorithm, 2)
    assert isinstance(algorithm, ALGORITHMS[ROWS[row][0]])
    assert config.data.domains == ("a", "b")
    assert config.seed == 3


def test_a_swept_field_is_in_the_name_and_in_the_config():
    variant = Variant("rise", (("weight_irm", 0.1),))
    assert variant.name == "rise,weight_irm=0.1"
    assert variant.algorithm(debug_config(Path("x")).algorithm).weight_irm == 0.1


@pytest.mark.parametrize("part", ["angular", "mixing", "shuffling", "recombination", "denial"])
def test_a_row_about_one_part_of_rise_has_its_weight_alone(part):
    base = AlgorithmConfig(weight_angular=0.0, weight_denial=0.2)
    made = vars(Variant(part).algorithm(base))
    assert [name for name in PARTS if made[f"weight_{name}"]] == [part]
    assert made["weight_denial"] in (0.0, 0.2)


def test_all_of_rise_is_what_the_config_says():
    base = AlgorithmConfig(weight_mixing=0.2)
    assert Variant("rise").algorithm(base) == base
