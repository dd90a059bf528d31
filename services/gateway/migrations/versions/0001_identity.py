"""Tokens that our own issuer gave out, the client assertions that it took for them, and counts of requests."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "gateway"


def upgrade() -> None:
    op.create_table(
        "issued_token",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("subject", sa.String(320), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_index("ix_issued_token_subject", "issued_token", ["agency", "subject"], schema=SCHEMA)
    op.create_table(
        "used_assertion",
        sa.Column("client", sa.String(80), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_table(
        "request_count",
        sa.Column("seconds", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("period", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("rule", sa.String(20), primary_key=True),
        sa.Column("who", sa.String(400), primary_key=True),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )


def downgrade() -> None:
    op.drop_table("request_count", schema=SCHEMA)
    op.drop_table("used_assertion", schema=SCHEMA)
    op.drop_table("issued_token", schema=SCHEMA)
