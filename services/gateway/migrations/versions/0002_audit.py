"""The audit log. Triggers refuse to change or delete what is there, and on PostgreSQL the service's role may not."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "gateway"
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TERMED = ("audit_entry", "audit_mention")
KEPT = ("audit_anchor", "audit_removal")
TABLES = (*TERMED, *KEPT)
STAYS = "OLD.seq > COALESCE((SELECT max(seq) FROM {schema}audit_removal), 0)"
REFUSAL = "the audit log is only added to"


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "audit_mention",
        sa.Column("agency", sa.String(63), primary_key=True),
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("value", sa.String(320), primary_key=True),
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_index("ix_gateway_audit_mention_seq", "audit_mention", ["seq"], schema=SCHEMA)
    op.create_table(
        "audit_anchor",
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "audit_removal",
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        schema=SCHEMA,
    )
    if op.get_context().dialect.name == "sqlite":
        _refuse_on_sqlite()
    else:
        _refuse_on_postgresql()


def _refuse_on_sqlite() -> None:
    raised = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table in TABLES:
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {raised}")
        unless = f"WHEN {STAYS.format(schema='')} " if table in TERMED else ""
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {unless}{raised}")


def _refuse_on_postgresql() -> None:
    raised = f"RAISE EXCEPTION '{REFUSAL}';"
    stays = STAYS.format(schema=f"{SCHEMA}.")
    for name, body in (("refuse", raised), ("refuse_unless_termed", f"IF {stays} THEN {raised} END IF; RETURN OLD;")):
        head = f"CREATE FUNCTION {SCHEMA}.audit_{name}() RETURNS trigger LANGUAGE plpgsql AS"
        op.execute(f"{head} $$ BEGIN {body} END $$")
    for table in TABLES:
        where = f"ON {SCHEMA}.{table}"
        refuse = f"FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.audit_refuse()"
        changes = "UPDATE OR TRUNCATE" if table in TERMED else "UPDATE OR DELETE OR TRUNCATE"
        op.execute(f"CREATE TRIGGER {table}_add_only BEFORE {changes} {where} {refuse}")
        if table in TERMED:
            row = f"FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.audit_refuse_unless_termed()"
            op.execute(f"CREATE TRIGGER {table}_termed BEFORE DELETE {where} {row}")
        _revoke("UPDATE, DELETE, TRUNCATE", table)
    _revoke("INSERT", "audit_removal")


def _revoke(rights: str, table: str) -> None:
    """From every role but the owner's, which alone migrates and prunes (deploy/postgres/roles.sql)."""
    grants = "SELECT DISTINCT grantee::text FROM information_schema.role_table_grants"
    others = f"{grants} WHERE table_schema = '{SCHEMA}' AND table_name = '{table}' AND grantee <> current_user"
    revoke = f"EXECUTE format('REVOKE {rights} ON {SCHEMA}.{table} FROM %I', other);"
    op.execute(f"DO $$ DECLARE other text; BEGIN FOR other IN {others} LOOP {revoke} END LOOP; END $$")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)
    if op.get_context().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION {SCHEMA}.audit_refuse(), {SCHEMA}.audit_refuse_unless_termed()")
