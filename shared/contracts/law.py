"""Under which part of data protection law personal data are processed."""

from enum import StrEnum


class Law(StrEnum):
    """`uk_gdpr`: UK GDPR with Part 2 of the Data Protection Act 2018. `part_3`: Part 3 of that Act, for the law
    enforcement purposes of a competent authority (sections 30, 31)."""

    uk_gdpr = "uk_gdpr"
    part_3 = "part_3"
