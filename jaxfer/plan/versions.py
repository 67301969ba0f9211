"""The versions of the stages, which are part of every artifact's identity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer.artifacts import Spec

# Raised when a stage's code changes what it makes from the same inputs.
VERSIONS = {
  "standin": 1,
  "prepare": 3,
  "folds": 3,
  "pretrain": 2,
  "extract": 3,
  "probe": 2,
  "generate": 2,
  "measure": 4,
}


def spec(
  stage: str, label: str, settings: Mapping[str, Any], **inputs: str
) -> Spec:
  """What determines an artifact of a stage, at its present version."""
  return Spec(stage, label, VERSIONS[stage], dict(settings), inputs)
