"""Command line of `python -m rise_edge.capture`: flags over a file over defaults."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any, NoReturn, Optional

import tyro
from tyro.conf import FlagCreatePairsOff, OmitArgPrefixes, arg

from rise_edge.command_line.arguments import called_as, did_you_mean
from rise_edge.command_line.standard_streams import say
from rise_edge.errors import ConfigError
from rise_edge.kiosk.config.kiosk_config import KioskConfig
from rise_edge.kiosk.config.settings import RENAMED, SETTINGS, with_values
from rise_edge.kiosk.config.toml_file import read_config
from rise_edge.kiosk.config.values import WrongValueError, file_value
from rise_edge.kiosk.exit_codes import exit_code_help

_EPILOG = f"""
{exit_code_help()}

Events are JSON lines; rise_edge/capture/events.py describes their schema."""


@dataclass(frozen=True)
class Arguments:
    """Watch a camera and judge the faces in front of it: LIVE, SPOOF or UNDECIDED.

    Attributes:
        config: TOML file with any of the flags below as keys, such as `web-token-file`. Flags win
            over it; relative paths in it are relative to its folder.
        print_config: print the configuration that the flags and the file make, as such a file, and
            stop.
        list_cameras: list what --camera can open on this machine, and stop.
        kiosk: flags and file together.
    """

    config: Annotated[
        Optional[Path], file_value("FILE.toml"), arg(help_behavior_hint="(default: no file)")
    ] = None
    print_config: FlagCreatePairsOff[bool] = False
    list_cameras: FlagCreatePairsOff[bool] = False
    kiosk: Annotated[KioskConfig, arg(name="")] = field(default_factory=KioskConfig)


_FLAGS = ("--help", "--config", "--print-config", "--list-cameras", *(f"--{x}" for x in SETTINGS))


def parse(arguments: Sequence[str] | None = None) -> Arguments:
    """What the command line says; a wrong one ends the program with its error and code 2.

    Args:
        arguments: words after the program's name, by default those of this process.
    """
    program = called_as("capture", "rise_edge.capture")
    words = [_current(word) for word in (sys.argv[1:] if arguments is None else arguments)]
    try:
        return _parse(program, words)
    except ConfigError as error:
        _refuse(program, error)


def _parse(program: str, words: list[str]) -> Arguments:
    file = _config_file(words)
    base = read_config(Path(file)) if file else KioskConfig()
    repeated = {name: () for name, setting in SETTINGS.items() if setting.repeated}
    # tyro would add what the flags say to what the file has, and nobody could leave that out.
    found = _read_flags(program, words, Arguments(kiosk=with_values(base, repeated)))
    kept = {name: _repeated(name, found.kiosk) or SETTINGS[name].of(base) for name in repeated}
    config = with_values(found.kiosk, kept)
    config.expect_consistent()
    return replace(found, kiosk=config)


def _repeated(name: str, found: KioskConfig) -> tuple[Any, ...]:
    value, words = SETTINGS[name].value, SETTINGS[name].of(found)
    try:
        return tuple(value.read(word) for word in words) if value else words
    except WrongValueError as error:
        raise ConfigError(f"--{name}: {error}") from None


def _current(word: str) -> str:
    """A word of the command line, with the current name in the place of an old flag's."""
    flag, equals, value = word.partition("=")
    name = RENAMED.get(flag[2:]) if flag.startswith("--") else None
    if name is None:
        return word
    say(f"warning: {flag} is called --{name} now; the old name works in this version only")
    return f"--{name}{equals}{value}"


def _config_file(words: list[str]) -> str | None:
    """The last value of --config; the errors of the flag are `_read_flags`' to find."""
    found = None
    for word, following in zip_longest(words, words[1:]):
        if word == "--config":
            found = following
        elif word.startswith("--config="):
            found = word.partition("=")[2]
    return found


def _read_flags(program: str, words: list[str], default: Arguments) -> Arguments:
    drawn = io.StringIO()
    try:
        with redirect_stderr(drawn):
            found, unknown = tyro.cli(
                Arguments,
                prog=program,
                args=words,
                default=default,
                return_unknown_args=True,
                config=(OmitArgPrefixes,),
            )
    except WrongValueError as error:
        raise ConfigError(f"--{_flag_of(error)}: {error}") from None
    except SystemExit as end:
        if end.code:  # tyro drew a box, for a person who now gets one line
            raise ConfigError(_without_value(drawn.getvalue())) from None
        if "-h" in words or "--help" in words:
            print(_EPILOG)
        raise
    if unknown:
        raise ConfigError(_unknown(unknown[0], words))
    return found


def _unknown(word: str, words: list[str]) -> str:
    switch = next((each for each in words if each.endswith(f"={word}")), None)
    if switch and word not in words:  # tyro has cut it in two
        return f"{switch.partition('=')[0]} takes no value, got {word}; leave the value out"
    hint = did_you_mean(word.partition("=")[0], _FLAGS) if word[:1] == "-" else ""
    return f"unknown argument {word}{hint}"


def _flag_of(error: WrongValueError) -> str:
    for name, setting in SETTINGS.items():
        if setting.value is not None and setting.value.instance_from_str is error.reader:
            return name
    return "config"  # the one flag that has a value and is no setting


def _without_value(box: str) -> str:
    flag = re.search(r"'(--[\w-]+)'", box)
    return f"{flag[1]} requires a value" if flag else "expected a value after each flag"


def _refuse(program: str, error: ConfigError) -> NoReturn:
    print(f"error: {error}\nsee `{program} --help`", file=sys.stderr)
    sys.exit(error.exit_code)
