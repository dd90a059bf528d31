"""The tables. Everything under `audience` is derived from the records that audience sees, and from nothing else.

Records stand in them by number: a fraction of the size of their ids. A number never leaves the linker.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from shared.duties.tables import duty_tables
from shared.runtime.db import UtcDateTime
from shared.runtime.outbox import outbox_table

metadata = MetaData(schema="linker")
outbox = outbox_table(metadata)
duties = duty_tables(metadata)

ID = String(40)

WORD = String(40).with_variant(String(40, collation="C"), "postgresql")  # in the order of its letters, as on SQLite
NUMBER = BigInteger().with_variant(Integer, "sqlite")  # what SQLite can use for its row ids

# Every record ever heard of: its number for ever, and the newest version known, also of a retracted one.
record = Table(
    "record",
    metadata,
    Column("no", NUMBER, primary_key=True, autoincrement=False),
    Column("record_id", ID, nullable=False, unique=True),
    Column("version", BigInteger, nullable=False),
)

# What is held of a record; it is looked up by its id in `record`.
mention = Table(
    "mention",
    metadata,
    Column("no", NUMBER, primary_key=True, autoincrement=False),
    Column("record_id", ID, nullable=False),
    Column("feed", String(100), nullable=False),
    Column("agency", String(100), nullable=False),
    Column("regime", String(100), nullable=False),
    Column("category", String(100), nullable=False),
    Column("source_ref", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("name", Text),
    Column("area", String(20)),
    Column("sector", Text),
    Column("kind", String(20), nullable=False),
    Column("severity", Integer),
    Column("native_rating", Text),
    Column("observed_on", Date),
    Column("closed_on", Date),
    Column("features", LargeBinary, nullable=False),
    Column("details", LargeBinary, nullable=False),
)

# Words that records are found by, kept apart by who may read them: `source` stands for an agency and a category.
posting = Table(
    "posting",
    metadata,
    Column("source", BigInteger, primary_key=True, autoincrement=False),
    Column("word", WORD, primary_key=True),
    Column("record", NUMBER, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# What is to be done soon after a transaction: `records` are those whose words and traits may have changed, `words` and
# `traits` those under which they stood before, and `near` the records around which findings may have changed.
behind = Table(
    "behind",
    metadata,
    Column("no", NUMBER, primary_key=True, autoincrement=True),
    Column("records", JSON, nullable=False),
    Column("words", JSON, nullable=False),
    Column("traits", JSON, nullable=False),
    Column("near", JSON, nullable=False),
)

# Numbers of blocking keys (domain/key_numbers.py): two keys that share one cost a comparison and nothing else.
block = Table(
    "block",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("record", NUMBER, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# What records were compared with: a pair stands under the later of its records, so that all those of a new record lie
# together; one that is linked stands under the earlier too, so that links are followed either way. The key begins with
# the record: a planner without statistics would rather read all pairs of a model.
pair = Table(
    "pair",
    metadata,
    Column("model", Integer, autoincrement=False),
    Column("a", NUMBER, autoincrement=False),
    Column("b", NUMBER, autoincrement=False),
    Column("weight", Double, nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("doubt", Integer),  # millibits from where it would link, of a pair to put before a person; once a pair
    PrimaryKeyConstraint("a", "model", "b"),
    sqlite_with_rowid=False,
)
Index(
    "ix_linker_pair_doubt",
    pair.c.model,
    pair.c.doubt,
    pair.c.a,
    pair.c.b,
    sqlite_where=pair.c.doubt.is_not(None),
    postgresql_where=pair.c.doubt.is_not(None),
)

# What people decided about two records: never changed, never deleted, and no part of a rebuild. The numbers are of the
# records `a` and `b`.
decision = Table(
    "decision",
    metadata,
    Column("decision_id", ID, primary_key=True),
    Column("a", ID, nullable=False),
    Column("b", ID, nullable=False),
    Column("a_no", NUMBER, nullable=False, index=True),
    Column("b_no", NUMBER, nullable=False, index=True),
    Column("verdict", String(20), nullable=False),
    Column("agency", String(100), nullable=False),
    Column("person", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("supersedes", ID, unique=True),
)
Index("ix_linker_decision_newest", decision.c.decided_at.desc(), decision.c.decision_id.desc())

audience = Table(
    "audience",
    metadata,
    Column("no", BigInteger, primary_key=True, autoincrement=False),  # a hash of its id, so for ever the same
    Column("audience", ID, nullable=False, unique=True),
    Column("agencies", JSON, nullable=False),
    Column("visible", JSON, nullable=False),
    Column("leaving", Boolean, nullable=False),
    Column("filled_to", BigInteger),  # the last record worked into this view; NULL once it is complete
    # Of one that is being filled for the first time, of which nobody is told: the (owner, category) pairs whose records
    # are still to be worked into it, or out of it.
    Column("fresh", JSON(none_as_null=True)),
)

# Agencies that see another view than before: as far as the business `done_to` they were told of the difference.
# `source` is 0 for those that saw none.
move = Table(
    "move",
    metadata,
    Column("source", BigInteger, primary_key=True, autoincrement=False),
    Column("target", BigInteger, primary_key=True, autoincrement=False),
    Column("agencies", JSON, nullable=False),
    Column("done_to", BigInteger, nullable=False),
)

# Keyed by record first: an audience alone narrows nothing down. `business` is the record that names it.
member = Table(
    "member",
    metadata,
    Column("record", NUMBER, primary_key=True, autoincrement=False),
    Column("audience", BigInteger, primary_key=True, autoincrement=False),
    Column("business", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_linker_member_business", member.c.business, member.c.audience)

business = Table(
    "business",
    metadata,
    Column("audience", BigInteger, primary_key=True, autoincrement=False),
    Column("no", BigInteger, primary_key=True, autoincrement=False),  # of the record that names it
    Column("business_id", ID, nullable=False),
    Column("name", Text, nullable=False),
    Column("area", String(20)),
    Column("size", Integer, nullable=False),
    Column("agencies", Text, nullable=False),  # |one|two|, as `regimes`, so that LIKE finds one
    Column("agency_count", Integer, nullable=False),
    Column("regimes", Text, nullable=False),
    Column("regime_count", Integer, nullable=False),
    Column("band", String(10), nullable=False),
    Column("score", Double, nullable=False),
    Column("priority", BigInteger, nullable=False),
    Column("concerns", JSON, nullable=False),
    Column("first_on", Date),
    Column("last_on", Date),
    Column("sectors", Text, nullable=False),
    Column("watched", Boolean, nullable=False),
    Column("assessed_on", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("risk_sequence", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_linker_business_id", business.c.business_id, business.c.audience, unique=True)
Index("ix_linker_business_priority", business.c.audience, business.c.priority.desc(), business.c.business_id)

# Where the records of a business that is no more went, and the sequence at which it would go on.
retired = Table(
    "retired",
    metadata,
    Column("audience", BigInteger, primary_key=True, autoincrement=False),
    Column("business_id", ID, primary_key=True),
    Column("into", JSON, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("risk_sequence", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# A rebuild under way: at most one row. `after` and `until` are positions in the log of records, by partition.
rebuild = Table(
    "rebuild",
    metadata,
    Column("topic", String(100), primary_key=True),
    Column("after", JSON, nullable=False),
    Column("until", JSON, nullable=False),
)

# Models, each for good under its version.
published_model = Table(
    "published_model",
    metadata,
    Column("version", String(63), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
)

# By which model records are linked, and how far a switch to another has come: one row.
linking = Table(
    "linking",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("in_force", String(63), nullable=False),
    Column("other", String(63)),
    Column("phase", String(20)),
    Column("position", BigInteger, nullable=False),
)

# Records around which some audience's businesses differ, or may, once the other model is in force.
moved = Table(
    "moved",
    metadata,
    Column("record", NUMBER, primary_key=True, autoincrement=False),
)
