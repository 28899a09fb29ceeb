"""Make ONNX files of MiniFASNet's weights, for a kiosk's `--second-opinion`.

    git clone https://github.com/minivision-ai/Silent-Face-Anti-Spoofing
    python quantize/export_minifasnet.py Silent-Face-Anti-Spoofing second-opinion

The weights are Minivision's, Apache-2.0. The networks are those of the checkout: its
`src/model_lib/MiniFASNet.py` is run, so take one that you trust.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Annotated

import torch
import tyro

from rise_edge.command_line.run_command import run_command
from rise_edge.errors import OpinionError
from rise_edge.second_opinion import SecondOpinion, read_description

_NETWORKS = Path("src/model_lib/MiniFASNet.py")
_WEIGHTS = Path("resources/anti_spoof_models")


@dataclass(frozen=True)
class ExportConfig:
    """Make ONNX files of MiniFASNet's weights, for `--second-opinion`.

    Attributes:
        checkout: folder of Silent-Face-Anti-Spoofing.
        folder: where the files go.
    """

    checkout: Annotated[Path, tyro.conf.Positional]
    folder: Annotated[Path, tyro.conf.Positional]


def export(checkout: Path, folder: Path) -> list[Path]:
    """Write an ONNX file for each file of weights; each is opened as a kiosk would open it.

    Args:
        checkout: checkout of Silent-Face-Anti-Spoofing.
        folder: where the files go; made where it is missing.

    Returns:
        The files.

    Raises:
        OpinionError: the checkout lacks networks or weights, or what was written does not run.
    """
    weights = sorted((checkout / _WEIGHTS).glob("*.pth"))
    if not weights or not (checkout / _NETWORKS).is_file():
        raise OpinionError(
            f"expected {_NETWORKS} and {_WEIGHTS}/*.pth in {checkout}, found none; name a checkout "
            "of Silent-Face-Anti-Spoofing"
        )
    networks = _imported(checkout / _NETWORKS)
    folder.mkdir(parents=True, exist_ok=True)
    return [_export(networks, file, folder / f"{file.stem}.onnx") for file in weights]


def _imported(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("minifasnet", file)
    if spec is None or spec.loader is None:
        raise OpinionError(f"cannot import {file}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _export(networks: ModuleType, weights: Path, model: Path) -> Path:
    wanted = read_description(model)
    # The last convolution spans what is left of the patch: `get_kernel` of their src/utility.py.
    kernel = ((wanted.height + 15) // 16, (wanted.width + 15) // 16)
    network = getattr(networks, wanted.name)(conv6_kernel=kernel).eval()
    saved = torch.load(weights, map_location="cpu", weights_only=True)
    # They were saved from a network that was spread over several processors.
    network.load_state_dict({key.removeprefix("module."): value for key, value in saved.items()})
    shown = torch.zeros(1, 3, wanted.height, wanted.width)
    torch.onnx.export(network, (shown,), str(model), external_data=False, verbose=False)
    SecondOpinion([model])
    return model


def main(config: ExportConfig) -> None:
    """Write the files and print their names."""
    for file in export(config.checkout, config.folder):
        print(file)


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(ExportConfig)))
