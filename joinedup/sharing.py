"""`joinedup sharing`: what a partnership file allows, and drafts of legal gateways and memoranda to put into it."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import ValidationError
from rich.table import Column, Table

from joinedup.console import console, refuse, warn
from shared.runtime.clock import today
from shared.sharing import Grant, LegalGateway, Level, Partnership, RulesUnreadable, catalogue, clone, load_partnership
from shared.sharing.catalogue import Entry, draft
from shared.sharing.lifecycle import leaps, steps
from shared.sharing.review import Line, matrix, purposes, warnings
from shared.sharing.words import agency_classes

File = Annotated[Path, typer.Argument(help="The partnership: agencies, legal gateways, memoranda.", dir_okay=False)]
Day = Annotated[
    date | None,
    typer.Option("--day", parser=date.fromisoformat, metavar="YYYY-MM-DD", help="As of this day; else today."),
]
Was = Annotated[
    Path | None,
    typer.Option("--was", help="The file as it was: refuse changes that are no lawful step.", dir_okay=False),
]
EntryId = Annotated[str, typer.Argument(help="An entry of the catalogue; `joinedup sharing catalogue` lists them.")]
Id = Annotated[str, typer.Option("--id", help="What it is to be called in your file.")]
Starts = Annotated[date, typer.Option("--starts", parser=date.fromisoformat, metavar="YYYY-MM-DD")]

app = typer.Typer(
    help="What may be shared under which power: for information-governance officers.", no_args_is_help=True
)


@app.command()
def check(file: File, day: Day = None, was: Was = None) -> None:
    """Say what a partnership file allows and what it does not, what is not in force and why, and what to look at."""
    partnership, on_date = _loaded(file), day or today()
    if was and (leapt := leaps(_loaded(was), partnership, on_date)):
        refuse("\n".join(leapt))
    for purpose in purposes(partnership):
        _show_matrix(partnership, purpose, on_date)
    _show_not_in_force(partnership, on_date)
    for warning in warnings(partnership, on_date, catalogue()):
        warn(f"Look at {warning}")


@app.command("catalogue")
def catalogue_(entry: Annotated[str | None, typer.Argument(help="Show this one in full.")] = None) -> None:
    """The statutes that ship as templates. None was reviewed by a lawyer."""
    if entry is None:
        _show_entries()
    else:
        _show_entry(_entry(entry))


def _show_entries() -> None:
    shown = Table(Column("ENTRY", overflow="fold"), "Kind", "Statute", "From", "To", "Purposes")
    for entry in catalogue().values():
        lists = (_listed(entry.from_), _listed(entry.to), ", ".join(entry.purposes))
        shown.add_row(entry.id, entry.kind.replace("_", " "), f"{entry.statute}, {entry.section}", *lists)
    console.print(shown)


def _show_entry(entry: Entry) -> None:
    shown = Table.grid(Column(no_wrap=True), Column(), padding=(0, 2))
    shown.add_row(entry.kind.replace("_", " ").capitalize(), f"{entry.statute}, {entry.section}")
    shown.add_row("Text", entry.url)
    shown.add_row("From", _titled(entry.from_) + (f"; not {_titled(entry.not_from)}" if entry.not_from else ""))
    shown.add_row("To", _titled(entry.to))
    shown.add_row("Records", _listed(entry.categories))
    shown.add_row("Purposes", ", ".join(entry.purposes) or "names none")
    for condition in entry.conditions:
        shown.add_row("Condition", f"{condition.kind.replace('_', ' ')} ({condition.source})")
    shown.add_row("Says", entry.says)
    shown.add_row("Read", entry.read)
    shown.add_row("Uncertain", entry.uncertain)
    shown.add_row("Written", f"{entry.as_of}; legal review {entry.legal_review}")
    console.print(shown)


@app.command("draft")
def draft_(
    entry: EntryId,
    from_: Annotated[list[str], typer.Option("--from", help="Agency or class whose records they are.")],
    to: Annotated[list[str], typer.Option("--to", help="Agency or class that would have them.")],
    category: Annotated[list[str], typer.Option("--category")],
    id_: Id,
    starts: Starts,
    grant: Annotated[Level, typer.Option("--grant")] = Level.full,
    field_group: Annotated[list[str], typer.Option("--field-group", help="Of a `fields` grant.")] = [],  # noqa: B006
    contact: Annotated[str | None, typer.Option("--contact", help="Of a `known` grant.")] = None,
) -> None:
    """Print a legal gateway as a draft, made from an entry of the catalogue. Nothing flows until it is reviewed,
    signed and made active."""
    parties = {"from": from_, "to": to, "categories": category}
    says = {"id": id_, "starts": starts, "grant": grant, "field_groups": field_group, "contact": contact}
    found = _entry(entry)
    try:
        made = draft(found, **parties, **says)
    except ValidationError as error:
        refuse("\n".join(fault["msg"] for fault in error.errors()))
    except ValueError as error:
        refuse(f"{error}: {found.says}")
    _print_yaml(made, status=made.status.value)


@app.command("clone")
def clone_(
    file: File,
    memorandum: Annotated[str, typer.Argument(help="The id of a memorandum in that file.")],
    party: Annotated[list[str], typer.Option("--party", help="An agency of your partnership; give two or more.")],
    id_: Id,
) -> None:
    """Print another partnership's memorandum with your parties, without its dates and signatures."""
    found = next((one for one in _loaded(file).memoranda if one.id == memorandum), None)
    if found is None:
        refuse(f"{file.name} has no memorandum of that id.")
    try:
        _print_yaml(clone(found, id_, party))
    except ValidationError as error:
        refuse("\n".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()))


