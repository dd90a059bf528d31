"""An agency takes in several calendars, each by its name; the one that it had is called `calendar`."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SCHEMA = "calendar"


def upgrade() -> None:
    had = _rows("agency", "uid", "visit", "digest")
    op.drop_table("imported", schema=SCHEMA)
    table = _made(sa.Column("name", sa.String(80), primary_key=True))
    if had:
        op.bulk_insert(table, [row | {"name": "calendar"} for row in had])


def downgrade() -> None:
    """Of several calendars the first stays: what there was before knows one."""
    first = op.get_bind().scalar(sa.text(f"SELECT min(name) FROM {_table()}"))  # noqa: S608 - our own name
    had = [row for row in _rows("agency", "name", "uid", "visit", "digest") if row.pop("name") == first]
    op.drop_table("imported", schema=SCHEMA)
    table = _made()
    if had:
        op.bulk_insert(table, had)


def _rows(*columns: str) -> list[dict[str, Any]]:
    found = op.get_bind().execute(sa.text(f"SELECT {', '.join(columns)} FROM {_table()}"))  # noqa: S608 - our own names
    return [dict(row) for row in found.mappings()]


def _made(*more: sa.Column[Any]) -> sa.Table:
    return op.create_table(
        "imported",
        sa.Column("agency", sa.String(80), primary_key=True),
        *more,
        sa.Column("uid", sa.String(300), primary_key=True),
        sa.Column("visit", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        schema=SCHEMA,
    )


def _table() -> str:
    return "imported" if op.get_bind().dialect.name == "sqlite" else f"{SCHEMA}.imported"
