"""The secret of an installation: made once for its owner alone, and refused when it could be tried out."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.model.errors import SettingError
from dispatch.services.secret import LEAST, made_secret, read_secret


def test_it_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = made_secret(tmp_path / "secret")
    first = read_secret(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_secret(made_secret(path)) == first
    assert read_secret(made_secret(tmp_path / "other")) != first


@pytest.mark.parametrize("body", [b"", b"x" * (LEAST - 1), b"  \n", b"\xff" * 64])
def test_one_that_could_be_tried_out_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "secret"
    path.write_bytes(body)
    with pytest.raises(SettingError):
        read_secret(path)


def test_one_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        read_secret(tmp_path / "secret")
