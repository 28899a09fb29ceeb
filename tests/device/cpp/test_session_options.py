"""A session's options in C have Python's defaults and ranges."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator

import pytest

from rise_edge.bundle.bundle import default_bundle_path
from rise_edge.decision.lockout import LockoutConfig
from rise_edge.decision.sequential_test import SequentialConfig
from rise_edge.decision.session import SessionConfig
from tests.device.cpp import interface as c

pytestmark = [pytest.mark.native, pytest.mark.needs("c++")]

# C's name of a field -> the class in Python that has it, and its name there.
OWN = (
    "min_readings",
    "agreement",
    "deadline_ms",
    "absent_ms",
    "retry_ms",
    "max_step",
    "max_growth",
)
FIELDS: dict[str, tuple[type, str]] = {
    **{name: (SessionConfig, name) for name in OWN},
    **{name: (SequentialConfig, name) for name in ("false_live", "false_spoof", "delta")},
    "lockout_spoofs": (LockoutConfig, "spoofs"),
    "lockout_window_ms": (LockoutConfig, "window_ms"),
    "lockout_ms": (LockoutConfig, "lock_ms"),
}
WHOLE = ("min_readings", "lockout_spoofs")
VALUES = (
    -math.inf,
    -1.0,
    0.0,
    1e-300,
    1e-4,
    0.49,
    0.5,
    0.51,
    0.999,
    1.0,
    1.001,
    2.0,
    3000.0,
    math.inf,
    math.nan,
)


@pytest.fixture(scope="module")
def checker(library: ctypes.CDLL) -> Iterator[ctypes.c_void_p]:
    opened = ctypes.c_void_p()
    assert library.rise_open(str(default_bundle_path()).encode(), c.EXECUTORCH, 1, opened) == c.OK
    yield opened
    library.rise_close(opened)


def _defaults(library: ctypes.CDLL) -> c.COptions:
    options = c.COptions()
    assert library.rise_session_options_default(options) == c.OK
    return options


def _status(library: ctypes.CDLL, checker: ctypes.c_void_p, options: c.COptions) -> int:
    session = ctypes.c_void_p()
    status = library.rise_session_open(checker, 7, options, session)
    assert (session.value is None) == (status != c.OK)
    library.rise_session_close(session)
    return int(status)


def _python_takes(name: str, value: float) -> bool:
    config, field = FIELDS[name]
    if name == "lockout_spoofs" and value == 0:
        return True  # `lockout=None` there
    try:
        config(**{field: value})
    except ValueError:
        return False
    return True


def test_the_defaults_are_pythons(library: ctypes.CDLL) -> None:
    assert bytes(_defaults(library)) == bytes(c.options(SessionConfig()))


def test_every_field_of_pythons_configs_is_there() -> None:
    configs = (SessionConfig, SequentialConfig, LockoutConfig)
    named = {(config, name) for config in configs for name in config.__dataclass_fields__}
    nested = {(SessionConfig, "test"), (SessionConfig, "lockout")}
    assert set(FIELDS.values()) == named - nested
    assert {name for name, *_ in c.COptions._fields_} == {"size", *FIELDS}


@pytest.mark.parametrize("name", FIELDS)
def test_a_value_is_refused_iff_python_refuses_it(
    library: ctypes.CDLL, checker: ctypes.c_void_p, name: str
) -> None:
    refused = []
    for value in (-(2**31), -1, 0, 1, 2, 2**31 - 1) if name in WHOLE else VALUES:
        options = _defaults(library)
        setattr(options, name, value)
        status = _status(library, checker, options)
        assert status == (c.OK if _python_takes(name, value) else c.ARGUMENT), value
        if status:
            assert f"expected {name} " in library.rise_last_error().decode()
            refused.append(value)
    assert refused
