"""Certify a run: `python train/certificate.py runs/demo`, or several runs side by side.

Upper bounds on APCER and BPCER for new people of the source domains, by PAC-Bayes
(`train.certification.error_bounds`), and the KL terms of the runs side by side.

What is independent of what. Weights were learned on the training people and the epoch was chosen on
the validation people, so that the network is a function of these two. The validation people are the
prior half, too. The test people are the bound half: neither the network nor the prior has seen
anybody of it.

What is certified is a classifier that draws its radius (or hyperplane) for each decision, with all
modalities. One that always takes the mean errs on a presentation only where the drawn one errs at
least half of the time, so its error rates are at most twice the bounds.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path, and `train` is a file there
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated

import numpy as np
import torch
import tyro
from rich.console import Console

from rise_edge.command_line.run_command import run_command
from rise_edge.command_line.text_table import TextTable
from rise_edge.files.write_atomic import write_atomic
from train.certification.error_bounds import WIDTHS, Certificate, Rate, certify
from train.certification.gibbs import Presentations
from train.datasets.crops import CropDataset, smaller
from train.datasets.crops import join as join_crops
from train.datasets.sources import DataConfig, load_splits
from train.datasets.synthetic.simulated import request_of, simulated
from train.evaluation.scoring import logits, outputs
from train.loop.checkpoint import Run, RunError, expect_people, open_run
from train.models.polar import to_length

CERTIFICATE = "certificate.json"
CROPS_OF_NEW_PERSON = 4

_console = Console(soft_wrap=True, highlight=False)


@dataclass(frozen=True)
class CertifyConfig:
    """Bound a run's error rates for new people of its source domains.

    Attributes:
        runs: folders of finished training runs.
        confidence: probability that all bounds of a run hold.
        new_people: simulated people in each domain whom the run has never met; they are rendered
            for this, four crops of each, and join its test people.
        out: file for the certificate instead of certificate.json in the run; for one run.
    """

    runs: Annotated[tuple[Path, ...], tyro.conf.Positional]
    confidence: float = 0.95
    new_people: int = 0
    out: Path | None = None

    def __post_init__(self) -> None:
        if not self.runs or (self.out is not None and len(self.runs) > 1):
            raise ValueError(
                f"expected at least one run, and only one with --out, got {len(self.runs)}"
            )
        if not 0 < self.confidence < 1 or self.new_people < 0:
            raise ValueError(
                "expected a confidence in (0, 1) and new_people >= 0, "
                f"got {self.confidence} and {self.new_people}"
            )


def main(config: CertifyConfig) -> dict[str, Certificate]:
    """Certify each run, write its certificate, print the bounds and the KL terms.

    Returns:
        Certificates by the run's folder.

    Raises:
        RunError: a run or its data cannot be used.
        OSError: a certificate cannot be written.
    """
    found = {}
    for folder in config.runs:
        found[str(folder)] = certificate = _certify_folder(folder, config)
        text = json.dumps(asdict(certificate), indent=2) + "\n"
        write_atomic(config.out or folder / CERTIFICATE, text.encode())
        _console.print(f"{folder}:", markup=False)
        _console.print(bounds_table(certificate), soft_wrap=False)
    _console.print(cost_table(found), *map(explained, found.values()), sep="\n", soft_wrap=False)
    return found


def certificate_of(
    run: Run, validation: CropDataset, test: CropDataset, confidence: float = 0.95
) -> Certificate:
    """The certificate of a run.

    Args:
        run: finished run.
        validation: its validation part, which becomes the prior half.
        test: people of its source domains; those whom the run has met are left out.
        confidence: probability that all bounds hold.

    Raises:
        ValueError: a half lacks a class, or the confidence is not in (0, 1).
    """
    met = np.array([*run.division.train, *run.division.validation])
    unmet = test.select(~np.isin(test.subject, met))
    certificate = certify(presentations(run, validation), presentations(run, unmet), confidence)
    if not run.algorithm.network.radial:
        return certificate
    return replace(certificate, radius=_radius(run, certificate.shift, certificate.width))


def presentations(run: Run, dataset: CropDataset) -> Presentations:
    """What the run's network makes of a data set, all modalities shown."""
    made = outputs(run.algorithm, dataset)
    radial = run.algorithm.network.radial
    return Presentations(
        logit=logits(run.algorithm, made.score, _boundary(run)),
        embedding=made.embedding[:, :0] if radial else made.embedding,
        bona_fide=dataset.bona_fide,
        domain=dataset.domain,
        subject=dataset.subject,
    )


