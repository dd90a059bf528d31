"""What is done soon after a record is linked: traits and findings besides words. Ids are looked up in `record`."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SCHEMA = "linker"
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
UNIQUE_ID = "mention_record_id_key"


def upgrade() -> None:
    op.create_table(
        "behind",
        sa.Column("no", NUMBER, autoincrement=True, nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("near", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
        schema=SCHEMA,
    )
    due = sa.table("wording_due", sa.column("record", NUMBER), sa.column("had", sa.JSON()), schema=_schema())
    columns = [sa.column(name, sa.JSON()) for name in ("records", "words", "traits", "near")]
    notes = [_carried(row.record, row.had) for row in op.get_bind().execute(sa.select(due))]
    op.bulk_insert(sa.table("behind", *columns, schema=_schema()), notes)
    op.drop_table("wording_due", schema=SCHEMA)
    with _mention() as mention:
        mention.drop_constraint(UNIQUE_ID, type_="unique")


def downgrade() -> None:
    with _mention() as mention:
        mention.create_unique_constraint(UNIQUE_ID, ["record_id"])
    op.drop_table("behind", schema=SCHEMA)
    op.create_table(
        "wording_due",
        sa.Column("no", NUMBER, autoincrement=True, nullable=False),
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.Column("had", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
        schema=SCHEMA,
    )


def _carried(record: int, had: list[list[Any]]) -> dict[str, Any]:
    return {"records": [record], "words": [[*word, record] for word in had], "traits": [], "near": []}


def _mention() -> Any:
    """SQLite has no name for the constraint: it is given the one that PostgreSQL gave it."""
    names = {"uq": "%(table_name)s_%(column_0_name)s_key"}
    return op.batch_alter_table("mention", schema=_schema(), naming_convention=names)


def _schema() -> str | None:
    return None if op.get_bind().dialect.name == "sqlite" else SCHEMA
