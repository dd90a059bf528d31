"""RFC 9457 problem details: the one shape of every error. It never repeats what the caller sent."""

from pydantic import BaseModel, ConfigDict, Field

PROBLEM_JSON = "application/problem+json"


class FieldProblem(BaseModel):
    """One field that is wrong, and what to do about it."""

    model_config = ConfigDict(frozen=True)

    field: str = Field(description="Where: a column, or a path such as body.mapping.names.0")
    code: str = Field(description="Stable, for machines")
    remedy: str = Field(description="What to change, in plain English")


class Problem(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: str = Field(description="Stable URI of the kind of problem")
    title: str
    status: int
    detail: str | None = None
    instance: str | None = Field(default=None, description="The trace id, to quote when asking for help")
    errors: tuple[FieldProblem, ...] = ()
