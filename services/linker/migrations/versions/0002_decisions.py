"""People's decisions on pairs of records, and the pairs to put before them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "linker"
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
DOUBTFUL = sa.text("doubt IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("decision_id", sa.String(40), nullable=False),
        sa.Column("a", sa.String(40), nullable=False),
        sa.Column("b", sa.String(40), nullable=False),
        sa.Column("a_no", NUMBER, nullable=False),
        sa.Column("b_no", NUMBER, nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("agency", sa.String(100), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes", sa.String(40)),
        sa.PrimaryKeyConstraint("decision_id"),
        sa.UniqueConstraint("supersedes"),
        schema=SCHEMA,
    )
    op.create_index("ix_decision_a_no", "decision", ["a_no"], schema=SCHEMA)
    op.create_index("ix_decision_b_no", "decision", ["b_no"], schema=SCHEMA)
    newest_first: list[str | sa.ColumnElement[Any]] = [
        sa.literal_column("decided_at DESC"),
        sa.literal_column("decision_id DESC"),
    ]
    op.create_index("ix_linker_decision_newest", "decision", newest_first, schema=SCHEMA)
    op.add_column("pair", sa.Column("doubt", sa.Integer()), schema=_altered())
    op.create_index(
        "ix_linker_pair_doubt",
        "pair",
        ["model", "doubt", "a", "b"],
        sqlite_where=DOUBTFUL,
        postgresql_where=DOUBTFUL,
        schema=SCHEMA,
    )


def downgrade() -> None:
    op.drop_index("ix_linker_pair_doubt", "pair", schema=SCHEMA)
    op.drop_column("pair", "doubt", schema=_altered())
    op.drop_table("decision", schema=SCHEMA)


def _altered() -> str | None:
    """SQLite's tables are in no schema, and ALTER TABLE is not translated."""
    return None if op.get_context().dialect.name == "sqlite" else SCHEMA
