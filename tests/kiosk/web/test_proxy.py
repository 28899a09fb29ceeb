"""The page behind a real nginx with TLS, as the kiosk's guide sets it up."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rise_edge import Checker
from rise_edge.kiosk.web.access.origin import Origin
from tests.kiosk.web.asking import TOKEN
from tests.kiosk.web.watching import Playing, Scenes, ServedView
from tests.support import needs

GUIDE = Path(__file__).parents[3] / "device" / "kiosk" / "README.md"
NAME = "kiosk.example"


@pytest.fixture
def nginx() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        needs.missing("nginx", "apt-get install nginx")
    return found


@pytest.fixture
def proxied(
    nginx: str, web_checker: Checker, tmp_path: Path
) -> Iterator[tuple[ServedView, Origin]]:
    """A page, and the origin under which nginx shows it with the guide's server block."""
    origin = Origin.parse(f"https://{NAME}:{free_port()}")
    with ServedView(web_checker, token=TOKEN, origin=origin) as view:
        pem, key = certificate(tmp_path)
        replaced = {
            "listen 443": f"listen 127.0.0.1:{origin.host.rpartition(':')[2]}",
            "/etc/ssl/certs/kiosk.example.pem": str(pem),
            "/etc/ssl/private/kiosk.example.key": str(key),
            "http://127.0.0.1:8350": view.address.url("").removesuffix("/"),
        }
        block = re.findall(r"```nginx\n(.*?)```", GUIDE.read_text(), re.DOTALL)[0]
        for theirs, ours in replaced.items():
            assert theirs in block
            block = block.replace(theirs, ours)
        with running(nginx, tmp_path, block):
            yield view, origin


@contextmanager
def running(nginx: str, folder: Path, block: str) -> Iterator[None]:
    """nginx with one server block, in a folder of its own and without a daemon."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ {paths} {block} }}\n"
    )
    (port,) = re.findall(r"listen 127\.0\.0\.1:(\d+)", block)
    process = subprocess.Popen([nginx, "-e", f"{folder}/error.log", "-c", str(file)])
    try:
        while not answers(int(port)):
            assert process.poll() is None, (folder / "error.log").read_text()
            sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(10)


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, Path]:
    """Files of a certificate that signs itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, private


def test_both_pages_work_through_the_guide_s_proxy_and_not_without_the_token(
    launch: Callable[..., Any], proxied: tuple[ServedView, Origin], scenes: Scenes
) -> None:
    view, origin = proxied
    browser = launch(f"--host-resolver-rules=MAP {NAME} 127.0.0.1", "--ignore-certificate-errors")
    with browser.new_page() as page, Playing(view, scenes.empty):
        assert page.goto(origin.url()).status == 403
        page.goto(origin.url(f"/?token={TOKEN}"))
        page.wait_for_selector("body[data-told=waiting]")
        assert page.evaluate("[location.protocol, location.search]") == ["https:", ""]
        page.goto(origin.url("/operator"))
        page.wait_for_selector("#health[data-status=ok]")
        (cookie,) = page.context.cookies()
        assert cookie["secure"]
