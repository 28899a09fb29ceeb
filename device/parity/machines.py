"""Machines: processors whose integer and float kernels differ, as QEMU imitates them.

onnxruntime chooses its kernels by what a processor can do. On arm64 it learns that from
`/proc/cpuinfo` too, which QEMU 7 does not imitate: without one of its own in the root it crashes.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rise_edge.errors import RiseEdgeError

PROJECT = Path(__file__).resolve().parents[2]
EMBED = Path(__file__).with_name("embed.py")


@dataclass(frozen=True)
class Machine:
    """A processor to embed on.

    Attributes:
        name: what QEMU calls it.
        what: the property of its kind that matters here.
        architecture: `x86-64`, `arm64`, or empty for this machine.
        features: features of arm64, as `/proc/cpuinfo` lists them.
        part: part of arm64, number of the core's design.
    """

    name: str
    what: str
    architecture: str = ""
    features: str = ""
    part: str = ""

    def __str__(self) -> str:
        return f"{self.architecture} {self.name} ({self.what})" if self.architecture else self.name


_ARMV8 = "fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid"
_ARMV8_2 = f"{_ARMV8} atomics fphp asimdhp asimdrdm lrcpc dcpop asimddp"

HERE = Machine("this machine", "not imitated")
MACHINES = (
    Machine("cortex-a72", "no dot product", "arm64", _ARMV8, "0xd08"),
    Machine("cortex-a76", "dot product", "arm64", _ARMV8_2, "0xd0b"),
    Machine("max", "dot and matrix product, SVE", "arm64", f"{_ARMV8_2} sve i8mm bf16", "0xd40"),
    Machine("SandyBridge", "AVX, no AVX2", "x86-64"),
    Machine("Haswell", "AVX2, no VNNI", "x86-64"),
)


def command(machine: Machine, root: Path) -> list[str]:
    """What starts Python on a machine.

    Args:
        machine: machine to start it on.
        root: root of arm64, from `device.parity.arm64_root.prepare`.

    Raises:
        RiseEdgeError: QEMU is not installed, or the machine cannot be imitated here.
    """
    if machine is HERE:
        return [sys.executable]
    if machine.architecture == "x86-64":
        if platform.machine() != "x86_64":
            raise RiseEdgeError(
                f"{machine.name} runs this machine's own Python, which has to be "
                f"of x86-64; this machine is {platform.machine()}"
            )
        return [qemu("x86_64"), "-cpu", machine.name, sys.executable]
    variables = {
        "PYTHONHOME": root / "usr",
        "PYTHONPATH": f"{root / 'wheels'}:{PROJECT}",
    }
    given = [word for name, value in variables.items() for word in ("-E", f"{name}={value}")]
    python = root / "usr" / "bin" / "python3.11"
    return [qemu("aarch64"), "-L", str(root), "-cpu", machine.name, *given, str(python)]


def qemu(architecture: str) -> str:
    """The program that imitates a processor's user space.

    Raises:
        RiseEdgeError: it is not installed.
    """
    name = f"qemu-{architecture}-static"
    if not shutil.which(name):
        raise RiseEdgeError(f"expected {name}, found none; apt-get install qemu-user-static")
    return name


def embed(
    machine: Machine, root: Path, bundle: Path, golden: Path, out: Path, batches: Sequence[int]
) -> None:
    """Embed golden crops in batches of each size on a machine; `embed.py` says what `out` holds.

    Raises:
        RiseEdgeError: QEMU is not installed, or the program failed there.
    """
    if machine.architecture == "arm64":
        _describe(machine, root)
    words = [*command(machine, root), str(EMBED), str(bundle), str(golden), str(out)]
    path = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
    variables = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": path}
    done = subprocess.run(
        [*words, "--batch", *map(str, batches)],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word of why"])[-1]
        raise RiseEdgeError(f"embedding on {machine.name} ended with {done.returncode}: {last}")


def _describe(machine: Machine, root: Path) -> None:
    described = root / "proc" / "cpuinfo"
    described.parent.mkdir(exist_ok=True)
    described.write_text(
        f"processor\t: 0\nBogoMIPS\t: 100.00\nFeatures\t: {machine.features}\n"
        f"CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x1\n"
        f"CPU part\t: {machine.part}\nCPU revision\t: 1\n"
    )
