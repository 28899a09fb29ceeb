"""What `import rise_edge` offers: few names, each with an example, and every submodule."""

from __future__ import annotations

import inspect
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rise_edge
from rise_edge import (
    Bundle,
    Checker,
    Face,
    Frame,
    Image,
    Intrinsics,
    Observation,
    Reading,
    Verdict,
    Viewpoint,
    crop_face,
)
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.verdict import Outcome, Reason
from rise_edge.frame import ALL_MODALITIES
from rise_edge.site.site_file import FORMAT, Site, SiteRadius, SiteReference

PACKAGE = Path(rise_edge.__file__).parent
WIDTH = 100
LONG = "a very long name " * 20


@pytest.mark.parametrize("name", rise_edge.__all__)
def test_a_public_name_has_an_example(name: str) -> None:
    assert ">>> " in (inspect.getdoc(getattr(rise_edge, name)) or "")


def test_public_names_are_few_and_sorted() -> None:
    assert rise_edge.__all__ == sorted(rise_edge.__all__)
    assert len(rise_edge.__all__) <= 26


def submodules() -> set[str]:
    found = (path for path in PACKAGE.iterdir() if not path.name.startswith("_"))
    return {path.stem for path in found if path.suffix == ".py" or (path / "__init__.py").is_file()}


INTERNAL = {"command_line", "false_colour", "files"}


def test_every_submodule_is_there_when_it_is_named() -> None:
    names = sorted(submodules() - INTERNAL)
    assert names
    program = "import rise_edge\n" + "".join(f"rise_edge.{name}.__name__\n" for name in names)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_dir_shows_names_and_submodules() -> None:
    assert {*rise_edge.__all__, *submodules()} - INTERNAL <= set(dir(rise_edge))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="camera"):
        rise_edge.camera  # noqa: B018


def test_importing_it_imports_no_camera_page_or_simulator() -> None:
    program = "import sys, rise_edge; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "rise_edge.checker" in loaded
    late = {"torch", "starlette", "rise_edge.cameras", "rise_edge.simulator", "rise_edge.kiosk"}
    assert not loaded & late


VIEW = Viewpoint(Intrinsics(9999.0, 9999.0, 5000.0, 5000.0))
READING = Reading(Embedding(np.array([0.6, 0.8], np.float32), 1e-30, ALL_MODALITIES), 1e30)
FACE = Face((1e4 / 3, 1e4 / 3, 2e4 / 3, 2e4 / 3), np.ones((6, 2), np.float32) * 50, 1 / 3)
FRAME = Frame.from_arrays(
    colour=np.zeros((7680, 4320, 3), np.uint8),
    depth_mm=np.ones((7680, 4320), np.uint16),
    infrared=np.zeros((7680, 4320), np.uint8),
)
VERDICT = Verdict(Outcome.UNDECIDED, Reason.INFRARED_SATURATED, LONG, READING)


def site() -> Site:
    seen = SiteReference(10, 9, (), (), (), (), (), (), {}, {})
    chosen = SiteRadius(2.1, 0.05, 0.95, 10, 0.1, {}, True, LONG, seen)
    return Site(FORMAT, "0" * 64, LONG, LONG, False, {"colour": chosen, "colour+depth": chosen})


def fits(shown: object) -> bool:
    return len(repr(shown)) <= WIDTH and repr(shown).startswith(type(shown).__name__)


@pytest.mark.parametrize(
    "shown",
    [
        FRAME,
        Image(np.zeros((9999, 9999, 3), np.uint8), VIEW, 2**63, 1e15 / 3),
        crop_face(FRAME, FACE),
        FACE,
        READING,
        VERDICT,
        Observation(VERDICT, FACE, None, {"detect": 1e6 / 3}),
        site(),
    ],
    ids=lambda shown: type(shown).__name__,
)
def test_it_is_shown_in_a_line(shown: object) -> None:
    assert fits(shown)


def test_a_checker_and_its_bundle_are_shown_in_a_line(tiny_bundle: Bundle) -> None:
    assert fits(tiny_bundle)
    assert fits(Checker(tiny_bundle))
    assert "tiny" in repr(Checker(tiny_bundle))
    long = replace(tiny_bundle.manifest, name=LONG, version=2**31 - 1)
    assert fits(replace(tiny_bundle, manifest=long, signed_by="0" * 64))
