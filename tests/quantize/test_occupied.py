"""Whatever stands where a command would write is refused before data is loaded."""

import dataclasses

import pytest

from quantize import export_targets, qat
from quantize.export_targets import TargetsConfig
from quantize.int8.fine_tune import FineTuneConfig
from quantize.int8.work_folder import begin_work, expect_work
from quantize.qat import QatConfig
from rise_edge import BundleError
from tests.quantize.small_network import expect_quantize_extra
from tests.train.debug_data import debug_config, debug_splits
from train.loop.checkpoint import RunError, open_run
from train.train import train_on


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    config = debug_config(tmp_path_factory.mktemp("occupied") / "run", epochs=1)
    train_on(config, debug_splits(count=120))
    return open_run(config.out)


@pytest.fixture(autouse=True)
def no_data(monkeypatch):
    expect_quantize_extra()
    for module in (qat, export_targets):
        monkeypatch.setattr(module, "load_material", lambda _: pytest.fail("data was loaded"))


def test_a_folder_that_holds_no_bundle_is_refused(run, tmp_path):
    with pytest.raises(BundleError, match="name another folder"):
        qat.main(QatConfig(run.folder, tmp_path))


def test_the_fine_tuning_of_other_settings_is_refused(run, tmp_path):
    begin_work(tmp_path / "work", run, FineTuneConfig())
    other = dataclasses.replace(FineTuneConfig(), learning_rate=0.5)
    config = QatConfig(run.folder, tmp_path / "b", fine_tuning=other, work=tmp_path / "work")
    with pytest.raises(RunError, match="learning_rate"):
        qat.main(config)
    with pytest.raises(RunError, match="learning_rate"):
        export_targets.main(TargetsConfig(run.folder, tmp_path / "work", fine_tuning=other))


def test_a_file_is_no_folder_to_work_in(run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="is a file"):
        expect_work(tmp_path / "file", run, FineTuneConfig())
    with pytest.raises(RunError, match="is a file"):
        export_targets.main(TargetsConfig(run.folder, tmp_path / "file", ("coreml",)))


def test_looking_writes_nothing(run, tmp_path):
    expect_work(tmp_path / "new", run, FineTuneConfig())
    assert not (tmp_path / "new").exists()
