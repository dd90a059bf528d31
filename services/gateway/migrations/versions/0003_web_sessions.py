"""Sessions of people who sign in with a browser."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "gateway"


def upgrade() -> None:
    op.create_table(
        "web_session",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("subject", sa.String(320), nullable=False),
        sa.Column("purpose", sa.String(63), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_index("ix_web_session_expires_at", "web_session", ["expires_at"], schema=SCHEMA)
    op.create_index("ix_web_session_subject", "web_session", ["agency", "subject"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("web_session", schema=SCHEMA)
