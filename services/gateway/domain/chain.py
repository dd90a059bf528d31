"""The chain of the audit log: each entry's hash covers the one before, and anchors are signed.

Whoever changes, drops or swaps entries must change every hash from there on, and cannot sign the anchors that follow.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

GENESIS = bytes(32)
_ENTRY = b"joinedup audit entry 1\n"
_ANCHOR = b"joinedup audit anchor 1\n"
_REMOVAL = b"joinedup audit removal 1\n"


@dataclass(frozen=True, slots=True)
class Link:
    """Entry number `seq`, from 1: what it says, and its hash."""

    seq: int
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """A signed statement that entry `seq` had this hash at this time, and so had all before it."""

    seq: int
    hash: bytes
    at: str
    signature: bytes

    def as_json(self) -> bytes:
        """One line, for whoever keeps it outside."""
        return orjson.dumps(
            {"seq": self.seq, "hash": self.hash.hex(), "at": self.at, "signature": self.signature.hex()}
        )


@dataclass(frozen=True, slots=True)
class Removal:
    """A signed statement that the entries up to `seq`, which has an anchor, were removed: their term had ended."""

    seq: int
    at: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is not as it was written; `seq` is the entry where it shows."""

    seq: int
    what: str


def hash_of(previous: bytes, seq: int, body: bytes) -> bytes:
    return sha256(_ENTRY + previous + seq.to_bytes(8) + body).digest()


def signed(key: Ed25519PrivateKey, seq: int, hash_: bytes, at: str) -> Anchor:
    return Anchor(seq, hash_, at, key.sign(_anchor(seq, hash_, at)))


def signed_removal(key: Ed25519PrivateKey, seq: int, at: str) -> Removal:
    return Removal(seq, at, key.sign(_removal(seq, at)))


def read_anchor(line: bytes) -> Anchor:
    """What `as_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    said = orjson.loads(line)
    return Anchor(int(said["seq"]), bytes.fromhex(said["hash"]), str(said["at"]), bytes.fromhex(said["signature"]))


def is_signed(said: Anchor | Removal, key: Ed25519PublicKey) -> bool:
    content = _anchor(said.seq, said.hash, said.at) if isinstance(said, Anchor) else _removal(said.seq, said.at)
    try:
        key.verify(said.signature, content)
    except InvalidSignature:
        return False
    return True


def _anchor(seq: int, hash_: bytes, at: str) -> bytes:
    return _ANCHOR + seq.to_bytes(8) + hash_ + at.encode()


def _removal(seq: int, at: str) -> bytes:
    return _REMOVAL + seq.to_bytes(8) + at.encode()


class Checker:
    """Takes the entries in order and says what is wrong. `anchored` are the hashes that good anchors vouch for, and
    `removed` the number, which is one of them, of the last entry that was lawfully removed, or 0."""

    def __init__(self, anchored: Mapping[int, bytes], removed: int = 0) -> None:
        self._anchored = dict(anchored)
        self._last = Link(removed, b"", self._anchored.pop(removed) if removed else GENESIS)
        self._vouched = removed

    @property
    def checked(self) -> int:
        """The number of the last entry taken."""
        return self._last.seq

    def take(self, link: Link) -> Iterator[Fault]:
        expected = self._last.seq + 1
        if link.seq != expected:
            yield Fault(expected, f"entries {expected} to {link.seq - 1} are missing")
        elif hash_of(self._last.hash, link.seq, link.body) != link.hash:
            yield Fault(link.seq, "the entry is not the one that was written here")
        vouched = self._anchored.pop(link.seq, None)
        if vouched == link.hash:
            self._vouched = link.seq
        elif vouched is not None:
            yield Fault(link.seq, f"the anchor of this entry vouches for another: rewritten since {self._vouched + 1}")
        self._last = link

    def end(self) -> Iterator[Fault]:
        """After the last entry. What was written after the last anchor and then cut off cannot be missed."""
        beyond = [seq for seq in self._anchored if seq > self._last.seq]
        if beyond:
            yield Fault(self._last.seq + 1, f"entries {self._last.seq + 1} to at least {max(beyond)} were cut off")
