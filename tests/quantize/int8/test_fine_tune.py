"""The fake-quantised network comes closer to its teacher, and can be stopped at any epoch."""

import dataclasses

import pytest
import torch

from quantize.int8.fine_tune import FineTuneConfig, FineTuner, calibration_crops
from tests.quantize.small_network import prepared_network, trained_like
from tests.train.debug_data import debug_dataset
from train.datasets.augment import AugmentConfig
from train.loop.checkpoint import RunError, load

CONFIG = FineTuneConfig(epochs=2, batch_size=16, learning_rate=1e-3)
RADII = {"colour+depth+infrared": 0.9}


def tuner(folder, dataset=None, **changes):
    network = trained_like()
    config = dataclasses.replace(CONFIG, **changes)
    data = dataset or debug_dataset(96)
    prepared = prepared_network()
    from quantize.int8.fake_quantise import set_ranges

    set_ranges(prepared, calibration_crops(data, config))
    return FineTuner(
        prepared, network, data, RADII, AugmentConfig(), config, folder / "qat.safetensors"
    )


def test_the_loss_falls_and_the_teacher_stays(tmp_path):
    made = tuner(tmp_path, epochs=4)
    before = {name: value.clone() for name, value in made.teacher.state_dict().items()}
    made.run()
    assert made.history[-1]["total"] < 0.9 * made.history[0]["total"]
    assert all(torch.equal(v, before[n]) for n, v in made.teacher.state_dict().items())


def test_a_resumed_run_is_the_run_that_was_not_interrupted(tmp_path):
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole = tuner(tmp_path / "whole")
    whole.run()

    def stop():
        stop.left -= 1
        if not stop.left:
            raise KeyboardInterrupt

    stop.left = whole.sampler.steps + 2
    with pytest.raises(KeyboardInterrupt):
        tuner(tmp_path / "parts").run(stop)
    resumed = tuner(tmp_path / "parts")
    assert len(resumed.history) == 1
    resumed.run()
    assert resumed.history == whole.history
    for name, value in whole.prepared.state_dict().items():
        assert torch.equal(resumed.prepared.state_dict()[name], value), name


def test_nan_is_an_error_and_the_last_good_state_stays(tmp_path):
    made = tuner(tmp_path, epochs=1)
    made.run()
    again = tuner(tmp_path)
    with torch.no_grad():
        next(iter(again.prepared.parameters())).fill_(float("nan"))
    with pytest.raises(RunError, match=r"diverged in epoch 2.*last good state"):
        again.run()
    tensors, state = load(tmp_path / "qat.safetensors")
    assert len(state["history"]) == 1
    assert all(torch.isfinite(v).all() for n, v in tensors.items() if n.endswith("weight"))


def test_a_domain_with_one_class_is_refused_before_training(tmp_path):
    data = debug_dataset(96)
    data = data.select((data.domain == "lit") | data.bona_fide)
    with pytest.raises(RunError, match="domain dim: expected attack presentations"):
        tuner(tmp_path, data)


def test_no_epochs_calibrate_and_change_no_weight(tmp_path):
    made = tuner(tmp_path, epochs=0)
    before = {name: value.clone() for name, value in made.prepared.named_parameters()}
    made.run()
    assert all(torch.equal(v, before[n]) for n, v in made.prepared.named_parameters())
    assert any(
        not torch.equal(b, torch.ones_like(b))
        for n, b in made.prepared.named_buffers()
        if n.endswith("scale")
    )
