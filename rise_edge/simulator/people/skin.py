"""Skin: reflectance in red, green, blue and near infrared from melanin and haemoglobin.

Melanin's absorption falls with the wavelength as lambda^-3.33 (Jacques, Skin Optics Summary, 1998,
omlc.org): relative to 550 nm it is 0.67 at 620, 1.06 at 540, 1.81 at 460 and 0.23 at 850 nm, where
haemoglobin hardly absorbs either. So skin of all tones looks much alike in near infrared: measured
reflectances span 0.4 to 0.65 at 850 nm and 0.06 to 0.6 at 540 nm (Cooksey, Tsai, Allen, Reference
Data Set of Human Skin Reflectance, NIST 2017, doi:10.6028/jres.122.026).
The form exp(-amount * absorption), the base reflectances and the flatter slope of melanin in the
visible (light also comes back from above it) are ours, set to those spans.
"""

from __future__ import annotations

import cv2
import numpy as np

from rise_edge.simulator.people.atlas import Array

_BASE = (0.70, 0.54, 0.45, 0.66)
_MELANIN = (0.74, 1.02, 1.30, 0.16)
_MELANIN_AMOUNT = 1.9
_HAEMOGLOBIN = (0.05, 0.38, 0.33, 0.02)


def plain(melanin: float, haemoglobin: float) -> tuple[float, float, float, float]:
    """Reflectance of an even patch: linear red, green, blue and 850 nm."""
    amounts = np.array([[[melanin]], [[haemoglobin]]], np.float32)  # OpenCV 4 has no 1-D arrays
    red, green, blue, infrared = (float(c) for c in reflectance(amounts[0], amounts[1])[0, 0])
    return red, green, blue, infrared


def reflectance(melanin: Array, haemoglobin: Array) -> Array:
    """Reflectance f32 (..., 4): linear red, green, blue and 850 nm, of amounts from 0 to 1."""
    channels = []
    for base, by_melanin, by_blood in zip(_BASE, _MELANIN, _HAEMOGLOBIN, strict=True):
        depth = np.float32(-_MELANIN_AMOUNT * by_melanin) * melanin
        depth -= np.float32(by_blood) * haemoglobin
        channels.append(np.float32(base) * cv2.exp(depth))
    return np.asarray(np.stack(channels, -1), np.float32)
