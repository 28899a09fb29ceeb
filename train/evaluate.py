"""Evaluate a model: `python train/evaluate.py runs/demo --out runs/demo/night --domains night`.

Thresholds come in two named columns. `source-val`: the radius chosen on held-out subjects of the
source domains, which is what a deployment gets. `oracle`: the threshold chosen on the evaluated
crops themselves, which is what published tables print; nobody has it at a door.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path, and `train` is a file there
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import json
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

import numpy as np
import tyro
from rich.console import Console

from rise_edge.command_line.run_command import run_command
from rise_edge.evaluation import read_labelled_sets
from rise_edge.evaluation.report import one_line
from rise_edge.frame import Modality, modality_set, parse_modality_set
from rise_edge.pad_metrics import eer_threshold
from train.certificate import bounds_table, certificate_of, explained
from train.certification.error_bounds import Certificate
from train.datasets.crops import CropDataset
from train.datasets.sources import load_dataset, load_splits
from train.datasets.splits import Splits
from train.evaluation.diagnostics import (
    interaction_share,
    live_drift,
    live_quantile_drift,
    risk_slopes,
    synergy_risk,
    variance_shares,
)
from train.evaluation.plots import det_curve, errors_by_species, norm_histogram, png, polar_picture
from train.evaluation.recombined import recombined
from train.evaluation.report import by_species, measure, summary
from train.evaluation.scoring import logits, outputs, scores
from train.evaluation.thresholds import chosen_threshold
from train.loop.checkpoint import CONFIG, Run, RunError, expect_people, open_run
from train.loop.start import known_in, known_people
from train.real_pictures import on_real_pictures, write_real

WHOLE_SET = modality_set(Modality)
_console = Console(stderr=True, soft_wrap=True, highlight=False)


@dataclass(frozen=True)
class EvaluateConfig:
    """Measure a training run's best epoch, as ISO/IEC 30107-3 and as the papers do.

    Attributes:
        run: folder of the training run.
        out: folder to write report.json, report.md and the pictures to.
        domains: domains to measure in, such as ones that training has not seen; none named means
            the test subjects of the run's own domains.
        missing: sets of modalities to take away in turn, such as `depth` or `depth+infrared`.
        attack_species: the simulated attacks to measure with; none named means the run's own.
        real: folders of labelled sets of real pictures, to measure on too (docs/real.md).
        pictures: where the paths in those sets begin, if not in their own folders.
        allow_missing: measure although people of the run's validation or test part are no longer
            in the data; the report then says how many.
    """

    run: Annotated[Path, tyro.conf.Positional]
    out: Path
    domains: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("depth", "infrared", "depth+infrared")
    attack_species: tuple[str, ...] = ()
    real: tuple[Path, ...] = ()
    pictures: Path | None = None
    allow_missing: bool = False


def main(config: EvaluateConfig) -> dict[str, Any]:
    """Measure, and write the report.

    Raises:
        RunError: the run or the data cannot be used, or `out` holds something else.
        LabelledSetError: a set of real pictures cannot be used.
    """
    if config.real:  # before minutes of measuring
        read_labelled_sets(config.real, config.pictures)
    run = open_run(config.run)
    expect_report_folder(config.out)
    try:
        splits = load_splits(run.config.data, run.division)
        missing = _missing(config, run, splits)
        target = _target(config, run) if config.domains else splits.test
        shown = shown_sets(config.missing)
        for name, part in (("validation", splits.validation), ("evaluated", target)):
            if part.missing_class:
                raise ValueError(
                    f"expected bona fide and attack presentations among the {name} "
                    f"crops, {part.missing_class} ones are missing"
                )
    except ValueError as error:
        raise RunError(f"this data cannot be evaluated: {error}") from None
    report = {**evaluate(run, splits.validation, target, shown), "missing_people": missing}
    certificate = None if config.domains else _certificate(run, splits)
    report["certificate"] = None if certificate is None else asdict(certificate)
    write(report, run, target, config.out, certificate)
    if config.real:
        numbers = on_real_pictures(run, splits.validation, config.real, config.pictures)
        write_real(numbers, config.out)
        _console.print(f"on real pictures: {one_line(numbers)}", markup=False)
    for column in ("source-val", "oracle"):
        _console.print(f"{column}:", summary(report[column]), sep="\n", soft_wrap=False)
    _console.print(f"report and pictures in {config.out}", markup=False)
    return report


def expect_report_folder(folder: Path) -> None:
    """Refuse a place whose own files the report would replace, or that is no folder.

    Raises:
        RunError: it is a file, or holds a training run.
    """
    if folder.exists() and not folder.is_dir():
        raise RunError(f"expected a folder as --out, {folder} is a file; name another one")
    if (folder / CONFIG).exists():
        raise RunError(
            f"{folder} holds a training run, whose report.json would be lost; name another --out, "
            f"such as {folder / 'evaluation'}"
        )


def shown_sets(missing: tuple[str, ...]) -> list[frozenset[Modality]]:
    """All modalities, then all without each of the missing sets."""
    whole = frozenset(Modality)
    return [whole, *(whole - parse_modality_set(name) for name in missing)]


def evaluate(
    run: Run, validation: CropDataset, target: CropDataset, shown: list[frozenset[Modality]]
) -> dict[str, Any]:
    """Numbers of both columns for each set of modalities shown, and the diagnostics.

    Args:
        run: the trained model.
        validation: held-out source subjects; the `source-val` thresholds come from them.
        target: what is measured.
        shown: sets of modalities that the model may read, in turn.
    """
    columns: dict[str, dict[str, Any]] = {"source-val": {}, "oracle": {}}
    for subset in shown:
        name = modality_set(subset)
        radius = chosen_threshold(
            scores(run.algorithm, validation, subset), validation, run.config.radius_rule
        )
        found = scores(run.algorithm, target, subset)
        columns["source-val"][name] = measure(found, target, radius)
        columns["oracle"][name] = measure(found, target, eer_threshold(found, target.bona_fide))
    return {
        "epoch": run.state["epoch"],
        "source_domains": run.state["domains"],
        "domains": target.domains,
        **columns,
        "diagnostics": diagnose(run, validation, target),
    }


def diagnose(run: Run, validation: CropDataset, target: CropDataset) -> dict[str, Any]:
    """The two risks, on held-out source subjects and on the target."""
    parts = {"source": validation, "target": target}
    found = {name: scores(run.algorithm, part) for name, part in parts.items()}
    threshold = chosen_threshold(found["source"], validation, run.config.radius_rule)
    live = (
        np.concatenate(list(found.values())),
        np.concatenate([part.domain for part in parts.values()]),
        np.concatenate([part.bona_fide for part in parts.values()]),
    )
    result: dict[str, Any] = {
        name: {
            "risk_slope": risk_slopes(logits(run.algorithm, found[name], threshold), part),
            **_synergy(run, part, threshold),
        }
        for name, part in parts.items()
    }
    result["live_drift"] = live_drift(*live)
    result["live_quantile_drift"] = live_quantile_drift(*live)
    return result


def _synergy(run: Run, part: CropDataset, threshold: float) -> dict[str, Any]:
    """How much risk and logit depend on the combination of modalities, in one data set."""
    live, attack = (
        recombined(run.algorithm, part.select(rows)).logits(run.algorithm, threshold)
        for rows in (part.bona_fide, ~part.bona_fide)
    )
    shares = {
        "bona_fide": variance_shares(live.mixed),
        "attack": variance_shares(attack.mixed),
    }
    return {
        "synergy_risk": synergy_risk(live, attack),
        "interaction_share": {name: interaction_share(each) for name, each in shares.items()},
        "variance_share": shares,
    }


def write(
    report: dict[str, Any],
    run: Run,
    target: CropDataset,
    folder: Path,
    certificate: Certificate | None = None,
) -> None:
    """Write report.json, report.md and the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    names = list(report["source-val"])
    made = outputs(run.algorithm, target)
    threshold = report["source-val"][WHOLE_SET]["threshold"]
    found = {n: scores(run.algorithm, target, parse_modality_set(n)) for n in names}
    pictures = {
        "norms": norm_histogram(made.score, target, threshold),
        "det": det_curve(found, target),
        "errors": errors_by_species(made.score, target, threshold),
    }
    if run.algorithm.network.radial:
        pictures["polar"] = polar_picture(made, target, abs(threshold))
    for name, figure in pictures.items():
        (folder / f"{name}.png").write_bytes(png(figure))
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    text = _markdown(report, list(pictures)) + _certificate_text(certificate)
    (folder / "report.md").write_text(text, encoding="utf-8")


