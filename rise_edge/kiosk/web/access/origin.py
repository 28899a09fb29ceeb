"""Origin: how a browser names the site that a page came from, here that of a proxy with TLS."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port under which browsers reach a server.

    Attributes:
        scheme: "http" or "https".
        host: as the header `Host` has it: lower case, with the port unless it is the scheme's own.

    >>> str(Origin.parse("https://Kiosk.example:443/")), Origin.parse("http://[::1]:8350").host
    ('https://kiosk.example', '[::1]:8350')
    """

    scheme: str
    host: str

    @classmethod
    def parse(cls, text: str) -> Origin:
        """From `https://HOST` or `https://HOST:PORT`.

        Raises:
            ValueError: it is neither, or has a path, a user or characters beyond ASCII.
        """
        try:
            parts = urlsplit(text)
            name, port = parts.hostname, parts.port
        except ValueError as error:
            raise ValueError(f"expected an origin like https://HOST[:PORT]: {error}") from None
        extra = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
        if parts.scheme not in _DEFAULT_PORTS or not name or extra or not _is_plain(name):
            raise ValueError(f"expected an origin like https://HOST[:PORT], got {text!r}")
        host = f"[{name}]" if ":" in name else name
        if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
            host = f"{host}:{port}"
        return cls(parts.scheme, host)

    def url(self, path: str = "/") -> str:
        """The address of a path there."""
        return f"{self}{path}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}"


def _is_plain(name: str) -> bool:
    return name.isascii() and name.isprintable() and not set(name) & set(" \\\"'*<>^`{|}%")
