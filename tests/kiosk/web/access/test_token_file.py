import os
from pathlib import Path

import pytest

from rise_edge.errors import WebError
from rise_edge.kiosk.web.access.token_file import read_token


def token_file(path: Path, content: bytes, mode: int = 0o600) -> str:
    file = path / "token"
    file.write_bytes(content)
    file.chmod(mode)
    return str(file)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_the_token_is_read_without_its_line_end(tmp_path: Path, mode: int) -> None:
    assert read_token(token_file(tmp_path, b"abcdefgh-1234567_\n", mode)) == "abcdefgh-1234567_"


def test_a_mark_that_editors_put_at_the_start_is_no_part_of_it(tmp_path: Path) -> None:
    path = token_file(tmp_path, b"\xef\xbb\xbfabcdefgh-1234567\r\n")
    assert read_token(path) == "abcdefgh-1234567"


def test_a_file_in_utf_16_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(WebError, match="in plain ASCII, got UTF-16"):
        read_token(token_file(tmp_path, "abcdefgh-1234567".encode("utf-16")))


@pytest.mark.skipif(os.name != "posix", reason="file modes are of POSIX")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = token_file(tmp_path, b"abcdefgh-1234567", mode)
    with pytest.raises(WebError, match=rf"its owner alone, got mode {mode:o}; run `chmod 600"):
        read_token(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"short", b"two tokens-of-the-tests", "é".encode() * 20, b"a" * 5000 + b"\n"],
)
def test_what_is_no_token_is_refused_and_not_repeated(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(WebError, match="expected one token of 16") as error:
        read_token(token_file(tmp_path, content))
    assert not content or content.decode("latin-1").strip() not in str(error.value)


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WebError, match=r"cannot read the token file .*: No such file"):
        read_token(str(tmp_path / "none"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of POSIX")
def test_a_pipe_in_its_place_does_not_hold_the_start(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token", 0o600)
    with pytest.raises(WebError, match="expected one token"):
        read_token(str(tmp_path / "token"))
