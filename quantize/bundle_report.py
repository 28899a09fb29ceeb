"""The report of a bundle: what its model does on its runtime, as numbers, text and pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from quantize.runtime_scores import scorer_on
from rise_edge.frame import Modality, modality_set, parse_modality_set
from rise_edge.runtimes import Runtime
from train.datasets.crops import CropDataset
from train.datasets.splits import Splits
from train.plots import det_curve, norm_histogram, png
from train.radius import Criterion
from train.report import by_species, measure_sets, summary

WHOLE_SET = modality_set(Modality)
_DRAWN = (WHOLE_SET, "colour+depth", "colour+infrared", "colour")
_CRITERIA: dict[Criterion, str] = {
    "pooled": "the APCER of all attacks together",
    "worst": "the worst species' APCER",
}


def report_numbers(
    runtime: Runtime, splits: Splits, unseen: Mapping[str, CropDataset], radii: dict[str, float],
    criterion: Criterion,
) -> dict[str, Any]:  # fmt: skip
    """Errors on the test subjects for each modality set, and what they were measured with.

    Args:
        runtime: that runs the bundle.
        splits: the data that was trained on.
        unseen: domain -> crops of it, where nothing was learned or chosen.
        radii: modality set -> radius.
        criterion: by which the radii were chosen.
    """
    scorer = scorer_on(runtime)
    return {
        "runtime": runtime.name,
        "criterion": criterion,
        "radii": radii,
        "crops": {name: len(part) for name, part in vars(splits).items()},
        "domains": splits.train.domains,
        "test": measure_sets(scorer, splits.test, radii),
        "unseen": {
            domain: measure_sets(scorer, crops, radii)[WHOLE_SET]
            for domain, crops in unseen.items()
        },
        "validation": measure_sets(scorer, splits.validation, {WHOLE_SET: radii[WHOLE_SET]}),
    }


def report_files(
    name: str, notice: str, runtime: Runtime, splits: Splits, numbers: dict[str, Any]
) -> dict[str, bytes]:
    """report.json, report.md, norms.png and det.png."""
    found = {
        shown: scorer_on(runtime)(splits.test, parse_modality_set(shown))
        for shown in _DRAWN
        if shown in numbers["radii"]
    }
    radius = numbers["radii"][WHOLE_SET]
    return {
        "report.json": (json.dumps(numbers, indent=2) + "\n").encode(),
        "report.md": _text(name, notice, numbers).encode(),
        "norms.png": png(norm_histogram(found[WHOLE_SET], splits.test, radius)),
        "det.png": png(det_curve(found, splits.test)),
    }


def _text(name: str, notice: str, numbers: dict[str, Any]) -> str:
    whole = numbers["test"][WHOLE_SET]
    return f"""# Report: {name}

{f"This is a {notice}." if notice else ""}

Measured with the {numbers["runtime"]} runtime on {whole["crops"]} crops of {whole["subjects"]}
subjects whom neither training nor the choice of epoch and radius has seen. The domains
({", ".join(numbers["domains"])}) were all seen in training. The radius lies where BPCER
equals {_CRITERIA[numbers["criterion"]]}, on {numbers["crops"]["validation"]} crops of other
held-out subjects. Brackets are 95% intervals: Clopper-Pearson, and over subjects for HTER, EER
and AUC.

{summary(numbers["test"])}

With all modalities:

{by_species(whole)}

{_elsewhere(numbers["unseen"])}
![Norms of the test crops, with the radius](norms.png)

![Detection error trade-off](det.png)
"""


def _elsewhere(unseen: dict[str, Any]) -> str:
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

How the model does with real people, real attacks and real sensors; in a domain unlike all of
these; against a species that is not in the tables; when someone tries again and again, and keeps
what worked. A rate of 0% is bounded by its interval and by nothing else.
"""
