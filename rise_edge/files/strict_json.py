"""Strict JSON: what nobody could mean is refused: a key twice, NaN, half a character."""

from __future__ import annotations

import json
import math
from typing import Any


def parse_object(content: bytes) -> dict[str, Any]:
    """The JSON object that some bytes are.

    Raises:
        ValueError: they are none.
    """
    try:
        data = json.loads(content.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
        json.dumps(data, ensure_ascii=False).encode()  # a lone surrogate is no text
    except RecursionError:
        raise ValueError("expected JSON of sane depth") from None
    fields: dict[str, Any] = take(data, "it", dict)
    return fields


def take(value: Any, field: str, kind: type) -> Any:
    """A value, where it is of that very kind; a whole number will do for a float.

    Raises:
        ValueError: it is of another kind, or no finite number.
    """
    if kind is float and type(value) in (int, float):
        if abs(value) <= 1e300 and math.isfinite(value):
            return float(value)
    elif type(value) is kind:
        return value
    raise ValueError(
        f"expected {field} as {kind.__name__}, got {type(value).__name__} {value!r:.40}"
    )


def take_fields(value: Any, field: str, kinds: dict[str, type]) -> dict[str, Any]:
    """The fields of an object, all of these and no others.

    Raises:
        ValueError: one is missing, unknown or of another kind.
    """
    data = take(value, field, dict)
    missing, unknown = sorted(kinds.keys() - data.keys()), sorted(data.keys() - kinds.keys())
    if missing or unknown:
        raise ValueError(f"{field}: missing fields {missing}, unknown fields {unknown}")
    return {name: take(data[name], f"{field}.{name}", kind) for name, kind in kinds.items()}


def take_numbers(value: Any, field: str) -> tuple[float, ...]:
    """The numbers of a list.

    Raises:
        ValueError: it is no list, or holds something else.
    """
    return tuple(take(number, field, float) for number in take(value, field, list))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError(f"expected each key once, got {[key for key, _ in pairs][:20]}")
    return fields


def _refuse(word: str) -> float:
    raise ValueError(f"expected finite numbers, got {word}")
