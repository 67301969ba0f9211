"""Errors that are meant for users."""

from __future__ import annotations


class UserError(ValueError):
  """What a user asked for or gave cannot be used; it says what would be right.

  It is shown as a line. Any other error is a fault of jaxfer, and is shown with
  its traceback.
  """
