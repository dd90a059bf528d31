"""Requests and disposals as every service has them, holds, and what was destroyed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "ingest"
MOMENT = sa.DateTime(timezone=True)
TABLES = ("duty_request", "duty_disposal", "duty_hold", "duty_erased")


def upgrade() -> None:
    _create()
    _copy_requests()
    _copy_disposals()
    for table in ("data_request", "disposal"):
        op.drop_table(table, schema=SCHEMA)


def _create() -> None:
    op.create_table(
        "duty_request",
        sa.Column("agency", sa.String(80), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("right", sa.String(20), nullable=False),
        sa.Column("feed", sa.String(80)),
        sa.Column("record_ids", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(20), nullable=False),
        sa.Column("case_reference", sa.String(100)),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("review_on", sa.Date()),
        sa.Column("decided_by", sa.String(320), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_disposal",
        sa.Column("agency", sa.String(80), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("feed", sa.String(80)),
        sa.Column("kind", sa.String(30)),
        sa.Column("category", sa.String(80), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("not_sent_since", MOMENT, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(10), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("review_on", sa.Date()),
        sa.Column("disposed_at", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_hold",
        sa.Column("agency", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(30), primary_key=True),
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("request", sa.String(40), nullable=False),
        sa.Column("ground", sa.JSON(), nullable=False),
        sa.Column("case_reference", sa.String(100)),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("held_by", sa.String(320), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_erased",
        sa.Column("agency", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(30), primary_key=True),
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        schema=SCHEMA,
    )


def _copy_requests() -> None:
    """A ground says its outcome itself."""
    same = ("id", "agency", "right", "feed", "record_ids", "asked_by", "case_reference", "decided_by", "decided_at")
    old = _table("data_request", *same, "ground")
    for row in op.get_bind().execute(sa.select(old)):
        values = {name: row._mapping[name] for name in same}
        more = {"items": [], "grounds": [row.ground], "outcome": row.ground["outcome"], "review_on": None}
        op.get_bind().execute(sa.insert(_table("duty_request", *same, *more)).values(values | more))


def _copy_disposals() -> None:
    same = ("id", "agency", "feed", "category", "records", "not_sent_since", "days", "rule", "source", "review_on")
    old, new = (_table(name, *same, "disposed_at") for name in ("disposal", "duty_disposal"))
    op.get_bind().execute(sa.insert(new).from_select([one.name for one in old.c], sa.select(old)))


_JSON = ("record_ids", "ground", "grounds", "items")
_MOMENTS = ("decided_at", "not_sent_since", "disposed_at")


def _table(name: str, *columns: str) -> sa.Table:
    """As far as it is copied."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    types: dict[str, Any] = {
        **dict.fromkeys(_JSON, sa.JSON()),
        **dict.fromkeys(_MOMENTS, MOMENT),
        "review_on": sa.Date(),
    }
    found: list[sa.Column[Any]] = [sa.Column(one, types.get(one, sa.String())) for one in columns]
    return sa.Table(name, sa.MetaData(), *found, schema=None if is_sqlite else SCHEMA)


def downgrade() -> None:
    raise NotImplementedError("what was held would be forgotten")
