import time

import pytest

from train.gpu import usage
from train.gpu.usage import Sample, Usage


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho '87, 1024, [N/A]'\n")
    program.chmod(0o755)
    monkeypatch.setattr(usage.shutil, "which", lambda name: str(program))
    monkeypatch.setattr(usage, "_EVERY_S", 0.02)


def test_the_card_is_sampled_while_the_block_runs(nvidia_smi):
    began = time.time()
    with Usage() as used:
        until = time.monotonic() + 20
        while not used.samples and time.monotonic() < until:
            time.sleep(0.02)
    found = used.between(began, time.time())
    assert found["busy_percent"] == 87
    assert found["memory_mib"] == 1024


def test_a_phase_is_measured_by_the_samples_within_it():
    used = Usage([Sample(1, 0, 10, 100), Sample(2, 50, 30, 200), Sample(3, 100, 20, 300)])
    found = used.between(1.5, 3.5)
    assert found == {"busy_percent": 75, "memory_mib": 30, "power_w": 250}


def test_without_nvidia_smi_there_are_no_numbers(monkeypatch):
    monkeypatch.setattr(usage.shutil, "which", lambda name: None)
    with Usage() as used:
        pass
    assert used.between(0, time.time()) == {}
