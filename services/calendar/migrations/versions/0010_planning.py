"""Tasking, Primary Authority entries and operations."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "calendar"
ID = sa.String(40)
AGENCY = sa.String(80)
PERSON = sa.String(320)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tasking()
    _operations()


def _tasking() -> None:
    op.create_table(
        "tasking_list",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agency", AGENCY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("made_by", PERSON, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        schema=SCHEMA,
    )
    _index("tasking_list", "agency", "agency", "made_at", "id")
    op.create_table(
        "tasking_entry",
        sa.Column("list", ID, primary_key=True),
        sa.Column("rank", sa.Integer(), primary_key=True),
        sa.Column("agency", AGENCY, nullable=False),
        sa.Column("business_id", ID, nullable=False),
        sa.Column("regimes", sa.Integer(), nullable=False),
        sa.Column("matched_on", sa.Date()),
        schema=SCHEMA,
    )
    _index("tasking_entry", "business", "agency", "business_id")
    op.create_table(
        "tasking_decision",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agency", AGENCY, nullable=False),
        sa.Column("list", ID, nullable=False),
        sa.Column("business_id", ID, nullable=False),
        sa.Column("matched_on", sa.Date()),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("because", sa.String(40)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lead", AGENCY),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("visits_avoided", sa.Integer(), nullable=False),
        sa.Column("visit", ID),
        sa.Column("review_on", sa.Date()),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", TIME, nullable=False),
        sa.Column("decided_by", PERSON, nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        schema=SCHEMA,
    )
    _index("tasking_decision", "agency", "agency", "decided_at", "id")
    _index("tasking_decision", "business", "agency", "business_id")
    _index("tasking_decision", "list", "list")
    op.create_table(
        "primary_authority",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agency", AGENCY, nullable=False),
        sa.Column("trait", ID, nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date()),
        sa.Column("noted_by", PERSON, nullable=False),
        sa.Column("noted_at", TIME, nullable=False),
        schema=SCHEMA,
    )
    _index("primary_authority", "agency", "agency", "noted_at")


def _operations() -> None:
    op.create_table(
        "operation",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agency", AGENCY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("programme", sa.JSON(), nullable=False),
        sa.Column("follow_up_until", sa.Date(), nullable=False),
        sa.Column("made_by", PERSON, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("approved_at", TIME),
        sa.Column("in_spite_of", sa.Text()),
        schema=SCHEMA,
    )
    _index("operation", "agency", "agency", "made_at", "id")
    op.create_table(
        "operation_partner",
        sa.Column("operation", ID, primary_key=True),
        sa.Column("agency", AGENCY, primary_key=True),
        sa.Column("met", sa.JSON(), nullable=False),
        sa.Column("consent", sa.String(10), nullable=False),
        sa.Column("officer_days", sa.Float()),
        sa.Column("said", sa.Text()),
        sa.Column("answered_by", PERSON),
        sa.Column("answered_at", TIME),
        schema=SCHEMA,
    )
    _index("operation_partner", "agency", "agency")
    op.create_table(
        "operation_need",
        sa.Column("id", ID, primary_key=True),
        sa.Column("operation", ID, nullable=False),
        sa.Column("agency", AGENCY, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        schema=SCHEMA,
    )
    _index("operation_need", "operation", "operation")
    op.create_table(
        "operation_offer",
        sa.Column("need", ID, primary_key=True),
        sa.Column("agency", AGENCY, primary_key=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("offered_at", TIME, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "operation_visit",
        sa.Column("operation", ID, primary_key=True),
        sa.Column("visit", ID, primary_key=True),
        sa.Column("agency", AGENCY, nullable=False),
        schema=SCHEMA,
    )


def _index(table: str, name: str, *columns: str) -> None:
    op.create_index(f"ix_calendar_{table}_{name}", table, list(columns), schema=SCHEMA)


def downgrade() -> None:
    for table in (
        *("operation_visit", "operation_offer", "operation_need", "operation_partner", "operation"),
        *("primary_authority", "tasking_decision", "tasking_entry", "tasking_list"),
    ):
        op.drop_table(table, schema=SCHEMA)
