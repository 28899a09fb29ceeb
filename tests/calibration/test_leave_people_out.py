"""A radius from some people, compared with the others."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from calibration.leave_people_out import (
    LeaveOutConfig,
    TooFewPeopleError,
    leave_out,
    main,
    radius_of,
)
from rise_edge.evaluation.measure import Norms
from tests.evaluation.drawn_sets import row, write_set
from tests.support.tiny_bundle import write_tiny_bundle


def norms_of(norm: list[float], subject: str, species: str = "bona_fide") -> Norms:
    count = len(norm)
    return Norms(
        norm=np.array(norm, np.float64),
        bona_fide=np.full(count, species == "bona_fide"),
        species=np.full(count, species),
        subject=np.array(list(subject)),
        recording=np.array(list(subject)),
        frontal=np.full(count, False),
        semi_real=np.full(count, False),
    )


def test_the_radius_holds_the_share_of_the_frames() -> None:
    norms = norms_of([float(i) for i in range(1, 101)], "a" * 100)
    assert radius_of(norms, 0.05) == 95


def test_each_person_counts_alike() -> None:
    # The one frame of b is half of what there is, however many frames a has.
    norms = norms_of([*np.linspace(0.1, 0.2, 99), 0.9], "a" * 99 + "b")
    assert radius_of(norms, 0.4) == 0.9
    assert radius_of(norms, 0.5) == 0.2


def test_others_do_not_choose_the_radius() -> None:
    norms = norms_of([0.1, 0.2, 0.3], "abc")
    found = list(leave_out(norms, 2, 0.05))
    assert [held.radius for held in found] == [0.2, 0.3, 0.3]
    assert [held.bpcer for held in found] == [1.0, 0.0, 0.0]
    assert len(found) == len(list(combinations("abc", 2)))


def test_attacks_that_show_the_choosers_are_not_counted() -> None:
    live, attacks = norms_of([0.1, 0.2], "ab"), norms_of([0.15, 0.3], "ab", "print")
    both = Norms(
        **{
            name: np.concatenate([getattr(live, name), getattr(attacks, name)])
            for name in vars(live)
        }
    )
    by_a, by_b = leave_out(both, 1, 0.05)
    assert by_a.apcer == {"print": 0.0}
    assert by_b.apcer == {"print": 1.0}


def test_somebody_must_be_left() -> None:
    with pytest.raises(TooFewPeopleError):
        list(leave_out(norms_of([0.1, 0.2], "ab"), 2, 0.05))


@pytest.mark.parametrize("fields", [{"bpcer": 0.0}, {"bpcer": 1.0}, {"people": 0}])
def test_settings_that_choose_nothing_are_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        LeaveOutConfig((), **fields)  # type: ignore[arg-type]


def test_it_reads_a_labelled_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = write_tiny_bundle(tmp_path / "tiny", radii={"onnx": {"depth+infrared": 0.5}}).path
    names = "abc"
    folder = write_set(tmp_path / "lab", [row(n) for n in names], {"a": 20, "b": 60, "c": 90})
    found = main(LeaveOutConfig((folder,), bundle=bundle, people=2))
    radii = [held.radius for held in found["depth+infrared"]]
    assert radii == pytest.approx([60 / 128, 90 / 128, 90 / 128])
    assert "2 of 3 people" in capsys.readouterr().out
