"""Make the pictures of the guides: `python docs/make_pictures.py`, or `--only NAME` for one kind.

`docs/pictures/pictures.json` says of each picture which command made it, which bundle it shows and
when. Pictures of long experiments are not made here: `--record NAME` notes that they were.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageSequence

import rise_edge

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
RECORD = PICTURES / "pictures.json"


@dataclass(frozen=True)
class Recipe:
    """How some pictures are made.

    Attributes:
        commands: what to type, one after another, in a folder with the checkout's tree.
        files: name of each picture -> file that the commands leave.
        shows_bundle: whether the shipped bundle's decisions are to be seen.
        long: hours of work, or minutes that are not worth it: not done by this program.
        finish: what becomes of the files before they are pictures.
    """

    commands: tuple[str, ...]
    files: dict[str, str]
    shows_bundle: bool = False
    long: bool = False
    finish: Callable[[Path, Path], None] | None = None


def _board(made: Path, picture: Path) -> None:
    """The page that is printed, small."""
    _write(picture, _scaled(_read(made), 597))


def _views(made: Path, picture: Path) -> None:
    """One view in colour, infrared and false depth, side by side."""
    from rise_edge.kiosk.web.pictures import scene_depth_picture

    depth = cv2.imread(str(made / "depth" / "000010.png"), cv2.IMREAD_UNCHANGED)
    if depth is None:
        raise RuntimeError(f"expected a picture of depth in {made}, found none")
    views = [
        _read(made / "colour" / "000010.png"),
        _read(made / "infrared" / "000010.png"),
        scene_depth_picture(depth.astype(np.uint16))[..., ::-1],
    ]
    _write(picture, np.hstack([_scaled(view, 400) for view in views]))


def _gallery(made: Path, picture: Path) -> None:
    """Not lossless: small enough for a page."""
    with Image.open(made) as whole:
        whole.save(picture, quality=78, method=6)


def _clip(made: Path, picture: Path) -> None:
    """The film, smaller in its measures and its bytes."""
    with Image.open(made) as film:
        frames = [frame.resize((552, 148)) for frame in ImageSequence.Iterator(film)]
    first, *others = frames
    first.save(
        picture, save_all=True, append_images=others, duration=200, loop=0, quality=78, method=6
    )


def _read(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path))
    if picture is None:
        raise RuntimeError(f"expected a picture at {path}, found none")
    return picture


def _scaled(picture: np.ndarray, width: int) -> np.ndarray:
    height = round(picture.shape[0] * width / picture.shape[1])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def _write(path: Path, picture: np.ndarray) -> None:
    if not cv2.imwrite(str(path), picture):
        raise RuntimeError(f"cannot write {path}")


_PARTS = (
    "--targets office lobby --seeds 0 --missing --train.data.crops 1500 --train.data.subjects 150 "
    "--rows erm radial invariance angular mixing shuffling disentanglement recombination denial "
    "mmsd rise --train.data.synergy 1 --train.data.size 56 --train.network.width 24 "
    "--train.epochs 12 --train.augment.light 0 --train.algorithm.weight-angular 0.1 "
    "--train.algorithm.weight-mixing 0.3 --train.algorithm.weight-shuffling 0.3 "
    "--train.algorithm.weight-disentanglement 0.3 --train.algorithm.weight-recombination 0.3"
)

_STRONG = (
    "--algorithm.weight-terms 1 --augment.light 0.8 --augment.shade 0.2 "
    "--augment.colour-gain 0.25 --augment.infrared-gain 0.3 --augment.blur-px 2 "
    "--augment.depth-blur-px 3 --augment.depth-noise-mm 6"
)

RECIPES = {
    "terminal": Recipe(
        ("python docs/terminal_picture.py terminal.png",),
        {"terminal.png": "terminal.png"},
        shows_bundle=True,
    ),
    "gallery": Recipe(
        ("python -m rise_edge.simulator gallery gallery.webp",),
        {"simulator_gallery.webp": "gallery.webp"},
        finish=_gallery,
    ),
    "comparison": Recipe(  # needs recordings that are not part of the repository
        (
            "python -m rise_edge.simulator compare docs/real_sets/kinect2_faces "
            "--pictures ../shared/real --out comparison.png",
        ),
        {"simulator_and_real.png": "comparison.png"},
        long=True,
    ),
    "clip": Recipe(
        ("python -m rise_edge.simulator clip clip.webp --fps 5",),
        {"simulator_clip.webp": "clip.webp"},
        finish=_clip,
    ),
    "board": Recipe(
        ("python calibration/register_sensors.py board board.png",),
        {"sensor_board.png": "board.png"},
        finish=_board,
    ),
    "views": Recipe(
        ("python calibration/register_sensors.py simulate rig",),
        {"sensor_views.jpg": "rig"},
        finish=_views,
    ),
    "sensors": Recipe(
        (
            "python calibration/register_sensors.py simulate rig",
            "python calibration/register_sensors.py --camera rig --square-mm 38.0",
        ),
        {
            "sensor_coverage.png": "rig/calibration_coverage.png",
            "sensor_residuals.png": "rig/calibration_residuals.png",
        },
    ),
    "pages": Recipe(
        ("python docs/page_pictures.py . page_operator.jpg page_person.jpg web.jpg",),
        {name: name for name in ("page_operator.jpg", "page_person.jpg", "web.jpg")},
        shows_bundle=True,
    ),
    "radius": Recipe(
        (
            "python calibration/collect_sessions.py people.jsonl --bundle rise_edge/models/demo "
            "--simulated depot --sessions 100",
            "python calibration/collect_sessions.py attacks.jsonl --bundle rise_edge/models/demo "
            "--simulated depot --sessions 132 --attacks",
            "python calibration/choose_radius.py people.jsonl --bundle rise_edge/models/demo "
            "--attacks attacks.jsonl --picture radius.png",
        ),
        {"radius_choice.png": "radius_colour+depth+infrared.png"},
        shows_bundle=True,
        long=True,
    ),
    "coverage": Recipe(
        (
            "python calibration/validation/radius_coverage.py people.jsonl ... --picture "
            "radius_coverage.png",
        ),
        {"radius_coverage.png": "radius_coverage.png"},
        shows_bundle=True,
        long=True,
    ),
    "drift": Recipe(
        (
            "python calibration/validation/drift_detection.py --usual ... --lamp-failure ... "
            "--lens-smear ... "
            "--sensor-swap ... --seed 10 --picture drift.png",
        ),
        {"drift.png": "drift.png"},
        shows_bundle=True,
        long=True,
    ),
    "leave-one-out": Recipe(
        (f"python train/benchmark.py --out runs/parts {_PARTS}",),
        {"leave_one_out.png": "runs/parts/hter.png"},
        long=True,
    ),
    "polar": Recipe(
        (
            f"python train/train.py --out runs/whole --data.crops 2000 --epochs 20 {_STRONG}",
            "python train/train.py --out runs/demo --from runs/whole --data.crops 2000 --epochs 8 "
            f"--learning-rate 1e-3 {_STRONG} --augment.depth-holes 0.6",
            "python train/evaluate.py runs/demo --out runs/demo/unseen --domains night backlit",
        ),
        {"polar_unseen.png": "runs/demo/unseen/polar.png"},
        long=True,
    ),
}


def make(recipe: Recipe) -> None:
    """Run a recipe in a temporary folder that shows the checkout, and put its pictures in place.

    Raises:
        subprocess.CalledProcessError: a command failed.
        RuntimeError: it left no picture.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for entry in ROOT.iterdir():
            (folder / entry.name).symlink_to(entry)
        for command in recipe.commands:
            print(f"+ {command}", file=sys.stderr)
            subprocess.run([sys.executable, *shlex.split(command)[1:]], cwd=folder, check=True)
        for picture, made in recipe.files.items():
            if recipe.finish:
                recipe.finish(folder / made, PICTURES / picture)
            else:
                (PICTURES / picture).write_bytes((folder / made).read_bytes())


