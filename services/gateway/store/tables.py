"""The gateway's tables."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

from shared.runtime.db import UtcDateTime

metadata = MetaData(schema="gateway")

issued_token = Table(
    "issued_token",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("agency", String(63), nullable=False),
    Column("subject", String(320), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Index("ix_issued_token_subject", "agency", "subject"),
    sqlite_with_rowid=False,
)
"""Tokens of our own issuer, for as long as they would be good. Whose they are is kept to end all that somebody has."""

used_assertion = Table(
    "used_assertion",
    metadata,
    Column("client", String(80), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)
"""Client assertions that were taken, by a hash of their `jti`, until they expire: each opens once, at any replica."""

web_session = Table(
    "web_session",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("agency", String(63), nullable=False),
    Column("subject", String(320), nullable=False),
    Column("purpose", String(63), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_web_session_expires_at", "expires_at"),
    Index("ix_web_session_subject", "agency", "subject"),
    sqlite_with_rowid=False,
)
"""Who is signed in to the pages, by a hash of what their browser holds. `sealed` is their token and the means to renew
it; the key is not in the store."""

request_count = Table(
    "request_count",
    metadata,
    Column("seconds", Integer, primary_key=True, autoincrement=False),
    Column("period", BigInteger, primary_key=True, autoincrement=False),
    Column("rule", String(20), primary_key=True),
    Column("who", String(400), primary_key=True),
    Column("requests", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Requests that were admitted, by limit, caller and window of so many seconds; of this window and the one before."""
