"""The reasons of decisions are found, put right, erased and disposed of; what was decided stays."""

from datetime import UTC, datetime
from typing import Any

import time_machine
from sqlalchemy import select

from services.linker.handlers.duties import KEEPER
from services.linker.store.tables import decision
from shared.duties.destroy import end_retention
from tests.integration.linker.test_api import Api, api
from tests.integration.linker.test_decisions_api import SAME_SHOP, SHOP, compared, decide, filled
from tests.integration.linker.world import THREE_AUDIENCES, World

__all__ = ["api", "filled"]  # fixtures

NAME = "Ivy Quillfeather"
GOVERNANCE = {"roles": ["information_governance"]}
DUTIES = "/v1/duties/linker"


async def found(api: Api, agency: str = "hmrc") -> list[str]:
    answer = await api.post(f"{DUTIES}/subject-access", {"name": NAME}, agency, **GOVERNANCE)
    return [item["id"] for item in answer.json()["items"]]


async def ask(api: Api, id_: str, agency: str = "hmrc", **more: Any) -> int:
    body = {"items": [{"kind": "link_decision", "id": id_}], "asked_by": "data_subject", "outcome": "granted"}
    answer = await api.post(f"{DUTIES}/data-requests", body | more, agency, **GOVERNANCE)
    return int(answer.status_code)


async def test_a_reason_is_found_put_right_and_erased_and_its_decision_holds(filled: Api, world: World) -> None:
    made = (await decide(filled, SHOP, SAME_SHOP, "different", reason=f"{NAME} owns one of them")).json()
    id_ = made["decision"]["decision_id"]
    assert await found(filled) == [id_]
    assert await found(filled, "council") == [], "whose decision it is answers for it"
    assert await ask(filled, id_, "council", right="erasure", ground="no-longer-necessary") == 404
    right = {"right": "rectification", "ground": "inaccurate", "words": {"reason": f"{NAME} owns both"}}
    assert await ask(filled, id_, **right) == 201
    (said,) = (await compared(filled, SHOP, SAME_SHOP))["decisions"]
    assert said["reason"] == f"{NAME} owns both"
    assert await ask(filled, id_, right="erasure", ground="no-longer-necessary") == 201
    shown = await compared(filled, SHOP, SAME_SHOP)
    assert (shown["one_business"], shown["decisions"][0]["reason"]) == (False, "(erased)")
    assert await found(filled) == []
    async with world.database.read() as connection:
        assert NAME not in repr((await connection.execute(select(decision))).all())


async def test_only_what_holds_no_more_is_disposed_of(filled: Api, world: World) -> None:
    first = (await decide(filled, SHOP, SAME_SHOP, "different", reason="by mistake")).json()["decision"]
    await decide(filled, SHOP, SAME_SHOP, "same", reason="the owner told us")
    with time_machine.travel(datetime(2040, 1, 1, tzinfo=UTC), tick=False):
        assert await end_retention(world.database, KEEPER, THREE_AUDIENCES) == 1
    async with world.database.read() as connection:
        rows = (await connection.execute(select(decision).order_by(decision.c.decided_at))).all()
    assert [row.reason for row in rows] == ["(erased)", "the owner told us"]
    assert rows[0].decision_id == first["decision_id"]
