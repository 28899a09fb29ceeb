"""Kinds of values: how each is written after a flag and in a TOML file, and which are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tyro.constructors import PrimitiveConstructorSpec

from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.command_line.numbers import positive_number, whole_number
from rise_edge.frame import Modality, modality_set, parse_modality_set
from rise_edge.kiosk.web.access.origin import Origin
from rise_edge.kiosk.web.server import Address

T = TypeVar("T")


class WrongValueError(Exception):
    """A flag's value is refused.

    No ValueError: tyro would draw a box around one and end the program.

    Attributes:
        reader: `instance_from_str` of the flag's `Value`, which tells the flag.
    """

    def __init__(self, reason: str, reader: Callable[[list[str]], Any]) -> None:
        super().__init__(reason)
        self.reader = reader


def _unmoved(value: Any, folder: Path) -> Any:
    return value


@dataclass(frozen=True, eq=False)
class Value(PrimitiveConstructorSpec[T]):
    """One kind of value; each field has an instance of its own.

    Attributes:
        written_as: types that the value may have in TOML; its text is then read like a flag's.
        write: value for TOML, whose text reads back to the same value.
        locate: the value relative to a folder, as `folder / path`; no change if it is no path.
    """

    written_as: tuple[type, ...] = (str,)
    write: Callable[[Any], str | int | float] = str
    locate: Callable[[Any, Path], Any] = _unmoved

    def read(self, text: str) -> T:
        """The value that a text stands for.

        Raises:
            WrongValueError: it is refused; the message says what was expected.
        """
        return self.instance_from_str([text])


@dataclass(frozen=True)
class Repeated:
    """A flag that may be repeated; its words reach the configuration unread.

    Attributes:
        value: kind of each of its values.
    """

    value: Value[Any]


def _value(metavar: str, parse: Callable[[str], T], **more: Any) -> Value[T]:
    def reader(words: list[str]) -> T:
        try:
            return parse(words[0])
        except ValueError as error:
            raise WrongValueError(str(error), reader) from None

    write = more.get("write", str)
    return Value(
        nargs=1,
        metavar=metavar,
        instance_from_str=reader,
        is_instance=lambda value: True,
        str_from_instance=lambda value: [str(value if value is None else write(value))],
        **more,
    )


def file_value(metavar: str) -> Value[Path]:
    """A file or a folder."""
    return _value(metavar, lambda text: Path(_path_text(text)), locate=lambda path, at: at / path)


def name_or_file(metavar: str, is_name: Callable[[str], bool]) -> Value[str]:
    """A name, or else a file.

    Args:
        metavar: placeholder in the help.
        is_name: whether a text is a name.
    """

    def locate(text: str, folder: Path) -> str:
        return text if is_name(text) else str(folder / text)

    return _value(metavar, _path_text, locate=locate)


def choice(*names: str) -> Value[str]:
    """One of some names."""

    def parse(text: str) -> str:
        if text not in names:
            raise ValueError(f"expected {', '.join(names[:-1])} or {names[-1]}, got {text}")
        return text

    return _value(f"{{{','.join(names)}}}", parse)


def count(metavar: str, least: int | None = 0) -> Value[int]:
    """A whole number from `least` on."""
    return _value(
        metavar,
        lambda text: whole_number(text, least),
        written_as=(int,),
        write=lambda number: number,
    )


def duration() -> Value[float]:
    """A time in seconds."""
    return _value(
        "SECONDS", positive_number, written_as=(float, int), write=lambda number: float(number)
    )


def modality_names() -> Value[frozenset[Modality]]:
    """A set of modalities that has colour, such as colour+depth."""

    def parse(text: str) -> frozenset[Modality]:
        return EvidenceConfig(required=parse_modality_set(text)).required

    return _value("SET", parse, write=modality_set)


def address() -> Value[Address]:
    """A port of this machine, or of one of its addresses."""

    def write(where: Address) -> str:
        return where.url("").removeprefix("http://")

    return _value("[HOST:]PORT", Address.parse, written_as=(str, int), write=write)


def origin() -> Value[Origin]:
    """An origin, such as https://kiosk.example."""
    return _value("ORIGIN", Origin.parse)


def _path_text(text: str) -> str:
    if not text or "\0" in text:
        raise ValueError(f"expected a name or a file, got {text!r}")
    return text
