"""`python -m rise_edge.simulator gallery OUT.png`, `... clip OUT.webp`, `... compare SET...`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console

from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.errors import OutputError, RiseEdgeError
from rise_edge.evaluation.comparison import compare
from rise_edge.evaluation.comparison.comparison_picture import comparison_picture
from rise_edge.evaluation.labelled_set import read_labelled_sets
from rise_edge.files.write_atomic import write_atomic
from rise_edge.simulator.domains import DOMAINS
from rise_edge.simulator.gallery.clip import film, write_film
from rise_edge.simulator.gallery.gallery import SPECIES_NAMES, gallery

_FILM = ("bona_fide", "flat_print", "replay_lcd", "rigid_mask")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "gallery":
            _draw_gallery(options)
        elif options.command == "compare":
            _compare(options)
        else:
            pictures = film(
                options.species, domain=options.domain, seed=options.seed, fps=options.fps
            )
            write_film(pictures, options.out, options.fps)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _draw_gallery(options: argparse.Namespace) -> None:
    picture = gallery(
        domains=options.domains,
        species=options.species,
        size=options.size,
        seed=options.seed,
        difficulty=options.difficulty,
        labels=not options.unlabelled,
    )
    try:
        done = cv2.imwrite(str(options.out), np.ascontiguousarray(picture[..., ::-1]))
    except cv2.error as error:
        raise OutputError(f"cannot write {options.out}: {error.err}") from error
    if not done:
        raise OutputError(f"cannot write {options.out}; does its folder exist?")


def _compare(options: argparse.Namespace) -> None:
    comparison = compare(
        read_labelled_sets(options.sets, options.pictures),
        domains=options.domains,
        people=options.people,
        seed=options.seed,
    )
    if options.out:
        write_atomic(options.out, comparison_picture(comparison))
    if options.markdown:
        print(comparison.table())
    else:
        Console().print(comparison.table())


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog=called_as("simulator", "rise_edge.simulator"),
        description="Draw simulated people and attacks.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    picture = commands.add_parser("gallery", help="species x modalities x domains in one picture")
    picture.add_argument("out", type=Path, metavar="OUT.png")
    picture.add_argument("--domains", nargs="+", choices=tuple(DOMAINS), default=tuple(DOMAINS))
    picture.add_argument("--size", type=int, default=120, help="of one cell in pixels")
    picture.add_argument("--difficulty", type=float, default=0.3, help="of attacks, 0 to 1")
    picture.add_argument("--unlabelled", action="store_true", help="leave out the names")
    clip = commands.add_parser("clip", help="a short film")
    clip.add_argument("out", type=Path, metavar="OUT.webp")
    clip.add_argument("--domain", choices=tuple(DOMAINS), default="office")
    clip.add_argument("--fps", type=float, default=12.0)
    for command, species in ((picture, SPECIES_NAMES), (clip, _FILM)):
        command.add_argument("--species", nargs="+", choices=SPECIES_NAMES, default=species)
    beside = commands.add_parser("compare", help="statistics of real faces beside the domains'")
    beside.add_argument(
        "sets", type=Path, nargs="+", metavar="SET", help="labelled pictures, as for evaluate"
    )
    beside.add_argument("--pictures", type=Path, help="where the sets' paths begin, if elsewhere")
    beside.add_argument("--domains", nargs="+", choices=tuple(DOMAINS), default=tuple(DOMAINS))
    beside.add_argument("--people", type=int, default=60, help="simulated, of each domain")
    beside.add_argument("--out", type=Path, metavar="OUT.png", help="picture of the table")
    beside.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    for command in (picture, clip, beside):
        command.add_argument("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    sys.exit(main())
