"""What can be fitted on features: a row for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer.svm.logistic import Logistic
from jaxfer.svm.nearest import Nearest
from jaxfer.svm.support import Support
from jaxfer.svm.task import Head

HEADS: Mapping[str, type[Head]] = {
  "svm": Support,
  "nearest": Nearest,
  "logistic": Logistic,
}
"""By `svm.head`; controls name theirs in `terms.REPRESENTATIONS`."""


def of(fields: Mapping[str, Any]) -> type[Head]:
  """The main head of a config, by dotted names; one of old has no other."""
  return HEADS[fields.get("svm.head", "svm")]
