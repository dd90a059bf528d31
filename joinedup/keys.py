"""`joinedup keys`: changing the key that signs our own tokens."""

from typing import Annotated

import typer
from joserfc.errors import JoseError

from joinedup.console import console, refuse
from joinedup.stack import DEFAULT_DATA
from joinedup.up import DataDir
from services.gateway.handlers.issuer import OWN, change_key

app = typer.Typer(help="The key that signs our own tokens.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """A command group, with one command so far."""


@app.command()
def change(
    data_dir: DataDir = DEFAULT_DATA,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="The key has leaked: trust no token of it or of any other from now on.")
    ] = False,
) -> None:
    """Make a new key, where the gateways keep theirs. It is published now and signs in a quarter of an hour; the old
    one is trusted until its last token has ended. No restart is needed."""
    file = data_dir / OWN
    try:
        signs_from = change_key(file, at_once=at_once)
    except OSError:
        refuse(f"There is no {file} that you may change: run this as the gateway's user, in its data folder.")
    except (ValueError, KeyError, TypeError, JoseError):
        refuse(f"{file} holds no keys. Delete it and restart the gateways: they make a new one.")
    console.print(f"The new key signs from {signs_from:%Y-%m-%d %H:%M:%S} UTC.")
