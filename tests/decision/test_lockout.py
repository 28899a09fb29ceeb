import pytest

from rise_edge.decision.lockout import Lockout, LockoutConfig


@pytest.mark.parametrize(
    ("field", "value"), [("spoofs", 0), ("window_ms", 0), ("lock_ms", float("nan"))]
)
def test_a_config_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"expected {field}"):
        LockoutConfig(**{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("config", [None, LockoutConfig()])
def test_without_spoof_it_is_open_at_any_time(config: LockoutConfig | None) -> None:
    lockout = Lockout(config)
    assert [lockout.left_ms(now_ms) for now_ms in (-5000.0, 0.0, 5000.0)] == [0.0, 0.0, 0.0]
