"""Configuration of the kiosk: one frozen dataclass, filled by flags and by a TOML file."""
