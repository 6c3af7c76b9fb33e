"""The filters of a question as the API takes them."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Value = Annotated[str, Field(max_length=200)]
Values = Value | Annotated[list[Value], Field(max_length=50)]


class FilterRequest(BaseModel):
    """What an answer may be quoted from; each may be left out."""

    model_config = ConfigDict(extra="forbid")

    topic: Values = Field(default=[], description="Topics of documents.")
    years: str | int | Annotated[list[int], Field(max_length=2)] = Field(
        default=[], description='A year or a span, 2014, "2000-2010" or [2000, 2010], ends included.'
    )
    perspective: Values = Field(default=[], description="Perspectives of the sources that a sentence rests on.")
    document: Values = Field(default=[], description="Ids of documents.")

    def given(self) -> dict[str, Any]:  # Any: JSON values
        """Return the filters that are set."""
        return {name: value for name, value in self.model_dump().items() if value not in ([], "")}
