"""Agencies whose view is another now are told of the difference; a view is filled for the first time in silence."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SCHEMA = "linker"


def upgrade() -> None:
    op.create_table(
        "move",
        sa.Column("source", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("done_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "target"),
        schema=SCHEMA,
    )
    with op.batch_alter_table("audience", schema=_schema()) as audience:
        audience.add_column(sa.Column("fresh", sa.JSON()))


def downgrade() -> None:
    with op.batch_alter_table("audience", schema=_schema()) as audience:
        audience.drop_column("fresh")
    op.drop_table("move", schema=SCHEMA)


def _schema() -> str | None:
    return None if op.get_bind().dialect.name == "sqlite" else SCHEMA
