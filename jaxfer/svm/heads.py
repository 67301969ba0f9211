"""What can be fitted on features, and by which way: a row for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer.svm.logistic import Logistic, ProjectedLogistic
from jaxfer.svm.nearest import Nearest
from jaxfer.svm.projected import Projected
from jaxfer.svm.support import Support
from jaxfer.svm.task import Head

HEADS: Mapping[str, type[Head]] = {
  "svm": Support,
  "nearest": Nearest,
  "logistic": Logistic,
}
"""By `svm.head`; controls name theirs in `terms.REPRESENTATIONS`."""

SOLVERS: Mapping[str, Mapping[str, type[Head]]] = {
  "exact": HEADS,
  "landmarks": HEADS | {"svm": Projected, "logistic": ProjectedLogistic},
}
"""By `svm.solver`; those of `landmarks` need no matrix of all pairs."""


def of(fields: Mapping[str, Any]) -> type[Head]:
  """The main head of a config, by dotted names; one of old has no other."""
  return HEADS[fields.get("svm.head", "svm")]


def solver(svm: Any, rows: int) -> tuple[str, str]:
  """By which way machines are fitted, a key of `SOLVERS`; and why, in words.

  `rows` counts labelled faces, those fitted on and those tested together.
  """
  if svm.solver != "auto":
    return svm.solver, "the configuration asks for it"
  few = rows <= svm.exact_rows
  than = "no more" if few else "more"
  reason = (
    f"{rows:,} labelled faces, {than} than svm.exact_rows={svm.exact_rows}"
  )
  return "exact" if few else "landmarks", reason


def recorded(settings: Mapping[str, Any]) -> str:
  """The key of `SOLVERS` in a probe's settings; a version may follow it."""
  return settings.get("solver", "exact").partition(" ")[0]
