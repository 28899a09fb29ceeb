from __future__ import annotations

import pytest

from calibration.site.site_reference import site_reference
from calibration.site.site_session import SiteSession
from rise_edge.errors import SiteError


def test_a_reference_needs_a_session_below_the_radius() -> None:
    alone = SiteSession(score=0.4, readings=9, signals=None, species=None)
    with pytest.raises(SiteError, match="got none of 1"):
        site_reference([alone], 0.4, {})
