"""Second opinion: what others' models say of a face, together.

Models of one family answer together: the mean of their scores counts, as Silent-Face-Anti-Spoofing
adds up the softmax of its two (`test.py`; it then takes the largest of three classes, here the mean
is compared with a threshold). Of several families each one may deny.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.decision.opinion import Opinion
from rise_edge.errors import OpinionError
from rise_edge.face import Face
from rise_edge.second_opinion.description import read_description
from rise_edge.second_opinion.model import OpinionModel


class SecondOpinion:
    """Models that others trained on real data. They may deny, and never accept.

    One instance belongs to one thread.

    Args:
        models: paths of `.onnx` files; see `rise_edge.second_opinion.description` for what must be
            beside them.
        threads: threads of each network.

    Attributes:
        families: name of each family -> its models.

    Raises:
        OpinionError: a model cannot be opened, its description is missing or malformed, or one
            family has several thresholds.

    Example::

        opinion = SecondOpinion(["2.7_80x80_MiniFASNetV2.onnx"])
        face = rise_edge.FaceDetector().detect(colour)[0]
        opinion.judge(colour, face)  # (Opinion(family='MiniFASNet', score=0.98, threshold=0.5),)

    Example:
        >>> try:
        ...     SecondOpinion(["nowhere/2.7_80x80_MiniFASNetV2.onnx"])
        ... except OpinionError as error:
        ...     print(error.exit_code)
        12
    """

    def __init__(self, models: Iterable[str | os.PathLike[str]], *, threads: int = 1) -> None:
        self.families: dict[str, list[OpinionModel]] = {}
        for name in models:
            path = Path(name)
            model = OpinionModel(path, read_description(path), threads=threads)
            self.families.setdefault(model.description.family, []).append(model)
        for family, members in self.families.items():
            limits = sorted({member.description.threshold for member in members})
            if len(limits) > 1:
                raise OpinionError(
                    f"second opinion {family}: expected one threshold for the family, got {limits}"
                )

    def judge(self, colour: NDArray[np.uint8], face: Face) -> tuple[Opinion, ...]:
        """What each family makes of a face.

        Args:
            colour: u8 (H, W, 3) RGB, the whole picture.
            face: in it.

        Raises:
            OpinionError: a model fails, or gives no number.
        """
        return tuple(
            Opinion(
                family,
                float(np.mean([member.score(colour, face.box) for member in members])),
                members[0].description.threshold,
            )
            for family, members in self.families.items()
        )

    def __bool__(self) -> bool:
        """Whether there is any model."""
        return bool(self.families)

    def __str__(self) -> str:
        return "; ".join(
            f"{family} ({', '.join(map(_named, members))}; denies above "
            f"{members[0].description.threshold:g})"
            for family, members in self.families.items()
        )

    def fields(self) -> list[dict[str, Any]]:
        """As the event `started` has it."""
        return [
            {
                "family": family,
                "threshold": members[0].description.threshold,
                "models": [
                    {
                        "file": member.path.name,
                        "name": member.description.name,
                        "licence": member.description.licence,
                        "sha256": member.sha256,
                    }
                    for member in members
                ],
            }
            for family, members in self.families.items()
        ]


def _named(model: OpinionModel) -> str:
    return f"{model.description.name} [{model.description.licence}]"
