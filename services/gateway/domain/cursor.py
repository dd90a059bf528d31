"""Stream cursors: the log's positions, sealed. Plain offsets would betray how much the other agencies receive."""

import base64
import os
import struct
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_PARTITIONS_AT_LEAST = 16
"""Cursors are padded to this many, so that their length says nothing."""


class BadCursor(Exception):
    """Not a cursor of this stream for this agency, sealed with this key."""


class Cursors:
    """Seals and opens positions with AES-256-GCM, bound to one stream and one agency. `key` is 32 bytes."""

    def __init__(self, key: bytes, stream: str) -> None:
        self._cipher = AESGCM(key)
        self._stream = stream

    def seal(self, agency: str, positions: Mapping[int, int]) -> str:
        """A fresh text each time, so that equal positions cannot be told from unequal ones."""
        count = max(positions, default=-1) + 1
        slots = [positions.get(partition, 0) for partition in range(max(count, _PARTITIONS_AT_LEAST))]
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, struct.pack(f">H{len(slots)}Q", count, *slots), self._bound_to(agency))
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, agency: str, text: str) -> dict[int, int]:
        """The positions in `text`. Raises BadCursor."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            plain = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], self._bound_to(agency))
        except (ValueError, InvalidTag) as error:
            raise BadCursor from error
        count, *slots = struct.unpack(f">H{(len(plain) - 2) // 8}Q", plain)
        return dict(enumerate(slots[:count]))

    def _bound_to(self, agency: str) -> bytes:
        return f"{self._stream}/{agency}".encode()
