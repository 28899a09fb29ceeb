"""Numbers as people write them; those out of range are refused."""

from __future__ import annotations


def whole_number(text: str, least: int | None = None) -> int:
    """A whole number, at least `least`.

    Raises:
        ValueError: it is none, or smaller.

    >>> whole_number("3", 1)
    3
    """
    bound = "" if least is None else f" >= {least}"
    try:
        value = int(text)
    except ValueError:
        raise ValueError(f"expected a whole number{bound}, got {text}") from None
    if least is not None and value < least:
        raise ValueError(f"expected a whole number{bound}, got {text}")
    return value


def positive_number(text: str) -> float:
    """A number above 0, and not infinite.

    Raises:
        ValueError: it is none.

    >>> positive_number("0.5")
    0.5
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ValueError(f"expected a number > 0, got {text}")
    return value
