"""What a chair decided otherwise than was proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SCHEMA = "calendar"


def upgrade() -> None:
    op.create_table(
        "chair_override",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("business_id", sa.String(40), nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
        schema=SCHEMA,
    )
    with op.batch_alter_table("visit", schema=_schema()) as visit:
        visit.add_column(sa.Column("overridden", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=_schema()) as visit:
        visit.drop_column("overridden")
    op.drop_table("chair_override", schema=SCHEMA)


def _schema() -> str | None:
    return None if op.get_bind().dialect.name == "sqlite" else SCHEMA
