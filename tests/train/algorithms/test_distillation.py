"""Distillation: what is compared, who is trained, and which teachers are refused."""

import copy
import dataclasses

import numpy as np
import pytest
import torch

from tests.train.debug_data import debug_config, debug_dataset, debug_splits
from train.algorithms import ALGORITHMS, AlgorithmConfig, build_algorithm
from train.algorithms.distillation import (
    DistillationConfig,
    Distilled,
    Placement,
    distillation_losses,
    placement,
)
from train.datasets.sampler import BalancedSampler
from train.evaluation.scoring import outputs
from train.loop.checkpoint import BEST, LAST, RunError, load, open_run
from train.loop.teacher import open_teacher
from train.loop.trainer import Trainer
from train.models.networks import NetworkConfig
from train.models.registry import build_network
from train.train import train_on

_RADIAL = [name for name, kind in ALGORITHMS.items() if kind.needs_sphere is not False]
_BOTH = DistillationConfig(weight_norm=1.0, weight_direction=1.0)


def _algorithm(name="erm", width=4):
    network = build_network(NetworkConfig(width=width, directions=4))
    return build_algorithm(network, AlgorithmConfig(name=name), domains=2)


def _frozen(width=8):
    return _algorithm(width=width).eval().requires_grad_(False)


def _batch():
    dataset = debug_dataset(160)
    return dataset.batch(next(BalancedSampler(dataset, 32, 0).epoch(0)))


def test_lengths_are_compared_apart_from_each_networks_radius():
    teacher, batch = _frozen(), _batch()
    features = teacher.features(batch)
    wide = copy.deepcopy(teacher)
    wide.radius.s += 3
    grown = features._replace(logits=features.logits + 3)
    own, taught = placement(wide, grown), placement(teacher, features)
    assert torch.allclose(own.logit, taught.logit, atol=1e-5)
    found = distillation_losses(placement(wide, features), taught, _BOTH)["distillation_norm"]
    assert found.item() == pytest.approx(3.0, rel=1e-5)


def test_the_student_cannot_come_closer_by_moving_its_radius():
    student, teacher, batch = _algorithm(), _frozen(), _batch()
    own = placement(student, student.features(batch))
    taught = placement(teacher, teacher.features(batch))
    distillation_losses(own, taught, _BOTH)["distillation_norm"].backward()
    assert student.radius.s.grad is None
    assert student.network.head.fused.length.weight.grad.any()


def test_directions_are_compared_over_the_modalities_that_are_present():
    batch = _batch()
    present = batch.present.clone()
    present[::2, 1] = 0
    batch = dataclasses.replace(batch, present=present)
    places, terms = [], []
    for algorithm in (_frozen(4), _frozen(8)):
        features = algorithm.features(batch)
        places.append(placement(algorithm, features))
        terms.append(features.embedding.numpy().reshape(len(batch), 4, 4))
    own, taught = (t / np.maximum(np.linalg.norm(t, axis=2, keepdims=True), 1e-9) for t in terms)
    seen = np.concatenate([present.numpy(), np.ones((len(batch), 1))], axis=1)
    cosine = ((own * taught).sum(2) * seen).sum(1) / seen.sum(1)
    found = distillation_losses(*places, _BOTH)["distillation_direction"]
    assert found.item() == pytest.approx((1 - cosine).mean(), abs=1e-5)


@pytest.mark.parametrize("left", ["norm", "direction"])
def test_a_weight_of_zero_switches_its_loss_off_and_the_other_scales(left):
    own = Placement(torch.tensor([1.0, 2.0]), torch.eye(2))
    taught = Placement(torch.tensor([1.5, 2.5]), torch.eye(2).flip(0))
    weights = {"weight_norm": 0.0, "weight_direction": 0.0, f"weight_{left}": 2.0}
    losses = distillation_losses(own, taught, DistillationConfig(**weights))
    expected = {"norm": 2 * 0.5, "direction": 2 * 1.0}[left]
    assert {name: loss.item() for name, loss in losses.items()} == {
        f"distillation_{left}": pytest.approx(expected)
    }


@pytest.mark.parametrize("name", _RADIAL)
def test_every_radial_algorithm_keeps_its_losses_and_adds_those_of_the_teacher(name):
    student, teacher, batch = _algorithm(name), _frozen(), _batch()
    torch.manual_seed(7)
    alone = copy.deepcopy(student).update(batch, progress=0.9)
    torch.manual_seed(7)
    losses = Distilled(student, teacher, _BOTH).update(batch, progress=0.9)
    added = {"distillation_norm", "distillation_direction"}
    assert losses.keys() == alone.keys() | added
    assert all(losses[n].item() == alone[n].item() for n in alone if n != "total")
    expected = alone["total"] + sum(losses[n] for n in added)
    assert losses["total"].item() == pytest.approx(expected.item(), rel=1e-6)


def test_the_teacher_is_no_part_of_what_is_trained_and_stays_as_it_was():
    student, teacher = _algorithm(), _frozen()
    before = copy.deepcopy(teacher.state_dict())
    distilled = Distilled(student, teacher, _BOTH).train()
    distilled.update(_batch(), progress=0.0)["total"].backward()
    assert len(list(distilled.parameters())) == len(list(student.parameters()))
    assert not teacher.training
    assert all(torch.equal(value, before[name]) for name, value in teacher.state_dict().items())


