"""Mutations: what hypothesis draws to make something else of a sound file."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

Edit = tuple[str, float, bytes]

_EDITS: st.SearchStrategy[Edit] = st.tuples(
    st.sampled_from(("flip", "put", "cut", "end", "twice")),
    st.floats(0, 1, exclude_max=True),
    st.binary(min_size=1, max_size=8),
)
edits = st.lists(_EDITS, min_size=1, max_size=4)
"""Changes of bytes, for `edited`."""


def edited(content: bytes, changes: list[Edit]) -> bytes:
    """Bytes with some flipped, put in, cut out, doubled, or the end cut off."""
    for kind, place, data in changes:
        at = int(place * len(content))
        if kind == "flip" and content:
            content = content[:at] + bytes([content[at] ^ (data[0] or 1)]) + content[at + 1 :]
        elif kind == "put":
            content = content[:at] + data + content[at:]
        elif kind == "cut":
            content = content[:at] + content[at + data[0] :]
        elif kind == "twice":
            content = content[:at] + content[at : at + data[0]] * 2 + content[at + data[0] :]
        else:
            content = content[:at]
    return content


_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, -1, 1, 2**31 - 1, 2**31, 1e15, 1e308, -0.0, 10**400]),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["\ud800", "../x", "manifest.json", "manifest.sig", "colour", "[/x]", "\0"]),
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
_CHANGE = st.tuples(
    st.sampled_from(("value", "drop", "rename", "add", "swap")),
    st.floats(0, 1, exclude_max=True),
    st.floats(0, 1, exclude_max=True),
    st.text(max_size=12),
    _VALUES,
)


@st.composite
def json_like(draw: st.DrawFn, sound: Any) -> bytes:
    """The text of a sound JSON value with fields changed, dropped, renamed, added or swapped."""
    value = copy.deepcopy(sound)
    for kind, where, which, name, other in draw(st.lists(_CHANGE, min_size=1, max_size=3)):
        holders = _holders(value)
        if not holders:
            break
        holder = holders[int(where * len(holders))]
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if kind == "add" and isinstance(holder, dict):
            holder[name] = other
        elif keys:
            key = keys[int(which * len(keys))]
            if kind == "drop":
                del holder[key]
            elif kind == "rename" and isinstance(holder, dict):
                holder[name] = holder.pop(key)
            elif kind == "swap":
                holder[key], holder[keys[0]] = holder[keys[0]], holder[key]
            else:
                holder[key] = other
    content = json.dumps(value).encode("utf-8", "surrogatepass")
    return edited(content, draw(edits)) if draw(st.integers(0, 4)) == 0 else content


def _holders(value: Any) -> list[Any]:
    if not isinstance(value, dict | list):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(holder for one in inner for holder in _holders(one))]
