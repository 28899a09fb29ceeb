"""TrainConfig: every choice of a training run. Its fields are the flags and the saved JSON."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import tyro

from train.algorithms import AlgorithmConfig
from train.algorithms.distillation import DistillationConfig
from train.datasets.augment import AugmentConfig
from train.datasets.sources import DataConfig
from train.datasets.strengths import TuningConfig
from train.evaluation.thresholds import RadiusRule
from train.models.networks import NetworkConfig

T = TypeVar("T")


@dataclass(frozen=True)
class TrainConfig:
    """Train a full-precision model and choose its epoch and radius on held-out source subjects.

    Attributes:
        out: folder of the run: config.json, division.json (who is in which part of the data),
            last.safetensors, best.safetensors, report.json, and the curves in tensorboard/.
        data: what to learn from.
        network: what to train.
        algorithm: what to minimise.
        augment: how to disturb training crops.
        tuning: how --augment.tune chooses strengths.
        start_from: finished model whose weights training begins from: the folder of a run, or a
            file of `train/export_checkpoint.py`. The network must be the same. People whom that
            model was trained on are not measured on, where the data are the same.
        teacher: folder of a finished run, of a larger network on the same data, to learn from too.
        distillation: how strongly to learn from the teacher.
        epochs: how often to go through the data.
        batch_size: wanted crops a step in each process; rounded so that every domain and class has
            the same share.
        learning_rate: highest, of AdamW; it rises over the first 5% and falls as a cosine.
        weight_decay: weight of weights with two or more axes.
        clip_norm: largest norm of the gradient.
        criterion: where the radius is put on held-out source subjects: `pooled` where BPCER equals
            the APCER of all attacks together, `worst` where it equals the worst species' APCER.
        allowed_bpcer: share of bona fide presentations that no source domain may have outside of a
            radius: if it has more, the radius is larger, and more attacks lie inside; 0: no limit.
        modality_bpcer: share of bona fide presentations on held-out source subjects, in the domain
            where it is largest, that each modality may reject by itself; each may deny.
        precision: `bf16-mixed` computes convolutions in bfloat16, `32-true` in float32.
        accelerator: as Lightning Fabric names it: `cpu`, `cuda`, `auto`.
        devices: processes on each machine.
        machines: how many machines train together.
        threads: threads of each process on a CPU; 0 leaves it to torch.
        seed: seed of everything random.
        resume: go on where `out` stopped; without it `out` must be new.
    """

    out: Path
    data: DataConfig = field(default_factory=DataConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    algorithm: AlgorithmConfig = field(default_factory=AlgorithmConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    tuning: TuningConfig = field(default_factory=TuningConfig)
    start_from: Annotated[Path | None, tyro.conf.arg(name="from")] = None
    teacher: Path | None = None
    distillation: DistillationConfig = field(default_factory=DistillationConfig)
    epochs: int = 24
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    clip_norm: float = 2.0
    criterion: Literal["pooled", "worst"] = "pooled"
    allowed_bpcer: float = 0.01
    modality_bpcer: float = 0.005
    precision: Literal["bf16-mixed", "32-true"] = "32-true"
    accelerator: str = "cpu"
    devices: int = 1
    machines: int = 1
    threads: int = 0
    seed: int = 0
    resume: bool = False

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "learning_rate", "clip_norm", "devices", "machines"):
            if not getattr(self, name) > 0:
                raise ValueError(f"expected {name} > 0, got {getattr(self, name)}")
        for name in ("weight_decay", "threads", "seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"expected {name} >= 0, got {getattr(self, name)}")
        for name in ("allowed_bpcer", "modality_bpcer"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"expected {name} in [0, 1), got {getattr(self, name)}")
        if self.teacher is not None and not any(vars(self.distillation).values()):
            raise ValueError("expected weight_norm or weight_direction > 0 beside a teacher")
        if self.augment.tune and self.devices * self.machines > 1:
            raise ValueError(
                "expected one device with --augment.tune; tune with --devices 1, then "
                "train on several with the strengths that it prints"
            )
        if self.start_from is not None and self.network != self.network.blank:
            raise ValueError("expected --from or weights of the network, got both")

    @property
    def radius_rule(self) -> RadiusRule:
        """Where radii are put on held-out source subjects."""
        return RadiusRule(self.criterion, self.allowed_bpcer)


def to_json(config: TrainConfig) -> str:
    """A config as JSON text."""
    return json.dumps(asdict(config), indent=2, default=str) + "\n"


def from_json(text: str) -> TrainConfig:
    """The inverse of `to_json`.

    Raises:
        ValueError: the text is no such config; the message names the field.
    """
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError(f"expected a JSON object, got {type(data).__name__}")
    return _build(TrainConfig, data)


def _build(kind: type[T], data: Mapping[str, Any]) -> T:
    types_of = typing.get_type_hints(kind)
    unknown = data.keys() - {f.name for f in fields(typing.cast(Any, kind))}
    if unknown:
        raise ValueError(f"{kind.__name__}: unknown fields {', '.join(sorted(unknown))}")
    try:
        return kind(**{name: _value(types_of[name], value) for name, value in data.items()})
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from None


def _value(kind: Any, value: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        inner = [k for k in typing.get_args(kind) if k is not type(None)]
        return None if value is None else _value(inner[0], value)
    if is_dataclass(kind):
        return _build(typing.cast(type, kind), value)
    if origin is tuple:
        return tuple(value)
    return Path(value) if kind is Path else value