def _missing(config: EvaluateConfig, run: Run, splits: Splits) -> dict[str, int]:
    """How many people of each part that is measured with the data no longer has."""
    parts = ("validation",) if config.domains else ("validation", "test")
    hint = "or measure the others with --allow-missing, which the report then says"
    gone = expect_people(run, splits, () if config.allow_missing else parts, hint)
    return {name: len(getattr(gone, name)) for name in parts}


def _target(config: EvaluateConfig, run: Run) -> CropDataset:
    """All crops of the named domains of people by whom nothing was learned or chosen."""
    species = config.attack_species or run.config.data.attack_species
    data = replace(run.config.data, domains=config.domains, attack_species=species)
    whole = load_dataset(data)
    known = [*frozenset().union(*known_in(known_people(run), data))]
    return whole.select(~np.isin(whole.subject, np.array(known, str)))


def _certificate(run: Run, splits: Splits) -> Certificate | None:
    """The run's certificate; None, and why on stderr, where its people do not suffice for one."""
    try:
        return certificate_of(run, splits.validation, splits.test)
    except ValueError as error:
        _console.print(f"no certificate: {error}", markup=False)
        return None


def _certificate_text(certificate: Certificate | None) -> str:
    if certificate is None:
        return ""
    return f"\n## Certificate\n\n{explained(certificate)}\n\n{bounds_table(certificate)}\n"


