from __future__ import annotations

import random

from tests.device.web.conftest import Ask

EDGES = [
    0.0,
    -0.0,
    1.0,
    9.995,
    99.95,
    999.5,
    999.4999,
    1000.0,
    1e-4,
    9.995e-5,
    9.994e-5,
    1e-5,
    1.125,
    1.135,
    1.375,
    0.125,
    1.0625,
    2.5,
    1234.5,
    100.5,
    101.5,
    999.5,
    5e-324,
    1.8e308,
    2.0**-20,
    7.15e-07,
    1e22,
    1e23,
    float("inf"),
    float("-inf"),
    float("nan"),
]


def numbers() -> list[float]:
    drawn = random.Random(1)
    spread = [drawn.uniform(1, 10) * 10.0 ** drawn.randint(-12, 12) for _ in range(3000)]
    # n / 8 has exact halves in its fourth digit; so do eighths times powers of two.
    halves = [drawn.randint(1, 9999) / 8 * 2.0 ** drawn.randint(-30, 30) for _ in range(3000)]
    decimals = [round(drawn.uniform(0, 2), drawn.randint(1, 5)) for _ in range(3000)]
    return EDGES + [sign * x for x in spread + halves + decimals for sign in (1, -1)]


def test_three_digits_are_written_as_python_writes_them(ask: Ask) -> None:
    drawn = numbers()
    written = ask(
        """async numbers => {
            const {threeDigits} = await import('./liveness/crop/half_even.js');
            return numbers.map(threeDigits);
        }""",
        drawn,
    )
    assert written == [f"{x:.3g}" for x in drawn]


def test_whole_numbers_are_rounded_as_python_rounds_them(ask: Ask) -> None:
    drawn = [x for x in numbers() if abs(x) < 1e9]
    drawn += [n + half for n in range(-50, 50) for half in (0.5, 0.25, 0.75)]
    rounded = ask(
        """async numbers => {
            const {roundHalfEven} = await import('./liveness/crop/half_even.js');
            return numbers.map(roundHalfEven);
        }""",
        drawn,
    )
    assert rounded == [round(x) for x in drawn]
