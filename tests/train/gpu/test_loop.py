import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from tests.train.gpu.debug_rendered import debug_cell, debug_place
from train.config import TrainConfig
from train.gpu.cell import start
from train.gpu.draw import draw_steps
from train.gpu.loop import Loop, LoopConfig


def test_the_defaults_are_those_of_the_trainer(tmp_path):
    wanted = TrainConfig(out=tmp_path)
    config = LoopConfig()
    for name in ("batch_size", "learning_rate", "weight_decay", "clip_norm", "augment"):
        assert getattr(config, name) == getattr(wanted, name)


@pytest.mark.parametrize("row", ["erm", "radial", "asyirm", "mmsd", "rise", "disentanglement"])
def test_no_step_waits_for_the_device(row):
    """A fake tensor has no value: whatever would have to read one, as a sync does, fails."""
    place, cell = debug_place(), debug_cell(row)
    splits = place.splits(cell)
    draw = draw_steps(splits.train, cell.loop.batch_size, 3, 0, place.nobody, 0.1)
    algorithm, _ = start(cell, place, splits, 1)
    mode = FakeTensorMode()
    for tensors in (algorithm, place.images, draw):
        _fake(tensors, mode)
    with mode:
        loop = Loop(algorithm, algorithm, place.images, draw, cell.loop, seed=0)
        loop.run(0, 3)


def _fake(holder, mode):
    """Turn all tensors of a module or a frozen dataclass into fake ones."""
    if isinstance(holder, torch.nn.Module):
        tensors = [held for m in holder.modules() for held in (m._parameters, m._buffers)]
        for held in tensors:
            held.update({n: mode.from_tensor(v) for n, v in held.items() if v is not None})
        return
    for name, value in vars(holder).items():
        if isinstance(value, torch.Tensor):
            object.__setattr__(holder, name, mode.from_tensor(value))


def test_the_loop_learns():
    place, cell = debug_place(), debug_cell("rise")
    splits = place.splits(cell)
    algorithm, loop = start(cell, place, splits, 60)
    batch = splits.train.batch(loop.draw.rows[0].numpy())
    before = algorithm.update(batch, 0.0)["classification"]
    loop.run(0, 60)
    assert algorithm.update(batch, 0.0)["classification"] < 0.8 * before
