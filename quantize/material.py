"""Material: a trained run and the data that a bundle is calibrated and measured on."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass

from rise_edge.errors import MissingExtraError
from train.datasets.crops import CropDataset
from train.datasets.sources import load_held_back, load_splits
from train.datasets.splits import Splits
from train.loop.checkpoint import Run, RunError, expect_people


@dataclass(frozen=True, eq=False)
class Material:
    """What a bundle is made of.

    Attributes:
        run: a trained run.
        splits: the data that it was trained on; radii come from the validation part.
        unseen: domain -> crops of it, where nothing was learned or chosen; for the report.

    Raises:
        RunError: devices cannot decide by this model, or a part of the data cannot be measured on.
    """

    run: Run
    splits: Splits
    unseen: Mapping[str, CropDataset]

    def __post_init__(self) -> None:
        network, folder = self.run.algorithm.network, self.run.folder
        if not network.radial:
            raise RunError(
                f"run {folder} has no sphere with bona fide presentations inside, which is what "
                "devices decide by; train with --network.head polar"
            )
        for name, part in {"training": self.splits.train, **self.parts}.items():
            if part.missing_class:
                raise RunError(
                    f"expected bona fide and attack presentations in the {name} crops, "
                    f"{part.missing_class} presentations are missing; a radius lies between the two"
                )

    @property
    def parts(self) -> dict[str, CropDataset]:
        """What is measured on: `validation`, `test`, and the unseen domains by name."""
        own = {"validation": self.splits.validation, "test": self.splits.test}
        return {**own, **self.unseen}


def load_material(run: Run) -> Material:
    """A run with all of its data, which takes minutes where crops have to be rendered.

    Raises:
        RunError: devices cannot decide by the model, or its data or people who chose the radius or
            are for testing are not there any more.
    """
    data = run.config.data
    try:
        splits = load_splits(data, run.division)
        expect_people(run, splits, ("validation", "test"), "or train again")
        return Material(run, splits, load_held_back(data))
    except ValueError as error:
        raise RunError(f"the data of run {run.folder} cannot be used: {error}") from None


def expect_quantisable(run: Run) -> None:
    """The run's network is one that int8 kernels are for, and the quantiser is installed.

    Raises:
        MissingExtraError: torchao or executorch is not installed.
        RunError: the network is another one.
    """
    folder, name = run.folder, run.config.network.name
    if name != "edge":
        raise RunError(
            f"expected a run of the edge network, {folder} is one of {name}, for which there are "
            "no integer kernels; train an edge network that learns from it with --teacher "
            f"{folder}, and quantise that"
        )
    for package in ("torchao", "executorch"):
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(
                f"quantisation needs {package}, which is not installed; "
                "pip install -e '.[quantize]'"
            )
