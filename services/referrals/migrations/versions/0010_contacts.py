"""Officers, their absences, and the roles they fill."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "referrals"


def upgrade() -> None:
    op.create_table(
        "officer",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(200)),
        sa.Column("email", sa.String(200)),
        sa.Column("subject", sa.String(320)),
        sa.Column("left_on", sa.Date),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_officer_agency", "officer", ["agency"], schema=SCHEMA)
    op.create_table(
        "absence",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("officer", sa.String(40), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_absence_officer", "absence", ["officer"], schema=SCHEMA)
    op.create_table(
        "contact",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("role", sa.String(200), nullable=False),
        sa.Column("topics", sa.JSON, nullable=False),
        sa.Column("areas", sa.JSON, nullable=False),
        sa.Column("people", sa.JSON, nullable=False),
        sa.Column("mailbox", sa.String(200)),
        sa.Column("phone", sa.String(200)),
        sa.Column("hours", sa.String(200)),
        sa.Column("digest", sa.String(10), nullable=False),
        sa.Column("no_capacity_until", sa.Date),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_contact_agency", "contact", ["agency"], schema=SCHEMA)


def downgrade() -> None:
    for table in ("contact", "absence", "officer"):
        op.drop_table(table, schema=SCHEMA)
