"""python -m joinedup: the command line."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "up": "joinedup.up:up",
    "demo": "joinedup.demo:demo",
    "link": "joinedup.link:link",
    "rebuild": "joinedup.rebuild:rebuild",
    "migrate": "joinedup.rebuild:migrate",
    "feed": "joinedup.feed:app",
    "log": "joinedup.dead_letters:app",
    "model": "joinedup.model.commands:app",
    "sharing": "joinedup.sharing:app",
    "people": "joinedup.people:app",
    "audit": "joinedup.audit:app",
    "keys": "joinedup.keys:app",
    "webhook": "joinedup.webhook:app",
    "duties": "joinedup.duties.commands:app",
    "bench": "joinedup.bench.commands:app",
}
"""Where each is: what one does not need is not loaded, since all of it takes two seconds."""


class Commands(TyperGroup):
    """Those of COMMANDS."""

    def list_commands(self, ctx: object) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: object, cmd_name: str) -> Any:
        return _loaded(cmd_name) if cmd_name in COMMANDS else None


app = typer.Typer(
    name="joinedup",
    cls=Commands,
    help="Compliance partnerships pool what each agency knows about local businesses, lawfully and live.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _joinedup() -> None:
    """What typer asks of a group that lists no command itself."""


def _loaded(name: str) -> Any:
    """The command or group that typer makes of what is there."""
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(module), attribute)
    around = typer.Typer()
    around.callback()(_joinedup)
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    group = typer.main.get_command(around)
    assert isinstance(group, TyperGroup)
    return group.commands[name]


if __name__ == "__main__":
    app()
