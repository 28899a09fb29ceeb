from __future__ import annotations

import numpy as np

from train.attacks.picture import relief_picture
from train.evaluation.plots import png


def test_a_relief_is_drawn_with_its_scale():
    figure = relief_picture(np.linspace(-50, 50, 112**2, dtype=np.float32).reshape(112, 112), "x")
    assert png(figure).startswith(b"\x89PNG")
    assert "50 mm" in [text.get_text() for text in figure.axes[0].texts]
    assert figure.axes[0].images[0].get_clim() == (-50, 50)
