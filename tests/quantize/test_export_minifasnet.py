"""MiniFASNet's weights become files that a second opinion opens, under their authors' names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from quantize.export_minifasnet import export
from rise_edge import Face, SecondOpinion
from rise_edge.errors import OpinionError

# A network with the interface of theirs: its class, its argument, three classes before softmax.
NETWORKS = """
import torch

class MiniFASNetV2(torch.nn.Module):
    def __init__(self, conv6_kernel):
        super().__init__()
        assert conv6_kernel == (5, 5)
        self.last = torch.nn.Linear(3, 3)

    def forward(self, picture):
        return self.last(picture.mean((2, 3)))
"""
NAME = "2.7_80x80_MiniFASNetV2"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "Silent-Face-Anti-Spoofing"
    for part in ("src/model_lib", "resources/anti_spoof_models"):
        (folder / part).mkdir(parents=True)
    (folder / "src/model_lib/MiniFASNet.py").write_text(NETWORKS)
    by_blue = torch.tensor([[0.0, 0, 0], [0.1, 0, 0], [0, 0, 0]])  # of BGR: real where it is blue
    saved = {"module.last.weight": by_blue, "module.last.bias": torch.tensor([0.0, -10.0, 0.0])}
    torch.save(saved, folder / "resources/anti_spoof_models" / f"{NAME}.pth")
    return folder


def test_the_file_answers_as_the_weights_do(checkout: Path, tmp_path: Path) -> None:
    (file,) = export(checkout, tmp_path / "made")
    assert file.name == f"{NAME}.onnx"
    blue = np.full((90, 90, 3), (0, 0, 200), np.uint8)
    face = Face((30, 30, 60, 60), np.zeros((6, 2), np.float32), 0.9)
    (opinion,) = SecondOpinion([file]).judge(blue, face)
    assert opinion.family == "MiniFASNet"
    assert 1 - opinion.score == pytest.approx(np.exp(10) / (np.exp(10) + 2), abs=1e-5)


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OpinionError, match=r"MiniFASNet\.py"):
        export(tmp_path, tmp_path / "made")
