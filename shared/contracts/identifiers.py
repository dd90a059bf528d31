"""Identifiers that mean the same in every service: derived, so that two machines agree without asking."""

import base64
import hashlib

_SEPARATOR = "\x1f"
_LENGTH = 20  # base32 characters: 100 bits, so that a collision is not a worry at national scale
_BYTES = 15  # a whole number of base32 groups, and no more than is used


def derived_id(prefix: str, *parts: str) -> str:
    """`prefix_` and 20 base32 characters of SHA-256 over the parts; the same parts give the same id for ever."""
    digest = hashlib.sha256(_SEPARATOR.join(parts).encode()).digest()
    return f"{prefix}_{base64.b32encode(digest[:_BYTES]).decode().lower()[:_LENGTH]}"


def record_id(feed: str, source_ref: str) -> str:
    """The id of the record that an agency knows as `source_ref` in its feed."""
    return derived_id("rec", feed, source_ref)


def noted_feed_id(category: str, agency: str, regime: str) -> str:
    """The feed that holds what the agency's own people note under the regime: concern cards, outcomes of visits."""
    return derived_id(category, agency, regime).replace("_", "-")


def business_id(anchor_record_id: str) -> str:
    """The id of the business whose smallest visible record id is `anchor_record_id`.

    Derived from visible records only, so that an id betrays nothing about a record its viewer may not see.
    """
    return derived_id("biz", anchor_record_id)
