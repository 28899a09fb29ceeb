"""Exit codes of the kiosk's program: what each means, and whether a service starts it again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ExitCode:
    """One way for the program to end.

    Attributes:
        code: number that the program ends with.
        meaning: what was wrong, in one line.
        restart: whether starting again may help without a person's help. A disk that was full, a
            file that was locked and a port that was taken are often free a little later; a file
            that is wrong stays wrong.
    """

    code: int
    meaning: str
    restart: bool


EXIT_CODES = (
    ExitCode(0, "the sessions or seconds asked for are over, the source ended, or Ctrl-C", True),
    ExitCode(1, "an error without a code of its own", True),
    ExitCode(2, "wrong arguments or configuration, or a language without all of its texts", False),
    ExitCode(3, "camera, recording or image folder: missing, unreadable, lost", True),
    ExitCode(4, "bundle: missing, incomplete, altered, of another format", False),
    ExitCode(5, "an optional package is missing", False),
    ExitCode(
        6, "the events file, the recording or the folder of kept evidence cannot be written", True
    ),
    ExitCode(8, "the audit: unwritable, damaged, locked, no audit, of another version", True),
    ExitCode(9, "a page or a port cannot be served", True),
    ExitCode(
        10,
        "the bundle is not signed by the pinned key's owner, or is too old; a key cannot be used",
        False,
    ),
    ExitCode(
        11, "the site file: missing, malformed, of another bundle, runtime or modality set", False
    ),
    ExitCode(12, "a second opinion: its model or description is missing or malformed", False),
)


def exit_code_help() -> str:
    """The codes as `--help` lists them."""
    lines = [f"  {each.code:<3}{each.meaning}" for each in EXIT_CODES]
    return "\n".join(["exit codes:", *lines])