@pytest.fixture(scope="module")
def splits():
    return debug_splits()


@pytest.fixture(scope="module")
def teacher(tmp_path_factory, splits):
    config = debug_config(
        tmp_path_factory.mktemp("teacher") / "large", network=NetworkConfig(width=8, directions=4)
    )
    train_on(config, splits)
    return config


@pytest.fixture(scope="module")
def student(tmp_path_factory, splits, teacher):
    config = debug_config(
        tmp_path_factory.mktemp("student") / "edge", teacher=teacher.out, distillation=_BOTH
    )
    train_on(config, splits)
    return config


def test_a_student_comes_closer_to_its_teacher_than_one_that_learns_alone(
    tmp_path, splits, teacher, student
):
    alone = dataclasses.replace(student, out=tmp_path / "alone", teacher=None)
    train_on(alone, splits)
    placed, direction = [], []
    for folder, epoch in ((teacher.out, BEST), (student.out, LAST), (alone.out, LAST)):
        algorithm = open_run(folder, epoch).algorithm
        found = outputs(algorithm, splits.test)
        placed.append(found.logits - algorithm.radius.s.item())
        direction.append(algorithm.network.direction(torch.from_numpy(found.embedding)))
    taught, untaught = (np.abs(placed[i] - placed[0]).mean() for i in (1, 2))
    assert taught < 0.7 * untaught
    taught, untaught = ((direction[i] * direction[0]).sum(1).mean() for i in (1, 2))
    assert taught > 0.5 > untaught


def test_a_run_stores_the_student_alone(teacher, student):
    stored = load(student.out / BEST)[0]
    expected = open_run(student.out).algorithm.state_dict()
    assert stored.keys() == {f"model.{name}" for name in expected}
    assert student.teacher == teacher.out


def test_a_student_that_resumes_equals_the_unbroken_one_to_the_bit(
    tmp_path, splits, student, monkeypatch
):
    config = dataclasses.replace(student, out=tmp_path / "broken")
    epoch_of = Trainer._epoch

    def stop_in_the_third(self, epoch, advance):
        if epoch == 2:
            raise KeyboardInterrupt
        return epoch_of(self, epoch, advance)

    monkeypatch.setattr("train.loop.trainer.Trainer._epoch", stop_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        train_on(config, splits)
    monkeypatch.undo()
    train_on(dataclasses.replace(config, resume=True), splits)
    whole, broken = load(student.out / LAST)[0], load(config.out / LAST)[0]
    assert whole.keys() == broken.keys()
    assert all(torch.equal(whole[name], broken[name]) for name in whole)


def test_a_student_does_not_go_on_with_another_teacher_or_none(student, splits):
    for other in (student.out, None):
        config = dataclasses.replace(student, resume=True, teacher=other)
        with pytest.raises(RunError, match="begun with teacher"):
            train_on(config, splits)


_NETWORK = NetworkConfig(width=4, directions=4)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"network": dataclasses.replace(_NETWORK, head="linear")}, r"network\.head = polar"),
        ({"network": dataclasses.replace(_NETWORK, directions=8)}, r"network\.directions = 4"),
        ({"data": {"seed": 1}}, "data = "),
    ],
)
def test_a_teacher_that_does_not_fit_is_refused_before_there_is_a_run(
    tmp_path, splits, teacher, fields, named
):
    config = debug_config(tmp_path / "run", teacher=teacher.out)
    if "data" in fields:
        fields = {"data": dataclasses.replace(config.data, **fields["data"])}
    with pytest.raises(RunError, match=named):
        train_on(dataclasses.replace(config, **fields), splits)
    assert not config.out.exists()


def test_a_teacher_from_another_cache_of_the_same_data_fits(tmp_path, teacher):
    config = debug_config(tmp_path / "run", teacher=teacher.out)
    data = dataclasses.replace(config.data, cache=tmp_path, workers=1)
    assert open_teacher(dataclasses.replace(config, data=data)) is not None


def test_a_folder_without_a_finished_radial_run_is_no_teacher(tmp_path, splits, teacher):
    config = debug_config(tmp_path / "run", teacher=tmp_path / "none")
    with pytest.raises(RunError, match=r"expected a training run in .*none"):
        train_on(config, splits)
    linear = debug_config(
        tmp_path / "linear", epochs=1, network=dataclasses.replace(_NETWORK, head="linear")
    )
    train_on(linear, splits)
    with pytest.raises(RunError, match="linear head"):
        train_on(dataclasses.replace(config, teacher=linear.out), splits)
    stored = linear.out / "config.json"
    stored.write_text(stored.read_text().replace('"epochs": 1', '"epochs": 3'))
    with pytest.raises(RunError, match="done 1 of 3 epochs"):
        train_on(dataclasses.replace(config, teacher=linear.out), splits)


@pytest.mark.parametrize("name", ["weight_norm", "weight_direction"])
def test_a_negative_weight_is_refused(name):
    with pytest.raises(ValueError, match=name):
        DistillationConfig(**{name: -0.1})


def test_a_teacher_that_would_teach_nothing_is_refused(tmp_path):
    nothing = DistillationConfig(weight_norm=0.0, weight_direction=0.0)
    with pytest.raises(ValueError, match="weight_norm or weight_direction"):
        debug_config(tmp_path, teacher=tmp_path, distillation=nothing)
