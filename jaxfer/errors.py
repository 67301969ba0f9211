"""Errors that are meant for users."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any


class UserError(ValueError):
  """What a user asked for or gave cannot be used; it says what would be right.

  It is shown as a line. Any other error is a fault of jaxfer, and is shown with
  its traceback.
  """


def refuse_other(field: str, value: object, legal: Iterable[str]) -> None:
  """Raises where the value of a field is none of those that it may have."""
  if value not in (known := [*legal]):
    raise UserError(f"{field}={value!r} is not one of {', '.join(known)}")


def optional(module: str, otherwise: str) -> Any:
  """A module that need not be installed.

  Raises:
    UserError: where it is not, saying `otherwise`.
  """
  try:
    return importlib.import_module(module)
  except ImportError as error:
    raise UserError(otherwise) from error
