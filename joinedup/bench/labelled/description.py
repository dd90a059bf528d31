"""How a labelled set is described: `set.yaml` in its folder.

    files:
      - {file: guide-a.csv, spec: guide-a.yaml}     # spec: a feed specification, as ingest takes it, beside set.yaml
      - {file: guide-b.csv, spec: guide-b.yaml}
    truth: {businesses: truth.csv}                  # columns feed, source_ref, business

Where the truth is a column of the files themselves, say `business: COLUMN` at each file and leave `truth` out. `feed:
COLUMN` makes rows of one file several feeds, by what that column says. `people: true`: its rows are people, so who has
no other name is called by the first person's. Where the truth is pairs:

    truth:
      pairs:
        - {file: matches.csv, left: {feed: guide-a, column: a_id}, right: {feed: guide-b, column: b_id}}
      complete: true

`complete`: what is not listed is two businesses, in one feed as between feeds. Else only pairs between the two feeds
are judged. `unsure: {column: label, values: [uncertain]}` at `pairs`: such rows count neither way. `apart: {column:
label, values: ["0"]}`: such rows are two businesses; where every file of pairs has them, no other pairs are judged.
`excused: {feed: guide-b, columns: [account]}`: rows of that feed at one address that share one of these columns, or an
alike name, may be one business although the truth lists one of them only; a pair with the other counts neither way.
"""

from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from joinedup.feeds import Unusable, existing
from services.ingest.domain.spec_text import spec_problems
from shared.contracts.envelope import Contract


class DescribedFile(Contract):
    file: str
    spec: str
    feed: str | None = None
    business: str | None = None
    people: bool = False


class Side(Contract):
    feed: str
    column: str


class Labels(Contract):
    """The rows of which `column` says one of `values`."""

    column: str
    values: tuple[str, ...]


class PairFile(Contract):
    """`name`: what the slice of pairs between these feeds is called."""

    file: str
    left: Side
    right: Side
    name: str | None = None
    unsure: Labels | None = None
    apart: Labels | None = None


class Excused(Contract):
    feed: str
    columns: tuple[str, ...] = ()


class DescribedTruth(Contract):
    businesses: str | None = None
    pairs: tuple[PairFile, ...] = ()
    complete: bool = False
    excused: Excused | None = None

    @model_validator(mode="after")
    def one_kind(self) -> Self:
        if bool(self.businesses) == bool(self.pairs):
            raise ValueError("Give businesses or pairs.")
        return self


class Description(Contract):
    files: tuple[DescribedFile, ...] = Field(min_length=1)
    truth: DescribedTruth | None = None

    @model_validator(mode="after")
    def truth_is_somewhere(self) -> Self:
        if (self.truth is None) == any(file.business is None for file in self.files):
            raise ValueError("Give truth, or business at every file.")
        return self


def read_description(path: Path) -> Description:
    """Raises feeds.Unusable, which names each field that is wrong."""
    try:
        data: Any = yaml.safe_load(existing(path).read_text(encoding="utf-8"))
        return Description.model_validate(data)
    except yaml.YAMLError:
        raise Unusable(f"{path} is not YAML.") from None
    except ValidationError as error:
        faults = "\n".join(f"  {fault.field}: {fault.remedy}" for fault in spec_problems(error))
        raise Unusable(f"{path} does not describe a labelled set:\n{faults}") from None
