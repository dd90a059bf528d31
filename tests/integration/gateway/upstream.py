"""A real service behind the gateway, as plain as can be: it tells what it was sent."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.requests import ClientDisconnect

SECRET = "Inside-Information"


def upstream() -> FastAPI:
    app = FastAPI(openapi_url="/v1/openapi.json")
    app.state.stop = asyncio.Event()
    app.state.broken_off = 0

    @app.post("/v1/feeds/{feed}/files")
    async def upload(feed: str, request: Request) -> dict[str, object]:
        size, digest = 0, hashlib.sha256()
        try:
            async for chunk in request.stream():
                size += len(chunk)
                digest.update(chunk)
        except ClientDisconnect:
            app.state.broken_off += 1
            raise
        return {"size": size, "sha256": digest.hexdigest()}

    @app.post("/v1/feeds/refused/now/files")
    async def refused() -> Response:
        return Response(status_code=409)

    @app.get("/v1/graph")
    async def download(size: int) -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(size // 65536):
                yield b"x" * 65536

        return StreamingResponse(chunks(), media_type="application/x-ndjson")

    @app.get("/v1/businesses/fails")
    async def fails() -> Response:
        return PlainTextResponse(f"Traceback: {SECRET}", status_code=500)

    @app.get("/v1/businesses/problem")
    async def problem() -> Response:
        return Response(b'{"title":"known"}', 503, media_type="application/problem+json", headers={"Retry-After": "7"})

    @app.get("/v1/businesses/slow")
    async def slow() -> None:
        await asyncio.sleep(5)

    @app.post("/v1/submissions")
    async def moved(request: Request, to: str) -> Response:
        where = to.replace("{here}", f"http://{request.headers['host']}")
        headers = {"Location": where, "Set-Cookie": "a=b", "Server": "secret/1.0", "X-Internal": "1", "ETag": '"1"'}
        return Response(status_code=202, headers=headers)

    @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE", "HEAD"])
    async def echo(request: Request) -> dict[str, object]:
        return {
            "method": request.method,
            "path": request.scope["raw_path"].decode(),
            "query": request.scope["query_string"].decode(),
            "headers": dict(request.headers),
            "size": len(await request.body()),
        }

    return app
