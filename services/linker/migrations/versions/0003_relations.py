"""What businesses share, and findings."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "linker"
TABLES = ("finding_basis", "finding", "finding_due", "trait")
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "trait",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "record"),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_table(
        "finding_due",
        sa.Column("no", NUMBER, autoincrement=True, nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("audience", sa.BigInteger()),
        sa.PrimaryKeyConstraint("no"),
        schema=SCHEMA,
    )
    op.create_index("ix_linker_finding_due_audience", "finding_due", ["audience"], schema=SCHEMA)
    op.create_table(
        "finding",
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("finding_id", sa.String(40), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("rules_version", sa.String(100), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("business_ids", sa.JSON(), nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "finding_id"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_linker_finding_since",
        "finding",
        ["audience", sa.literal_column("since DESC"), "finding_id"],
        schema=SCHEMA,
    )
    op.create_table(
        "finding_basis",
        sa.Column("basis", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("finding_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("basis", "audience", "finding_id"),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)