def record(recipe: Recipe) -> None:
    """Note in pictures.json how the pictures of a recipe were made."""
    known = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    bundle = rise_edge.open_bundle(ROOT / "rise_edge" / "models" / "demo")
    for picture in recipe.files:
        known[picture] = {
            "command": " && ".join(recipe.commands),
            "bundle": bundle.identity if recipe.shows_bundle else None,
            "made": date.today().isoformat(),
            "sha256": hashlib.sha256((PICTURES / picture).read_bytes()).hexdigest(),
        }
    text = json.dumps(known, indent=1, sort_keys=True)
    RECORD.write_text(text + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        description="Make the pictures of the guides, and note which bundle they show.",
        epilog=f"made here: {', '.join(n for n, r in RECIPES.items() if not r.long)}; by long "
        f"experiments: {', '.join(n for n, r in RECIPES.items() if r.long)}",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--only", nargs="+", choices=RECIPES, metavar="NAME", help="make only these")
    which.add_argument(
        "--record",
        nargs="+",
        choices=RECIPES,
        metavar="NAME",
        help="make nothing: note that these were made today, with the shipped bundle",
    )
    options = parser.parse_args(arguments)
    try:
        for name in options.record or options.only or RECIPES:
            recipe = RECIPES[name]
            if not options.record:
                if recipe.long:
                    print(f"{name}: a long experiment; to make it: {recipe.commands[-1]}")
                    continue
                make(recipe)
            record(recipe)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
