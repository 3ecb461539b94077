"""What the Resolver sends to a backend."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from archypix.core.errors import Fault, Invalid

Model = TypeVar("Model", bound=BaseModel)
MOST_NAMES = 1000
MOST_FAULTS = 20


class _Sent(BaseModel):
    # A later version may say more.
    model_config = ConfigDict(extra="ignore")


class AccountIn(_Sent):
    """An account that the Resolver would like to have here, and claims the name for, until `deadline`."""

    name: Annotated[str, Field(max_length=100)]
    password: Annotated[str, Field(max_length=4000)]
    display_name: Annotated[str, Field(max_length=1000)] = ""
    quota: Annotated[int, Field(ge=0, le=1 << 60)] | None = None
    is_admin: bool = False
    deadline: AwareDatetime


class NamesIn(_Sent):
    """Names about which the Resolver asks."""

    names: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=MOST_NAMES)]


class DomainItem(BaseModel):
    """A server in its domain. `state` is `alone` where there is no Resolver.

    `key` and `resolver_key` are marks to compare with what the Resolver and this server print; `shown_key` is that of
    another key which the Resolver has shown since, and which is not believed. `refused` are accounts whose names are
    somebody else's in the domain.
    """

    state: str
    domain: str
    origin: str
    key: str
    resolver_key: str | None
    shown_key: str | None
    neighbours: list[str]
    answered_at: str | None
    waiting: list[str]
    refused: list[str]


def parsed(kind: type[Model], sent: object) -> Model:
    """`sent` as a `kind`; `Invalid` that names what is wrong, and repeats nothing."""
    try:
        return kind.model_validate(sent)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)[:MOST_FAULTS]
        faults = tuple(Fault(".".join(str(part) for part in item["loc"]), item["msg"]) for item in found)
        raise Invalid("The message does not have the expected form.", faults=faults) from None
