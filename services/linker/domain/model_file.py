"""A model as a file: settings that Splink itself accepts, and beside them what Splink has no place for.

`splink` can be given to Splink as it stands. Its conditions call `level_of(comparison, mention_l, mention_r)`, which is
our own comparators (`joinedup.model.splink` registers it), so what Splink estimates is what scores live.
"""

from datetime import date
from typing import Annotated, Any, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Probability = Annotated[float, Field(gt=0, le=1)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]

_WIDTH = 200


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Splinks(BaseModel):
    """Part of the settings, of which Splink may know more than we read."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Level(_Splinks):
    """`label_for_charts` is the level's name. A null level, where one of the two does not say, has no probabilities."""

    sql_condition: str
    label_for_charts: str
    is_null_level: bool = False
    m_probability: Probability | None = None
    u_probability: Probability | None = None

    @model_validator(mode="after")
    def _has_its_probabilities(self) -> Self:
        if not self.is_null_level and (self.m_probability is None or self.u_probability is None):
            raise ValueError("give m_probability and u_probability, or is_null_level")
        return self


class ComparisonSettings(_Splinks):
    output_column_name: str
    comparison_levels: tuple[Level, ...]

    @model_validator(mode="after")
    def _names_its_levels(self) -> Self:
        names = [level.label_for_charts for level in self.comparison_levels]
        if len(names) != len(set(names)):
            raise ValueError("label_for_charts must differ between the levels of a comparison")
        return self

    @property
    def levels(self) -> dict[str, tuple[float, float]]:
        """(m, u) by level, the null level left out."""
        return {
            level.label_for_charts: (level.m_probability, level.u_probability)
            for level in self.comparison_levels
            if level.m_probability is not None and level.u_probability is not None
        }


class SplinkSettings(_Splinks):
    probability_two_random_records_match: Annotated[float, Field(gt=0, lt=1)]
    comparisons: tuple[ComparisonSettings, ...]


class DataUsed(_Part):
    """What a model was made from. `kind` is real or synthetic."""

    name: str
    kind: Annotated[str, Field(pattern="^(real|synthetic)$")]
    records: int | None = None
    licence: str | None = None


class Card(_Part):
    """Where a model comes from and how good it is. `kept`: levels too rare in the data, left as in `based_on`."""

    source: str
    data: tuple[DataUsed, ...]
    made_on: date
    based_on: str | None = None
    kept: tuple[str, ...] = ()
    figures: dict[str, float] = {}
    weaknesses: tuple[str, ...] = ()
    review: str


class NameRarity(_Part):
    """slope × (rarity of what agrees − reference), in bits, within limits."""

    reference_bits: float
    slope: float
    lowest: float
    highest: float


class Clustering(_Part):
    """In bits. A pair links from `threshold`; one from `lower` to below `upper` is put before a person. Where more than
    `crowd` records hang together, links of fewer than `sure` bits hold nothing."""

    threshold: float
    lower: float
    upper: float
    unscored_bits: float
    same_feed_bits: float
    same_feed_bits_by_feed: dict[str, float]
    crowd: Annotated[int, Field(ge=2)]
    sure: float

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if not self.lower <= self.threshold <= self.upper:
            raise ValueError("lower ≤ threshold ≤ upper")
        if self.sure < self.threshold:
            raise ValueError("threshold ≤ sure")
        return self


class Terms(_Part):
    """In how many of `names` names a word was found; one not listed counts as found in `unseen_count`."""

    names: Annotated[int, Field(gt=0)]
    unseen_count: Annotated[float, Field(gt=0)]
    counts: dict[str, Annotated[int, Field(gt=0)]]


class ModelFile(_Part):
    """`hubs` are kind:value, for what tells of nobody (streets); all else only as digests (`Model.digest`)."""

    version: Slug
    card: Card
    splink: SplinkSettings
    name_rarity: NameRarity
    identity_ceilings: dict[str, float]
    clustering: Clustering
    hubs: tuple[str, ...] = ()
    hub_digests: tuple[Digest, ...] = ()
    capped_key_digests: tuple[Digest, ...] = ()
    terms: Terms


def read_model_file(data: bytes | str) -> ModelFile:
    """Raises ValueError, one line a fault: where it is and what it must be, never what was there."""
    try:
        return ModelFile.model_validate(orjson.loads(data))
    except orjson.JSONDecodeError:
        raise ValueError("model: not JSON") from None
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise ValueError("\n".join(faults)) from None


def write_model_file(model: ModelFile) -> bytes:
    """JSON for people as well: a level a line. The same bytes for the same model."""
    return _laid_out(model.model_dump(mode="json", exclude_unset=True), "").encode() + b"\n"


def _laid_out(value: Any, indent: str) -> str:
    line = orjson.dumps(value).decode()
    if len(indent) + len(line) <= _WIDTH or not isinstance(value, dict | list):
        return line
    deeper = indent + " "
    if isinstance(value, dict):
        parts = [f"{orjson.dumps(key).decode()}: {_laid_out(inner, deeper)}" for key, inner in value.items()]
    else:
        parts = [_laid_out(inner, deeper) for inner in value]
    nested = any(isinstance(inner, dict | list) for inner in (value.values() if isinstance(value, dict) else value))
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = parts if nested else _filled(parts, _WIDTH - len(deeper))
    return f"{opening}\n{deeper}" + f",\n{deeper}".join(lines) + f"\n{indent}{closing}"


def _filled(parts: list[str], width: int) -> list[str]:
    """As many to a line as it holds."""
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(part) + 2 <= width:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return lines
