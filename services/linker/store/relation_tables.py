"""Tables of what businesses share and of findings."""

from sqlalchemy import JSON, BigInteger, Column, Date, Index, String, Table, Text

from services.linker.store.tables import ID, NUMBER, metadata

# What records share, whoever sees them: a hash of kind and value. Two that collide are told apart when they are read.
trait = Table(
    "trait",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("record", NUMBER, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Where findings may have changed: numbers of records, and keys of traits that records had and may have no more. With an
# audience, what its view, which is new, has not been searched for yet; without, for all.
finding_due = Table(
    "finding_due",
    metadata,
    Column("no", NUMBER, primary_key=True, autoincrement=True),
    Column("records", JSON, nullable=False),
    Column("traits", JSON, nullable=False),
    Column("audience", BigInteger, index=True),
)

finding = Table(
    "finding",
    metadata,
    Column("audience", BigInteger, primary_key=True, autoincrement=False),
    Column("finding_id", ID, primary_key=True),
    Column("type", String(40), nullable=False),
    Column("rule", String(100), nullable=False),
    Column("rules_version", String(100), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("business_ids", JSON, nullable=False),
    Column("areas", Text, nullable=False),  # |UB1|UB2|, so that LIKE finds one
    Column("since", Date, nullable=False),
    Column("records", JSON, nullable=False),  # by id, as shown
    Column("numbers", JSON, nullable=False),  # of the same records
    Column("traits", JSON, nullable=False),  # keys of those through which it was found
)
Index("ix_linker_finding_since", finding.c.audience, finding.c.since.desc(), finding.c.finding_id)

# What a finding rests on: the numbers of its records, and the keys of the traits through which it was found.
finding_basis = Table(
    "finding_basis",
    metadata,
    Column("basis", BigInteger, primary_key=True, autoincrement=False),
    Column("audience", BigInteger, primary_key=True, autoincrement=False),
    Column("finding_id", ID, primary_key=True),
    sqlite_with_rowid=False,
)
