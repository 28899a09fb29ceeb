import os
from pathlib import Path

import pytest

from rise_edge.capture.web.token import read_token
from rise_edge.errors import WebError
from tests.capture.web.asking import TOKEN


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_the_token_is_what_the_file_holds_without_its_line_s_end(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert read_token(file) == TOKEN


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644, 0o777])
def test_a_file_that_others_may_read_or_write_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(WebError, match=rf"only its owner may read, got mode 0{mode:o}; run `chmod"):
        read_token(file)


def test_what_is_no_file_of_a_token_is_one_clear_error(file: Path, tmp_path: Path) -> None:
    with pytest.raises(WebError, match="nowhere: cannot be read: No such file"):
        read_token(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(WebError, match="expected a plain file"):
        read_token(tmp_path / "pipe")
    with pytest.raises(WebError, match="token file"):
        read_token(tmp_path)
    file.write_text(" \n")
    with pytest.raises(WebError, match="expected a token, got an empty file"):
        read_token(file)


def test_the_token_itself_stands_in_no_error(file: Path) -> None:
    file.chmod(0o644)
    with pytest.raises(WebError) as caught:
        read_token(file)
    assert TOKEN not in str(caught.value)
