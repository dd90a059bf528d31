"""A view that is nearly another begins as a copy of it, inside the store."""

from sqlalchemy import BigInteger, and_, bindparam, func, insert, select

from services.linker.store.relation_tables import finding, finding_basis
from services.linker.store.tables import business, member, retired
from shared.runtime.session import Session
from shared.runtime.statement import Statement

_FROM, _TO = bindparam("source", type_=BigInteger), bindparam("target", type_=BigInteger)
_AS_IT_IS = [column.name for column in business.columns if column.name not in ("audience", "sequence", "risk_sequence")]
_stopped = and_(retired.c.audience == _TO, retired.c.business_id == business.c.business_id)

_MEMBERS = Statement(
    insert(member).from_select(
        ["record", "audience", "business"],
        select(member.c.record, _TO, member.c.business).where(member.c.audience == _FROM),
    )
)
_BUSINESSES = Statement(
    insert(business).from_select(
        ["audience", *_AS_IT_IS, "sequence", "risk_sequence"],
        select(
            _TO,
            *(business.c[name] for name in _AS_IT_IS),
            func.coalesce(retired.c.sequence, 0) + 1,
            func.coalesce(retired.c.risk_sequence, 0) + 1,
        )
        .join(retired, _stopped, isouter=True)
        .where(business.c.audience == _FROM),
    )
)
_FINDINGS = tuple(
    Statement(
        insert(table).from_select(
            table.columns.keys(),
            select(*(_TO if column.name == "audience" else column for column in table.columns)).where(
                table.c.audience == _FROM
            ),
        )
    )
    for table in (finding, finding_basis)
)


def copy_findings(session: Session, source: int, target: int) -> None:
    """Those of `source` are known to `target` as well, which is shown all that `source` is."""
    for statement in _FINDINGS:
        session.fetch(statement, source=source, target=target)


def copy(session: Session, source: int, target: int) -> None:
    """All that `source` is shown becomes what `target` is shown, which is shown nothing yet. Counts are its own: as if
    each business had been told of once, behind what was told before it was there no more. That stays: a business that
    is not to be seen is taken out again without a trace."""
    for statement in (_MEMBERS, _BUSINESSES):
        session.fetch(statement, source=source, target=target)
