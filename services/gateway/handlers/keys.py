"""Secret keys in files that only their owner can read, made once even if several processes start together."""

import os
from collections.abc import Callable
from pathlib import Path

from shared.runtime.clock import new_id

_OTHERS = 0o077


class KeyExposed(Exception):
    """Others than its owner may read the key's file."""


def read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of `path`, which is made from `make` if it is not there. Raises KeyExposed."""
    if not path.exists():
        _make(path, make())
    if path.stat().st_mode & _OTHERS:
        raise KeyExposed(f"{path} can be read by others: make a new one, or run chmod 600")
    return path.read_bytes()


def replace(path: Path, content: bytes) -> None:
    """Whoever reads it meanwhile has the old content or the new."""
    _draft(path, content).replace(path)


def _make(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, content)
    try:
        os.link(draft, path)  # fails where rename would overwrite the key of another process
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _draft(path: Path, content: bytes) -> Path:
    """A file beside `path`, for its owner only, with `content` on disk."""
    draft = path.with_name(new_id(path.name))
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft
