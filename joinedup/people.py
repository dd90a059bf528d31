"""`joinedup people`: who acts in which post, handing over when somebody leaves, and secrets for those without a key."""

import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
import yaml
from pydantic import ValidationError
from rich.table import Table

from joinedup.console import console, refuse
from services.gateway.domain.handover import CannotHandOver, handed_over
from services.gateway.domain.register import Register, load_register
from services.gateway.domain.standing import acts_in
from services.gateway.handlers.secrets import hashed
from shared.runtime.clock import today

File = Annotated[Path, typer.Argument(help="The register: issuers, posts, people, clients.", dir_okay=False)]
Day = Annotated[
    date | None,
    typer.Option("--day", parser=date.fromisoformat, metavar="YYYY-MM-DD", help="On this day; else today."),
]
_SECRET_BYTES = 32

app = typer.Typer(help="Who may sign in, and as what: for agencies' administrators.", no_args_is_help=True)


@app.command()
def who(file: File, day: Day = None) -> None:
    """Say who acts in each post, deputies included."""
    register, on_day = _loaded(file), day or today()
    shown = Table("Agency", "Post", "Acted in by", "Roles", "For", title=f"On {on_day}", title_justify="left")
    for post in register.posts:
        acting = [person.id for person in register.people if acts_in(post, person.id, register, on_day)]
        mapped = [issuer.id for issuer in register.issuers for one in issuer.mappings if one.post == post.id]
        acting += [f"whom {issuer} says" for issuer in mapped]
        roles = ", ".join(post.roles).replace("_", " ")
        shown.add_row(post.agency, post.title, ", ".join(acting) or "nobody", roles, ", ".join(post.purposes))
    console.print(shown)


@app.command()
def handover(
    file: File,
    person: Annotated[str, typer.Argument(help="Who leaves.")],
    to: Annotated[str, typer.Option("--to", help="Who takes their posts over, of the same agency.")],
    on: Annotated[
        date, typer.Option("--on", parser=date.fromisoformat, metavar="YYYY-MM-DD", help="The successor's first day.")
    ],
) -> None:
    """Print the register with everything that somebody does handed to somebody else. They cannot sign in from that day
    on."""
    try:
        after = handed_over(_loaded(file), person, to, on - timedelta(days=1))
    except CannotHandOver as error:
        refuse(str(error))
    said = after.model_dump(mode="json", exclude_defaults=True)
    console.print(yaml.safe_dump(said, sort_keys=False, allow_unicode=True), markup=False, soft_wrap=True)


@app.command()
def secret() -> None:
    """Make a secret for a client or a person who has neither a key nor an issuer. It is shown once."""
    made = secrets.token_urlsafe(_SECRET_BYTES)
    console.print(f"For them alone:   {made}", markup=False, soft_wrap=True)
    console.print(f"For the register: {hashed(made)}", markup=False, soft_wrap=True)


def _loaded(file: Path) -> Register:
    try:
        return load_register(file.read_text(encoding="utf-8"))
    except OSError:
        refuse(f"There is no file {file}.")
    except ValidationError as error:
        faults = "\n".join(f"  {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        refuse(f"{file.name} is not a register; nobody could sign in:\n{faults}")
    except yaml.YAMLError:
        refuse(f"{file.name} is not YAML.")
