"""The base of everything that is written in YAML: frozen, closed, strict."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value with declared fields only; unknown fields and loose types are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
