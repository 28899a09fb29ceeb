"""The report of a bundle: what its model does on its runtimes, as numbers, text and pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quantize.bundle.model_files import ModelFiles
from quantize.material import Material
from quantize.measure.calibrated import WHOLE_SET, Calibrated
from rise_edge.evaluation.report import section
from train.evaluation.plots import det_curve, norm_histogram, png
from train.evaluation.report import by_species, measure_sets, percent, summary
from train.evaluation.thresholds import Criterion

_DRAWN = (WHOLE_SET, "colour+depth", "colour+infrared", "colour")
_CRITERIA: dict[Criterion, str] = {
    "pooled": "the APCER of all attacks together",
    "worst": "the worst species' APCER",
}


@dataclass(frozen=True)
class Report:
    """What a bundle says of its model's errors.

    Attributes:
        numbers: content of report.json: `report_numbers`, with whatever else belongs there.
        sections: further sections of report.md, before what the report does not know.
        pictures: file name -> PNG that the sections show.
    """

    numbers: Mapping[str, Any]
    sections: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def report_numbers(material: Material, models: Mapping[str, Calibrated]) -> dict[str, Any]:
    """Errors on each runtime for each modality set, and what they were measured with.

    Args:
        material: what is measured on.
        models: runtime -> the bundle's model on it; the first one's errors are printed whole.
    """
    splits = material.splits
    return {
        "criterion": material.run.config.criterion,
        "allowed_bpcer": material.run.config.allowed_bpcer,
        "crops": {name: len(part) for name, part in vars(splits).items()},
        "domains": splits.train.domains,
        "runtimes": {name: _errors(material, model) for name, model in models.items()},
    }


def report_files(made: ModelFiles, notice: str, report: Report) -> dict[str, bytes]:
    """report.json, report.md, norms.png and det.png.

    Args:
        made: the model files; the pictures are of their first model.
        notice: notice of the bundle.
        report: what was measured.
    """
    test, model = made.material.splits.test, next(iter(made.models.values()))
    found = {shown: model.norms(test, shown) for shown in _DRAWN if shown in model.radii}
    text = _text(made.fields["name"], notice, report.numbers, report.sections)
    return {
        "report.json": (json.dumps(report.numbers, indent=2) + "\n").encode(),
        "report.md": text.encode(),
        "norms.png": png(norm_histogram(found[WHOLE_SET], test, model.radii[WHOLE_SET])),
        "det.png": png(det_curve(found, test)),
    }


def unmeasured(made: ModelFiles, notice: str) -> dict[str, bytes]:
    """The report.md of a bundle of which nothing was measured.

    Args:
        made: the model files.
        notice: notice of the bundle.
    """
    text = f"""# Report: {made.fields["name"]}

Notice: {notice}.

Nothing was measured: the bundle was built with `--no-report`. Its radii were placed on
{len(made.material.splits.validation)} validation crops; nobody knows whom it denies and what it
accepts. Build it without that flag before you rely on it.
"""
    return {"report.md": text.encode()}


def _errors(material: Material, model: Calibrated) -> dict[str, Any]:
    """Errors of one model at its own radii."""
    splits, scorer, radii = material.splits, model.scorer, model.radii
    whole = {WHOLE_SET: radii[WHOLE_SET]}
    return {
        "radii": radii,
        "test": measure_sets(scorer, splits.test, radii),
        "unseen": {
            domain: measure_sets(scorer, crops, whole)[WHOLE_SET]
            for domain, crops in material.unseen.items()
        },
        "validation": measure_sets(scorer, splits.validation, whole),
    }


def _text(name: str, notice: str, numbers: Mapping[str, Any], more: str) -> str:
    runtime, errors = next(iter(numbers["runtimes"].items()))
    whole = errors["test"][WHOLE_SET]
    return f"""# Report: {name}

{f"Notice: {notice}." if notice else ""}

Measured with the {runtime} runtime on {whole["crops"]} crops of {whole["subjects"]}
subjects whom neither training nor the choice of epoch and radius has seen. The domains
({", ".join(numbers["domains"])}) were all seen in training. The radius lies where BPCER
equals {_CRITERIA[numbers["criterion"]]}, or farther out, until no domain has more than
{100 * numbers["allowed_bpcer"]:g}% of its bona fide presentations outside; on
{numbers["crops"]["validation"]} crops of other held-out subjects. Brackets are 95% intervals:
Clopper-Pearson, and over subjects for HTER, EER and AUC.

{summary(errors["test"])}

With all modalities:

{by_species(whole)}

{_other_runtimes(numbers["runtimes"])}{more}{_elsewhere(errors["unseen"])}
{section(None)}
![Norms of the test crops, with the radius](norms.png)

![Detection error trade-off](det.png)
"""


def _other_runtimes(runtimes: Mapping[str, Any]) -> str:
    """The same errors on every runtime side by side, if there are several."""
    if len(runtimes) == 1:
        return ""
    unseen = list(next(iter(runtimes.values()))["unseen"])
    head = " | ".join(["runtime", "radius", "HTER", *(f"HTER in {name}" for name in unseen)])
    rows = "\n".join(
        f"| {name} | {errors['radii'][WHOLE_SET]:.5f} | "
        + " | ".join(
            percent(part["hter"])
            for part in (errors["test"][WHOLE_SET], *errors["unseen"].values())
        )
        + " |"
        for name, errors in runtimes.items()
    )
    return f"""With all modalities on each runtime, with a radius of its own:

| {head} |
|{"---|" * (3 + len(unseen))}
{rows}

"""


def _elsewhere(unseen: Mapping[str, Any]) -> str:
    """What is known of other places, and what is not."""
    if not unseen:
        return """## What this report does not know

How the model does in a domain, with a sensor or against a species that its data does not hold.
"""
    worst = "\n\n".join(f"`{domain}`:\n\n{by_species(n)}" for domain, n in unseen.items())
    return f"""## In domains that it has not seen

Nothing was learned, chosen or calibrated in these; the radius is the one above. All modalities.

{summary(unseen, "domain")}

{worst}

## What this report does not know

How the model does with real people, real attacks and real sensors, but for what the last section
says; in a domain unlike all of these; against a species that is not in the tables; when someone
tries again and again, and keeps what worked. A rate of 0% is bounded by its interval and by
nothing else.
"""