def bounds_table(certificate: Certificate) -> TextTable:
    """Measured rate and bound, for all people, each domain and the worst one."""
    rows = {
        "all together": certificate.pooled,
        **certificate.domains,
        "**worst domain**": certificate.worst,
    }
    return TextTable(
        ("people of", "number", "APCER", "at most", "number", "BPCER", "at most"),
        [(name, *_cells(errors.apcer), *_cells(errors.bpcer)) for name, errors in rows.items()],
    )


def cost_table(certificates: Mapping[str, Certificate]) -> TextTable:
    """What each run's hypothesis costs: the KL terms side by side, one row a run."""
    return TextTable(
        (
            "run",
            "drawn",
            "numbers",
            *(f"KL at width {width:g}" for width in WIDTHS),
            "width",
            "APCER at most",
            "BPCER at most",
        ),
        [
            (
                name,
                c.hypothesis,
                str(c.numbers),
                *(f"{divergence:.3g}" for divergence in c.divergences.values()),
                f"{c.width:g}",
                _percent(c.pooled.apcer.bound),
                _percent(c.pooled.bpcer.bound),
            )
            for name, c in certificates.items()
        ],
    )


def explained(certificate: Certificate) -> str:
    """What the bounds say, and of whom, in one paragraph."""
    drawn: str = certificate.hypothesis
    if certificate.radius is not None:
        mean, deviation = certificate.radius
        drawn = f"radius (mean {mean:.3f}, standard deviation {deviation:.3f})"
    return (
        f"With {certificate.confidence:.0%} confidence all these bounds hold for new people of the "
        f"same domains, attacked by the same species: for the {drawn} that is drawn for each "
        "decision; a fixed one at the mean errs at most twice as often. KL(Q || P): "
        f"{certificate.divergence:.3g} nats. Nothing is said of other domains."
    )


def _certify_folder(folder: Path, config: CertifyConfig) -> Certificate:
    run = open_run(folder)
    try:
        splits = load_splits(run.config.data, run.division)
        expect_people(run, splits, ("validation", "test"), "as the certificate is about them")
        test = splits.test
        if config.new_people:
            test = join_crops([test, new_people(run.config.data, config.new_people)])
        return certificate_of(run, splits.validation, test, config.confidence)
    except ValueError as error:
        raise RunError(f"run {folder} cannot be certified: {error}") from None


def new_people(data: DataConfig, people: int) -> CropDataset:
    """Crops of simulated people in the same domains, after the last of the run's own.

    Their crops have another seed, so that they share no pose or light with the run's either.

    Raises:
        ValueError: the data are not simulated.
    """
    if data.source != "simulated":
        raise ValueError(
            f"expected simulated data for new people, got {data.source}; leave --new-people out"
        )
    request = request_of(
        data.domains,
        data.attack_species,
        crops=CROPS_OF_NEW_PERSON * people,
        subjects=people,
        first_subject=data.subjects,
        difficulty=data.difficulty,
        synergy=data.synergy,
        seed=data.seed + 1,
    )
    return smaller(simulated(request, data.cache, data.workers), data.size)


def _boundary(run: Run) -> float:
    """The score on the boundary that was trained."""
    return float(run.algorithm.radius.value.detach()) if run.algorithm.network.radial else 0.0


def _radius(run: Run, shift: float, width: float) -> tuple[float, float]:
    """Median of the drawn radius, and half the distance of the two that are a width beside it."""
    drawn = run.algorithm.radius.s.detach() - shift + torch.tensor([-width, 0.0, width])
    near, middle, far = to_length(drawn).tolist()
    return middle, (far - near) / 2


def _cells(rate: Rate) -> tuple[str, str, str]:
    risk = "" if rate.risk is None else _percent(rate.risk)
    return str(rate.people), risk, _percent(rate.bound)


def _percent(rate: float) -> str:
    return f"{100 * rate:.2f}%"


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(CertifyConfig)))
