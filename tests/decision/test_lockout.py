import pytest

from rise_edge.decision.lockout import LockoutConfig


@pytest.mark.parametrize(
    ("field", "value"), [("spoofs", 0), ("window_ms", 0), ("lock_ms", float("nan"))]
)
def test_a_config_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"expected {field}"):
        LockoutConfig(**{field: value})  # type: ignore[arg-type]