def _loaded(file: Path) -> Partnership:
    try:
        return load_partnership(file.read_text(encoding="utf-8"))
    except OSError:
        refuse(f"There is no file {file}.")
    except RulesUnreadable as error:
        faults = "\n".join(f"  {fault.field}: {fault.remedy}" for fault in error.errors)
        refuse(f"{file.name} is not a partnership; nobody would get anything:\n{faults}")


def _entry(id_: str) -> Entry:
    if id_ not in catalogue():
        refuse("There is no such entry. `joinedup sharing catalogue` lists them.")
    return catalogue()[id_]


def _print_yaml(made: Any, **kept: str) -> None:
    said = made.model_dump(mode="json", by_alias=True, exclude_defaults=True) | kept
    console.print(yaml.safe_dump([said], sort_keys=False, allow_unicode=True), markup=False, soft_wrap=True)


def _show_matrix(partnership: Partnership, purpose: str, on_date: date) -> None:
    title = f"For {purpose}, on {on_date}" + (
        " (dashboards, search, streams)" if _streamed(partnership, purpose) else ""
    )
    shown = Table("Records of", "in", "Seen by", "What", "Under", title=title, title_justify="left")
    for line in matrix(partnership, purpose, on_date):
        what, under = _said(line)
        categories = _named(line.categories, len(partnership.every_category), "anything")
        viewers = _named(line.viewers, len(partnership.agencies) - 1, "everybody else")
        shown.add_row(line.owner, categories, viewers, what, under)
    console.print(shown)


def _named(some: tuple[str, ...], all_: int, word: str) -> str:
    return word if len(some) == all_ else ", ".join(some)


def _streamed(partnership: Partnership, purpose: str) -> bool:
    return purpose == partnership.stream_purpose


def _said(line: Line) -> tuple[str, str]:
    grant, asking = line.outcome.grant, line.outcome.on_request
    whats = [_what(grant)] if grant or not asking else []
    unders = [_cited(one) for one in grant.under] if grant else []
    for gateway in asking:
        first = ", ".join(sorted(gateway.asks_first)).replace("_", " ")
        whats.append(f"on request, {_level(gateway.grant, gateway.field_groups)}, if {first}")
        unders.append(_cited(gateway))
    return "\n".join(whats), "\n".join(unders)


def _what(grant: Grant | None) -> str:
    if grant is None:
        return "nothing"
    level = _level(grant.level, grant.field_groups)
    return f"{level}, not to be passed on" if grant.no_onward_sharing else level


def _level(level: Level, groups: tuple[str, ...]) -> str:
    words = {Level.full: "in full", Level.known: "hit or no hit", Level.fields: f"only {', '.join(groups)}"}
    return words[level]


def _cited(gateway: LegalGateway) -> str:
    return f"{gateway.id}: {gateway.statute}, {gateway.section}"


def _show_not_in_force(partnership: Partnership, on_date: date) -> None:
    shown = Table("Not in force", "For the records of", "Why", "Next step, by")
    for gateway in partnership.legal_gateways:
        next_ = "\n".join(
            f"{step.to.replace('_', ' ')}: {', '.join(step.by)}" for step in steps(gateway, partnership, on_date)
        )
        owners = [agency for agency in partnership.agencies if agency.is_in(gateway.from_)]
        for owner in owners:
            if why := gateway.obstacles(owner.id, on_date):
                shown.add_row(_cited(gateway), owner.id, "\n".join(why), next_)
    if shown.row_count:
        console.print(shown)


def _titled(listed: tuple[str, ...] | str) -> str:
    return "anyone" if listed == "*" else "; ".join(agency_classes()[name] for name in listed)


def _listed(listed: tuple[str, ...] | str) -> str:
    return "any" if listed == "*" else ", ".join(listed)
