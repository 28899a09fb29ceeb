"""Teacher: the finished run that a student learns from, and whether it can teach that student."""

from __future__ import annotations

from train.algorithms import Algorithm
from train.config import TrainConfig
from train.loop.checkpoint import RunError, expect_finished, open_run


def open_teacher(config: TrainConfig) -> Algorithm | None:
    """The teacher that a student's config names, frozen and in evaluation mode; None if none.

    Both must have learned from the same data: people that a teacher was trained on, and the student
    is measured on, would make the student look better than it is.

    Raises:
        RunError: there is no finished run in the folder, or it does not fit the student.
    """
    if config.teacher is None:
        return None
    run = open_run(config.teacher)
    expect_finished(run, "teacher")
    if not run.algorithm.network.radial:
        raise RunError(
            f"teacher {config.teacher} has a linear head: its scores are no norms; "
            "expected one trained with --network.head polar"
        )
    own, theirs = config.network, run.config.network
    for flag, wanted, found in (
        ("network.head", own.head, theirs.head),
        ("network.directions", own.directions, theirs.directions),
        ("data", config.data.content, run.config.data.content),
    ):
        if wanted != found:
            raise RunError(
                f"teacher {config.teacher} was trained with {flag} = {found}, expected "
                f"the student's {wanted}; train either as the other"
            )
    return run.algorithm.requires_grad_(False)
