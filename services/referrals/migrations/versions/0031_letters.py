"""What people are told by e-mail: up to when that is written, and what is on its way."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SCHEMA = "referrals"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("waiting", sa.Integer, nullable=False),
        sa.Column("late", sa.Integer, nullable=False),
        sa.Column("news", sa.Integer, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_letter_due", "letter", ["due_at"], schema=SCHEMA)
    op.create_table(
        "digest",
        sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("until", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referral_step_at", "referral_step", ["at"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_index("ix_referral_step_at", "referral_step", schema=SCHEMA)
    op.drop_table("digest", schema=SCHEMA)
    op.drop_table("letter", schema=SCHEMA)
