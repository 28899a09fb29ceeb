"""Settings: the fields of `KioskConfig` by the name that they have as flags and in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, get_type_hints

from rise_edge.kiosk.config.kiosk_config import KioskConfig
from rise_edge.kiosk.config.values import Repeated, Value


@dataclass(frozen=True)
class Setting:
    """One field of one group.

    Attributes:
        name: flag without its two hyphens, which is also the key in the file.
        group: group of `KioskConfig` that has it.
        field: name of the field in the group.
        value: kind of its value, None for a switch.
        repeated: whether the flag may be repeated, and the file has a list.
    """

    name: str
    group: str
    field: str
    value: Value[Any] | None
    repeated: bool

    def of(self, config: KioskConfig) -> Any:
        """Its value in a configuration."""
        return getattr(getattr(config, self.group), self.field)


def _settings() -> dict[str, Setting]:
    found = {}
    for group, kind in get_type_hints(KioskConfig).items():
        hints = get_type_hints(kind, include_extras=True)
        for each in fields(kind):
            value, repeated = _value_of(hints[each.name])
            name = each.name.replace("_", "-")
            found[name] = Setting(name, group, each.name, value, repeated)
    return found


def _value_of(hint: Any) -> tuple[Value[Any] | None, bool]:
    """The kind of value of an annotation, and whether the flag may be repeated."""
    for note in getattr(hint, "__metadata__", ()):
        if isinstance(note, Value):
            return note, False
        if isinstance(note, Repeated):
            return note.value, True
    return None, False


SETTINGS = _settings()
"""Every setting by its name, in the order of the help."""

RENAMED = {"model": "bundle", "least-version": "min-version"}
"""Flags of version 0.1 that still work for one version, and their names since."""


def with_values(config: KioskConfig, values: Mapping[str, Any]) -> KioskConfig:
    """A configuration with other values, by the names of their settings.

    >>> with_values(KioskConfig(), {"keep-days": 7}).records.keep_days
    7
    """
    groups: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        groups.setdefault(SETTINGS[name].group, {})[SETTINGS[name].field] = value
    changed = {name: replace(getattr(config, name), **some) for name, some in groups.items()}
    return replace(config, **changed)
