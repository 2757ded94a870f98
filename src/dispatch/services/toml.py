"""Files people write in TOML, read with errors that say which file and where."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from dispatch.model.errors import DispatchError


def read_toml(path: Path, what: str, error: type[DispatchError]) -> dict[str, Any]:
    """The content of the ``what`` at ``path``; raises ``error`` if it is not there, cannot be read, or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as found:
        raise error(f"There is no {what} {path}.", hint="the path was mistyped.") from found
    except OSError as found:
        raise error(f"The {what} {path} cannot be read: {found.strerror}.", hint="a file was meant.") from found
    except UnicodeDecodeError as found:
        raise error(
            f"{path} is not TOML: it is not UTF-8 at byte {found.start}.",
            hint="another file was meant, or it was saved in another encoding.",
        ) from found
    except tomllib.TOMLDecodeError as found:
        raise error(f"{path} is not TOML: {found}.", hint="a quote or bracket is missing there.") from found
