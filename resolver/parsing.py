"""JSON from backends as typed models, refused with the fields that are wrong."""

from __future__ import annotations

from typing import TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from archypix.core.errors import Fault, Invalid

Model = TypeVar("Model", bound=BaseModel)
MOST_FAULTS = 50


def parsed(kind: type[Model], body: bytes) -> Model:
    """`body` as a `kind`. Raises `Invalid` that names what is wrong."""
    try:
        return kind.model_validate(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise Invalid("The body is no JSON.") from None
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)[:MOST_FAULTS]
        faults = tuple(Fault(".".join(str(part) for part in item["loc"]), item["msg"]) for item in found)
        raise Invalid("The message does not have the expected form.", faults=faults) from None
