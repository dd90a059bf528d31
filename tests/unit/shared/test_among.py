from typing import Any

from sqlalchemy import Column, Engine, Integer, MetaData, Select, String, Table, create_engine, event, select
from sqlalchemy.pool import StaticPool

from shared.runtime.among import among, many, unindexed

METADATA = MetaData()
SHOP = Table(
    "shop",
    METADATA,
    Column("town", Integer, primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("name", String, unique=True),
    sqlite_with_rowid=False,
)


def plan(engine: Engine, statement: Select[Any], asked: dict[str, str]) -> str:
    """How SQLite would go about it."""
    told: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *given: told.append((given[2], given[3])), once=True)
    with engine.connect() as connection:
        connection.execute(statement, asked)
        sql, parameters = told[0]
        return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).first())


def test_a_column_not_to_be_looked_up_by_leaves_the_look_up_to_the_other() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    METADATA.create_all(engine)
    with engine.begin() as connection:
        connection.execute(SHOP.insert(), [{"town": n % 2, "no": n, "name": f"Shop {n}"} for n in range(9)])
    wanted, asked = among(SHOP.c.name, "names"), {"names": many(["Shop 1", "Shop 2", "Shop 3"])}
    by_name = select(SHOP.c.no).where(unindexed(SHOP.c.town) == 1, wanted)
    assert "(town=?)" in plan(engine, select(SHOP.c.no).where(SHOP.c.town == 1, wanted), asked)
    assert "(name=?)" in plan(engine, by_name, asked)
    with engine.connect() as connection:
        assert sorted(connection.execute(by_name, asked).scalars()) == [1, 3]