def _markdown(report: dict[str, Any], pictures: list[str]) -> str:
    whole = report["source-val"][WHOLE_SET]
    seen = "seen" if set(report["domains"]) <= set(report["source_domains"]) else "not all seen"
    risks = report["diagnostics"]
    diagnostics = "\n".join(
        f"| {part} | {_numbers(n['risk_slope'])} | {_numbers(n['synergy_risk'])} "
        f"| {_numbers(n['interaction_share'])} |"
        for part, n in ((name, risks[name]) for name in ("source", "target"))
    )
    shown = "\n\n".join(f"![{name}]({name}.png)" for name in pictures)
    return f"""# Evaluation

{whole["crops"]} crops of {whole["subjects"]} subjects who were not trained on, in the domains
{", ".join(report["domains"])} ({seen} in training, which had
{", ".join(report["source_domains"])}). Brackets are 95% intervals.{_missing_text(report)}

`source-val`: epoch and radius chosen on held-out subjects of the source domains.

{summary(report["source-val"])}

`oracle`: threshold chosen on these very crops, as published tables do.

{summary(report["oracle"])}

With all modalities, `source-val`:

{by_species(whole)}

BPCER where no species is accepted more often than 10%, 5%, 1%:
{", ".join(f"{100 * rate:.1f}%" for rate in whole["bpcer_at_apcer"].values())}.

Mean norms of bona fide presentations lie up to {risks["live_drift"]:.2f} standard deviations apart
between domains, their 95% quantiles up to {risks["live_quantile_drift"]:.2f}.

| held-out | slope of the risk at the radius | synergy risk | interaction's share of the variance |
|---|---|---|---|
{diagnostics}

Synergy risk: rise of the cross-entropy when each modality is another crop's of the same class.

{shown}
"""


def _missing_text(report: dict[str, Any]) -> str:
    said = [f"{n} of the {part} part" for part, n in report.get("missing_people", {}).items() if n]
    return f" **People who are missing from the data: {', '.join(said)}.**" if said else ""


def _numbers(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in values.items())


if __name__ == "__main__":
    run_command(lambda: main(tyro.cli(EvaluateConfig)))
