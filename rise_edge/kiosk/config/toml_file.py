"""TOML file of a `KioskConfig`: read with the line of what is wrong, written so that it reads back.

Its keys are the names of the flags, `web-token-file` for `--web-token-file`.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from pathlib import Path
from typing import Any

from rise_edge.command_line.arguments import did_you_mean
from rise_edge.errors import ConfigError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.kiosk.config.kiosk_config import KioskConfig
from rise_edge.kiosk.config.settings import RENAMED, SETTINGS, Setting, with_values
from rise_edge.kiosk.config.values import WrongValueError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MAX_BYTES = 32_768
"""Largest file that is read."""

_TYPES = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def read_config(path: Path) -> KioskConfig:
    """The configuration in a file, the defaults for what it does not have.

    Relative paths in it are relative to its folder. Whether its values agree is not checked here,
    because flags may still change them: see `KioskConfig.expect_consistent`.

    Raises:
        ConfigError: it is no plain file, cannot be read, everybody may write to it, or it is not
            the TOML of a configuration; the message has the file, the line and the key.
    """
    try:
        text = read_plain_file(path, MAX_BYTES).decode("utf-8")
        if os.name == "posix" and path.stat().st_mode & stat.S_IWOTH:
            raise ConfigError(
                f"configuration {path}: everybody may write to it, and so decide who is LIVE; "
                f"chmod o-w {path}"
            )
    except OSError as error:
        raise ConfigError(f"cannot read the configuration {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: expected UTF-8; save the file as UTF-8") from None
    except ValueError as error:
        raise ConfigError(f"configuration {path}: {error}") from None
    return parse_config(text, path)


def parse_config(text: str, path: Path) -> KioskConfig:
    """The configuration that a text of TOML describes.

    Args:
        text: content of the file.
        path: place of the file, for errors and for relative paths.

    Raises:
        ConfigError: see `read_config`.

    >>> parse_config('sessions = 3', Path("kiosk.toml")).stop.sessions
    3
    """
    text = text.replace("\r\n", "\n")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        end = f"at line {len(text.splitlines())}, the end of the file"
        told = str(error).replace("at end of document", end)
        raise ConfigError(f"{path}: expected TOML: {told}") from None
    except (ValueError, RecursionError):
        raise ConfigError(f"{path}: expected TOML, got numbers or lists beyond reason") from None
    return with_values(
        KioskConfig(), {key: _value(key, raw, text, path) for key, raw in table.items()}
    )


def _value(key: str, raw: Any, text: str, path: Path) -> Any:
    try:
        return _read(key, raw, path.parent)
    except (ValueError, WrongValueError) as error:
        raise ConfigError(f"{path}, line {_line(text, key)}, {key}: {error}") from None


def _read(key: str, raw: Any, folder: Path) -> Any:
    setting = SETTINGS.get(key)
    if setting is None:
        hint = did_you_mean(RENAMED.get(key, key.replace("_", "-")), SETTINGS)
        raise ValueError(f"unknown key{hint or ', see `rise-edge capture --help` for the flags'}")
    if setting.value is None:
        return _typed(raw, (bool,))
    if setting.repeated:
        return tuple(_read_one(setting, each, folder) for each in _typed(raw, (list,)))
    return _read_one(setting, raw, folder)


def _read_one(setting: Setting, raw: Any, folder: Path) -> Any:
    assert setting.value is not None
    text = str(_typed(raw, setting.value.written_as))
    return setting.value.locate(setting.value.read(text), folder)


def _typed(raw: Any, kinds: tuple[type, ...]) -> Any:
    if type(raw) not in kinds:  # bool is a kind of int, which is not meant
        wanted = " or ".join(_TYPES[kind] for kind in kinds)
        got = _TYPES.get(type(raw), f"a {type(raw).__name__}")
        raise ValueError(f"expected {wanted}, got {got}")
    return raw


def _line(text: str, key: str) -> int:
    """The line of a key: the first that may begin it, where no value is still open."""
    lines = text.split("\n")
    begins = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=.\]]")
    for number, line in enumerate(lines, 1):
        if begins.match(line) and _is_toml("\n".join(lines[: number - 1])):
            return number
    return 1  # a key with escapes in it


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except ValueError:
        return False
    return True


def config_text(config: KioskConfig, folder: Path) -> str:
    """TOML that reads back to the configuration wherever the file is put.

    Args:
        config: what to write.
        folder: folder that relative paths in `config` are relative to: they are written with it.

    Raises:
        ConfigError: a path is no Unicode, which TOML cannot hold.
    """
    lines, absent = [], []
    for setting in SETTINGS.values():
        value = setting.of(config)
        if value is None:
            absent.append(setting.name)
        else:
            lines.append(f"{setting.name} = {_write(setting, value, folder)}")
    if absent:
        lines.append(f"# not set: {', '.join(absent)}")
    return "\n".join([*lines, ""])


def _write(setting: Setting, value: Any, folder: Path) -> str:
    if setting.repeated:
        return f"[{', '.join(_write_one(setting, each, folder) for each in value)}]"
    return _write_one(setting, value, folder)


def _write_one(setting: Setting, value: Any, folder: Path) -> str:
    if setting.value is None:
        return "true" if value else "false"
    written = setting.value.write(setting.value.locate(value, folder))
    if not isinstance(written, str):
        return repr(written)
    try:
        written.encode("utf-8")
    except UnicodeEncodeError:
        raise ConfigError(f"--{setting.name}: TOML cannot hold the bytes in {written!a}") from None
    # JSON's escapes are TOML's, which escapes DEL as well.
    return json.dumps(written, ensure_ascii=False).replace("\x7f", "\\u007f")
