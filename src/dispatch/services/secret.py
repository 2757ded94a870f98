"""The secret of an installation: kept in a file beside the log, never in it; the seeds of rounds are made of it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from dispatch.model.errors import SettingError

LEAST = 32
"""Characters a secret has at least, so that it cannot be tried out."""


def read_secret(path: Path) -> str:
    """The secret in the file ``path``; raises `SettingError` if it cannot be read or is too short."""
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"The secret in {path} cannot be read: {error}.", hint="the path was mistyped.") from error
    if len(secret) < LEAST:
        raise SettingError(
            f"The secret in {path} has {len(secret)} characters; it needs at least {LEAST}.",
            hint="`openssl rand -hex 32` makes one.",
        )
    return secret


def made_secret(path: Path) -> Path:
    """``path``, with a new secret in it if there is no such file; only its owner may read it."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(file, "w", encoding="utf-8") as out:
        out.write(secrets.token_hex(32) + "\n")
    return path
