"""Records whose words are to be brought up to date."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SCHEMA = "linker"
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "wording_due",
        sa.Column("no", NUMBER, autoincrement=True, nullable=False),
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.Column("had", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
        schema=SCHEMA,
    )


def downgrade() -> None:
    op.drop_table("wording_due", schema=SCHEMA)
