"""Published models, the one in force, and switching to another."""

import sqlalchemy as sa
from alembic import op

from shared.runtime.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMA = "linker"


def upgrade() -> None:
    op.create_table(
        "published_model",
        sa.Column("version", sa.String(63), primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("published_at", UtcDateTime, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "linking",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("in_force", sa.String(63), nullable=False),
        sa.Column("other", sa.String(63)),
        sa.Column("phase", sa.String(20)),
        sa.Column("position", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "moved",
        sa.Column("record", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in ("moved", "linking", "published_model"):
        op.drop_table(table, schema=SCHEMA)
