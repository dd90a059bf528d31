"""What somebody may do here, whoever they are: people come and go, roles stay."""

from enum import StrEnum


class Role(StrEnum):
    agency_system = "agency_system"
    officer = "officer"
    analyst = "analyst"
    tasking_chair = "tasking_chair"
    information_governance = "information_governance"
    agency_admin = "agency_admin"
    auditor = "auditor"
    operator = "operator"


READERS = frozenset({Role.analyst, Role.tasking_chair, Role.officer, Role.agency_system})
"""Those whose work is done with what partners share."""
