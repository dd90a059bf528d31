"""How SQLite goes about what is asked for every record: by key, whatever the store holds."""

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.pool import StaticPool

from services.linker.store import decisions, graph, holdings
from services.linker.store.tables import metadata
from shared.runtime.among import among, many, sought
from shared.runtime.statement import Statement


def plan(statement: Statement) -> list[str]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect().execution_options(schema_translate_map={metadata.schema: None}) as connection:
        metadata.create_all(connection)
        compiled = statement.on(connection.dialect, metadata.schema)
        asked = tuple(many([1]) for _ in compiled.names)
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled.text}", asked)]


@pytest.mark.parametrize(
    ("statement", "key"),
    [
        (graph._HOLDERS, "(key=?)"),
        (graph._FEATURES, "(rowid=?)"),
        (graph._COMPARED, "(a=? AND model=?)"),
        (graph._SIGHTINGS, "(rowid=?)"),
        (holdings._TOUCHED, "(record=?)"),
        (holdings._OF_BUSINESSES, "(business=?)"),
        (holdings._OF_BUSINESSES, "(audience=? AND no=?)"),
        (holdings._RETIRED, "(audience=? AND business_id=?)"),
        (decisions._CONCERNING, "(b_no=?)"),
    ],
)
def test_what_is_asked_for_every_record_is_looked_up_by_its_whole_key(statement: Statement, key: str) -> None:
    steps = plan(statement)
    assert any(key in step for step in steps)
    assert not [step for step in steps if "MATERIALIZE" in step or "TEMP B-TREE" in step]
    assert not [
        step for step in steps if step.startswith("SCAN") and "VIRTUAL TABLE" not in step and "anon" not in step
    ]


def test_a_list_that_is_joined_is_not_copied_first() -> None:
    columns = select(graph.mention.c.no)
    assert not [step for step in plan(Statement(sought(columns, graph.mention.c.no))) if "LIST" in step]
    assert [step for step in plan(Statement(columns.where(among(graph.mention.c.no)))) if "LIST" in step]
