"""What the demonstration shows of the stream: names that the stream itself does not tell."""

import httpx
import pytest

from joinedup.client import Api, Bearer
from joinedup.stream_view import RiskStream

NAMES = {"biz_here": "Golden Wok", "biz_whole": "Chicken Shop"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that the public address was asked for."""
    asked: list[str] = []

    async def answer(_: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        id_ = request.url.path.rpartition("/")[2]
        if id_ == "biz_merged":
            return httpx.Response(308, headers={"Location": "/v1/businesses/biz_whole"})
        return httpx.Response(200, json={"name": NAMES[id_]}) if id_ in NAMES else httpx.Response(404, json={})

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", answer)
    return asked


async def test_a_business_is_named_as_it_is_now_and_asked_for_once(asked: list[str]) -> None:
    async with Api("http://there", Bearer("t")) as api:
        stream = RiskStream(api)
        stream.recent.extend({"business_id": id_} for id_ in ("biz_here", "biz_merged", "biz_gone", "biz_here"))
        names = [name for _, name in await stream.named()]
        assert names == ["Golden Wok", "Chicken Shop", "biz_gone", "Golden Wok"]
        before = len(asked)
        await stream.named()
        assert len(asked) == before
