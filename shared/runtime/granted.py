"""What a service tells the gateway of a single disclosure, for the audit log; the gateway tells nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from urllib.parse import quote, unquote

import orjson

from shared.runtime.web import GRANTED_HEADER


@dataclass(frozen=True, slots=True)
class Granted:
    """`records` are those that it is of, also where the answer does not name them; `conditions` are statements of what
    is met for it."""

    legal_gateways: tuple[str, ...]
    records: tuple[str, ...]
    conditions: tuple[str, ...]

    @classmethod
    def of(cls, legal_gateways: Iterable[str], records: Iterable[str], conditions: Iterable[str]) -> "Granted":
        return cls(tuple(sorted(set(legal_gateways))), tuple(sorted(records)), tuple(conditions))

    def header(self) -> dict[str, str]:
        return {GRANTED_HEADER: quote(orjson.dumps(asdict(self)))}


def read_granted(headers: Mapping[str, str]) -> Granted | None:
    """None of an answer that is no single disclosure."""
    if GRANTED_HEADER not in headers:
        return None
    said = orjson.loads(unquote(headers[GRANTED_HEADER]))
    return Granted(**{name: tuple(values) for name, values in said.items()})
