"""How does the API tell that something went wrong? As RFC 9457 has it."""

from pydantic import Field

from vod_web.schemas.base import Output


class Problem(Output):
    """What went wrong; `code` is stable, `detail` is for people."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Something needs another look"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["Use at least 8 characters."])
    code: str = Field(examples=["invalid_input"], description="The name by which programs tell errors apart.")
    instance: str = Field(examples=["/api/v1/uploads"])
    about: dict[str, str] | None = Field(
        default=None,
        description="What is meant, where there is something to name: of a duplicate its `id` and `title`.",
    )
    errors: dict[str, str] | None = Field(
        default=None, description="For each field that is wrong, what is wrong with it."
    )
