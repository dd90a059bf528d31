"""`joinedup webhook listen`: be an agency's own system for a while, and see what arrives."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Any

import httpx
import typer
import uvicorn
from rich.text import Text
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from joinedup.client import Api, Bearer, DevToken, Refusal
from joinedup.console import console, refuse, run_until_signalled
from joinedup.feed import Token, Url
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_PORT, HOST, free_ports
from shared.contracts.api.webhooks import EventType

_ROLES = ("agency_system",)

Agency = Annotated[str, typer.Option("--agency", help="Whose system to be, with a development token.")]
Types = Annotated[list[EventType] | None, typer.Option("--type", help="Only these; may be given often.")]

app = typer.Typer(help="Try out how events reach an agency's own system.", no_args_is_help=True)


@app.callback()
def webhook() -> None:
    """Try out how events reach an agency's own system."""


@app.command()
def listen(
    agency: Agency = "food-safety", type_: Types = None, url: Url = f"http://{HOST}:{DEFAULT_PORT}", token: Token = None
) -> None:
    """Register a webhook on this machine, show each event whose signature is good, and end it with Ctrl-C."""
    given = token or JoinedUpSettings().token
    auth = Bearer(given) if given else DevToken(url, agency, _ROLES)
    try:
        run_until_signalled(_listen(url, auth, type_ or list(EventType)))
    except Refusal as refusal:
        refuse(str(refusal))
    except httpx.TransportError:
        refuse(f"Nothing answers at {url}. Start the services with `joinedup up`.")


async def _listen(url: str, auth: httpx.Auth, types: list[EventType]) -> None:
    [port] = free_ports(1)
    here = f"http://{HOST}:{port}/"
    async with (
        Api(url, auth) as api,
        _registered(api, here, types) as webhook,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(_serve(port, webhook["secret"]))
        console.print(f"{webhook['id']} is called at {here}. What arrives is shown here; Ctrl-C ends it.")
        await api.post(f"/v1/webhooks/{webhook['id']}/test", {})


@asynccontextmanager
async def _registered(api: Api, here: str, types: list[EventType]) -> AsyncIterator[dict[str, Any]]:
    webhook = await api.post("/v1/webhooks", {"url": here, "types": types})
    try:
        yield webhook
    finally:
        await asyncio.shield(api.delete(f"/v1/webhooks/{webhook['id']}"))


async def _serve(port: int, secret: str) -> None:
    """Until cancelled."""
    routes = [Route("/", Shown(Webhook(secret)).take, methods=["POST"])]
    await _Server(uvicorn.Config(Starlette(routes=routes), host=HOST, port=port, log_level="warning")).serve()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours: they cancel what waits here."""
        yield


class Shown:
    """Answers as an agency's system should, and prints what it was told: once, however often it comes."""

    def __init__(self, signer: Webhook) -> None:
        self._signer = signer
        self._seen: set[str] = set()

    async def take(self, request: Request) -> Response:
        body, headers = await request.body(), dict(request.headers)
        try:
            notice = self._signer.verify(body, headers)
        except WebhookVerificationError:
            console.print("A call without a good signature was refused.", style="red")
            return Response(status_code=401)
        if notice["id"] not in self._seen:
            self._seen.add(notice["id"])
            console.print(_line(notice))
        return Response(status_code=204)


def _line(notice: dict[str, Any]) -> Text:
    """The time, the type, and what the event says in few words."""
    data = notice["data"]
    said = (data.get(name) for name in ("name", "title", "reason", "state", "status", "band"))
    ids = (value for name, value in data.items() if name.endswith("_id") and name != "event_id")
    words = " ".join(str(word) for word in (*ids, *said) if word)
    return Text.assemble((f"{notice['timestamp'][11:19]} ", "dim"), (f"{notice['type']:18} ", "bold"), words)
