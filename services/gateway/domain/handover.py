"""When somebody leaves: what they do goes to somebody else, and they can no longer sign in."""

from datetime import date, timedelta

from services.gateway.domain.register import Holding, Post, Register


class CannotHandOver(Exception):
    """The message says why."""


def handed_over(register: Register, leaver: str, successor: str, last_day: date) -> Register:
    """The register in which `successor` has, from the day after `last_day`, every post that `leaver` holds or deputises
    in by then. Raises CannotHandOver."""
    people = {person.id: person for person in register.people}
    if leaver not in people or successor not in people or leaver == successor:
        raise CannotHandOver("Name two people of the register.")
    if people[leaver].agency != people[successor].agency:
        raise CannotHandOver("Posts are handed over inside one agency.")
    if not people[successor].covers(last_day + timedelta(days=1)):
        raise CannotHandOver("The successor is not with the agency on that day.")
    if last_day < people[leaver].starts:
        raise CannotHandOver("They would leave before they came.")
    staff = [
        person.model_copy(update={"ends": last_day}) if person.id == leaver else person for person in register.people
    ]
    posts = [_with_successor(post, leaver, successor, last_day) for post in register.posts]
    return register.model_copy(update={"people": tuple(staff), "posts": tuple(posts)})


def _with_successor(post: Post, leaver: str, successor: str, last_day: date) -> Post:
    return post.model_copy(
        update={
            "holders": _passed_on(post.holders, leaver, successor, last_day),
            "deputies": _passed_on(post.deputies, leaver, successor, last_day),
        }
    )


def _passed_on(held: tuple[Holding, ...], leaver: str, successor: str, last_day: date) -> tuple[Holding, ...]:
    """A holding of the leaver that goes on after `last_day` becomes two: until then theirs, then the successor's."""
    parts: list[Holding] = []
    for one in held:
        if one.person != leaver or (one.ends is not None and one.ends <= last_day):
            parts.append(one)
            continue
        if one.starts <= last_day:
            parts.append(one.model_copy(update={"ends": last_day}))
        starts = max(one.starts, last_day + timedelta(days=1))
        parts.append(Holding(person=successor, starts=starts, ends=one.ends))
    return tuple(parts)
