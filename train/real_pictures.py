"""Real pictures: what a training run does to labelled sets, before any bundle is made of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from rise_edge.evaluation import measure_sets, read_labelled_sets
from rise_edge.evaluation.measure import Numbers, result
from rise_edge.evaluation.report import markdown
from rise_edge.face import Crop
from rise_edge.frame import Modality
from train.datasets.crops import CropDataset
from train.evaluation.scoring import scores
from train.evaluation.thresholds import calibrate
from train.loop.checkpoint import Run


def on_real_pictures(
    run: Run, validation: CropDataset, folders: Sequence[Path], pictures: Path | None = None
) -> Numbers:
    """Errors on labelled sets at radii from held-out subjects of the run's own data.

    Args:
        run: the trained model.
        validation: the radii come from it.
        folders: folders of the sets, as `rise_edge.evaluation.labelled_set` has them.
        pictures: where the sets' paths begin, if not in their own folders.

    Raises:
        LabelledSetError: a set cannot be used.
    """
    sets = read_labelled_sets(folders, pictures)
    radii = calibrate(partial(scores, run.algorithm), validation, run.config.radius_rule)

    def read(crops: Sequence[Crop]) -> list[float]:
        return [float(score) for score in scores(run.algorithm, _dataset(crops))]

    measured = measure_sets(sets, read, radii, validation.size)
    return result(measured, radii, {"run": run.folder.name, "runtime": "torch"})


def write_real(numbers: Numbers, folder: Path) -> None:
    """Write real.json and real.md."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(numbers, indent=1) + "\n"
    (folder / "real.json").write_text(text, encoding="utf-8")
    page = f"# On real pictures\n\n{markdown(numbers)}\n"
    (folder / "real.md").write_text(page, encoding="utf-8")


def _dataset(crops: Sequence[Crop]) -> CropDataset:
    """Crops as the rows of a data set; labels are not read."""
    count = len(crops)
    unnamed = np.full(count, "-")
    return CropDataset(
        colour=np.stack([crop.colour for crop in crops]),
        depth_mm=np.stack([crop.depth_mm for crop in crops]),
        infrared=np.stack([crop.infrared for crop in crops]),
        rows=np.arange(count, dtype=np.int64),
        present=np.array([[m in crop.present for m in Modality] for crop in crops], np.float32),
        bona_fide=np.full(count, True),
        species=unnamed,
        domain=unnamed,
        subject=unnamed,
    )
