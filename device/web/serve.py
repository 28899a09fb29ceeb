"""`python device/web/serve.py [BUNDLE]`: the page, a bundle and onnxruntime-web, for this machine.

It listens on the loopback address only, where browsers allow a page the camera and sha256 without
https. Files lie beside one another there, as on any web server:

    index.html ...      this folder
    liveness/           this folder's modules
    bundle/             the bundle
    blazeface/          the face detector's weights
    measured/           what colour alone is worth on real pictures
    onnxruntime-web/    what runs the models; fetched by npm at the first start
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE))

import onnxruntime_web as engine  # noqa: E402

_RISE_EDGE = _HERE.parents[1] / "rise_edge"
DEFAULT_BUNDLE = _RISE_EDGE / "models" / "demo"

_TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
_PAGE_TYPES = {".css", ".html", ".js", ".svg"}
_HEADERS = {
    "Cache-Control": "no-store",
    # The page's own policy stands in the page; this one cannot.
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_LOOPBACK_HOST = re.compile(r"(localhost|127\.0\.0\.1)(:\d{1,5})?", re.ASCII | re.IGNORECASE)


def page_server(bundle: Path, onnxruntime_web: Path | None = None, port: int = 0) -> PageServer:
    """A server on the loopback address; `serve_forever` runs it.

    Args:
        bundle: the folder of a bundle.
        onnxruntime_web: folder with onnxruntime-web's modules and WebAssembly; without one, npm
            fetches it.
        port: 0 for any that is free.

    Raises:
        FileNotFoundError: the bundle's folder or onnxruntime-web is not there, and npm cannot
            fetch it.
        OSError: the port is taken.
    """
    if not bundle.is_dir():
        raise FileNotFoundError(f"expected the folder of a bundle at {bundle}, found none")
    onnxruntime_web = onnxruntime_web or engine.fetched()
    if not (onnxruntime_web / engine.ENGINE).is_file():
        raise FileNotFoundError(
            f"expected {engine.ENGINE} in {onnxruntime_web}, found none; leave "
            "--onnxruntime-web out, and npm fetches it"
        )
    folders = {
        "": _HERE,
        "liveness": _HERE / "liveness",
        **{
            f"liveness/{room.name}": room
            for room in (_HERE / "liveness").iterdir()
            if room.is_dir()
        },
        "bundle": bundle,
        "blazeface": _RISE_EDGE / "face" / "blazeface",
        "measured": _RISE_EDGE / "measured",
        "onnxruntime-web": onnxruntime_web,
    }
    return PageServer(folders, port)


class PageServer(ThreadingHTTPServer):
    """Sends the files of a few folders, and nothing else.

    Attributes:
        folders: what comes before the last / of an address -> what lies there.
    """

    daemon_threads = True

    def __init__(self, folders: dict[str, Path], port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.folders = folders

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/"

    def find(self, target: str) -> Path | None:
        """The file that a request asks for: FOLDER/NAME or NAME, and nothing deeper."""
        path, _, _ = target.partition("?")
        folder, _, name = unquote(path).removeprefix("/").rpartition("/")
        name = name or ("index.html" if folder == "" else "")
        if folder not in self.folders or name.startswith(".") or set(name) & set("\\\0"):
            return None
        file = self.folders[folder] / name
        if folder == "" and file.suffix not in _PAGE_TYPES:
            return None
        return file if file.is_file() and not file.is_symlink() else None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PageServer

    def do_GET(self) -> None:
        """Send one file."""
        # A name that is no loopback name comes from a other page (DNS rebinding).
        hosts = self.headers.get_all("Host", [""])
        if not all(_LOOPBACK_HOST.fullmatch(host) for host in hosts):
            self._answer(HTTPStatus.FORBIDDEN, b"this server answers to localhost only\n")
            return
        path = self.server.find(self.path)
        if path is None:
            self._answer(HTTPStatus.NOT_FOUND, b"there is no such file\n")
            return
        kind = _TYPES.get(path.suffix, "application/octet-stream")
        self._answer(HTTPStatus.OK, path.read_bytes(), kind)

    def _answer(self, status: HTTPStatus, content: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing of single requests."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python device/web/serve.py", description="Serve the page to this machine's browser."
    )
    parser.add_argument(
        "bundle",
        nargs="?",
        type=Path,
        default=DEFAULT_BUNDLE,
        help="folder of a bundle (default: the demonstration bundle)",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=8000,
        help="port of this machine (default: 8000; 0 for a free one)",
    )
    parser.add_argument(
        "--onnxruntime-web",
        type=Path,
        metavar="FOLDER",
        help="folder with onnxruntime-web (default: npm fetches it)",
    )
    options = parser.parse_args(arguments)
    try:
        server = page_server(options.bundle, options.onnxruntime_web, options.port)
    except FileNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        why = f"cannot listen on port {options.port}: {error.strerror}; choose another with --port"
        print(f"error: {why}", file=sys.stderr)
        return 1
    with server:
        print(f"{server.url} (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, got {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
