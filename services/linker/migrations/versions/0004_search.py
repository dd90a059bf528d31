"""Words to search by."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "linker"


def upgrade() -> None:
    word = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "posting",
        sa.Column("source", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("word", word, nullable=False),
        sa.Column("record", number, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("source", "word", "record"),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )


def downgrade() -> None:
    op.drop_table("posting", schema=SCHEMA)
