import numpy as np
import pytest

from train.gpu import rendered
from train.gpu.rendered import Plan, Rendered, render

_PLAN = Plan(("office", "lobby"), ("night",), crops=8, subjects=2, synergies=(0.0, 1.0))


@pytest.fixture
def painted(monkeypatch):
    """Crops that are painted in no time instead of being rendered."""

    def paint(portion):
        side = np.zeros((8, 8), np.uint8)
        return [
            (
                np.zeros((8, 8, 3), np.uint8),
                side.astype(np.uint16),
                side,
                o.bona_fide,
                o.species,
                o.domain,
                f"{o.domain} {o.subject}",
                o.synergy,
            )
            for o in portion
        ]

    monkeypatch.setattr(rendered, "_rendered", paint)


def test_every_domain_is_there_with_each_strength_that_is_measured(painted):
    made = render(_PLAN, 60, workers=1)
    found = {
        (d, s): len(made.part((d,), s)) for d in ("office", "lobby", "night") for s in (0, 1, -1)
    }
    assert found == {
        ("office", 0): 8,
        ("office", 1): 8,
        ("office", -1): 4,
        ("lobby", 0): 8,
        ("lobby", 1): 8,
        ("lobby", -1): 4,
        ("night", 0): 4,
        ("night", 1): 4,
        ("night", -1): 0,
    }


def test_what_was_saved_is_read(painted, tmp_path):
    made = render(_PLAN, 60, workers=1)
    made.save(tmp_path)
    read = Rendered.load(tmp_path)
    assert np.array_equal(read.synergy, made.synergy)
    for name, array in vars(made.dataset).items():
        if isinstance(array, np.ndarray):
            assert np.array_equal(getattr(read.dataset, name), array)


def test_no_time_is_an_error():
    with pytest.raises(ValueError, match="--minutes"):
        render(_PLAN, 0, workers=1)


@pytest.mark.slow
def test_processes_render_what_the_simulator_renders():
    plan = _PLAN._replace(domains=("office",), held_back=(), crops=2, subjects=1, synergies=(0.0,))
    made, alone = render(plan, 120, workers=2), render(plan, 120, workers=1)
    assert len(made.synergy) == 2
    assert np.array_equal(made.dataset.colour, alone.dataset.colour)
