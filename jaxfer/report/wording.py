"""How the report names things and writes numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from jaxfer import facs

STANDIN = "stand-in faces: drawn, not photographed"
"""What every page, figure and table made from stand-ins says."""

PROTOCOLS: Mapping[str, str] = {
  "paper": "random folds",
  "subject": "unseen people",
}

WHERE: Mapping[str, str] = {
  "paper": "within random folds",
  "subject": "on unseen people",
}
"""The protocols as the place where something holds."""

REPRESENTATIONS: Mapping[str, str] = {
  "trained": "trained discriminator",
  "pixels": "grey pixels",
  "hog": "HOG",
  "untrained": "untrained discriminator",
}

METRICS: Mapping[str, str] = {
  "accuracy": "accuracy",
  "balanced_accuracy": "balanced accuracy",
  "macro_f1": "macro F1",
  "auc_mean": "mean AUC",
}

MISSING = "—"


def percent(rate: float, places: int = 1) -> str:
  """A fraction as a percentage, such as `97.1 %`; the space does not break."""
  return f"{_minus(f'{100 * rate:.{places}f}')}\N{NO-BREAK SPACE}%"


def points(difference: float) -> str:
  """A difference of fractions in percentage points, such as `13.7 points`."""
  return f"{_minus(f'{100 * difference:.1f}')} points"


def percent_interval(interval: Sequence[float] | None) -> str:
  """Bounds of a fraction in percent, such as `[94.9, 98.6]`; or nothing."""
  return _bounds(interval, 100, 1)


def area(value: float) -> str:
  """An area under a curve, to three places as the paper prints it."""
  return f"{value:.3f}"


def area_interval(interval: Sequence[float] | None) -> str:
  """Bounds of an area, such as `[0.981, 0.995]`; or nothing."""
  return _bounds(interval, 1, 3)


def in_order(emotions: Iterable[str]) -> list[str]:
  """Emotions in the order of `facs.EMOTIONS`, any others behind."""
  known = {name: place for place, name in enumerate(facs.EMOTIONS)}
  return sorted({*emotions}, key=lambda name: (known.get(name, 99), name))


def sentence(parts: Sequence[str]) -> str:
  """`a`, `a and b`, or `a, b and c`."""
  if len(parts) < 2:
    return "".join(parts)
  return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _bounds(interval: Sequence[float] | None, scale: int, places: int) -> str:
  if interval is None:
    return ""
  low, high = (_minus(f"{scale * bound:.{places}f}") for bound in interval)
  return f"[{low}, {high}]"


def _minus(number: str) -> str:
  return number.replace("-", "\N{MINUS SIGN}")
