import numpy as np

from rise_edge import Image
from rise_edge.checks.evidence import StreamGate
from rise_edge.simulator.samples.retake import retake
from tests.support.pictures import VIEWPOINT, photograph_frame


def test_a_retake_differs_in_the_lowest_bit_alone_and_keeps_what_has_no_reading() -> None:
    depth = np.arange(512 * 512, dtype=np.uint16).reshape(512, 512)
    again = retake(Image(depth, VIEWPOINT, 1, 0.0), 7, 33.0, np.random.default_rng(0))
    assert (again.frame_number, again.timestamp_ms, again.pixels.dtype) == (7, 33.0, np.uint16)
    changed = again.pixels != depth
    assert 0.4 < changed.mean() < 0.6
    assert np.array_equal(again.pixels >> 1, depth >> 1)
    assert again.pixels[0, 0] == 0


def test_retakes_pass_for_fresh_pictures() -> None:
    gate, rng = StreamGate(), np.random.default_rng(0)
    first = photograph_frame(1)
    for number in range(2, 50):
        images = {
            name: retake(getattr(first, name), number, number * 1000 / 30, rng)
            for name in ("colour", "depth", "infrared")
        }
        assert gate.examine(photograph_frame(number, **images)) is None
