"""How the report names things and writes numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from jaxfer import facs

STANDIN = "stand-in faces: drawn, not photographed"
"""What every page, figure and table made from stand-ins says."""

PROTOCOLS: Mapping[str, str] = {
  "paper": "random folds",
  "subject": "unseen people",
  "unsealed": "unseen people, fewer folds",
  "sealed": "unseen by the DCGAN too",
  "official": "owner's split",
  "official_sealed": "owner's split, unseen by the DCGAN",
  "across": "another set",
}
"""All protocols, in the order in which they are told."""

UNCLAIMED: Mapping[str, str] = {
  "subject": "people kept apart by name",
  "unsealed": "people kept apart by name, fewer folds",
  "sealed": "kept apart from the DCGAN by name too",
  "official_sealed": "owner's split, for the DCGAN too",
}
"""What protocols are called where `unseen` would say too much."""

AS_KNOWN: Mapping[str, str] = {
  "subject": "other people, as far as known",
  "unsealed": "other people, as far as known, fewer folds",
  "sealed": "other people to the DCGAN too, as far as known",
  "official_sealed": "owner's split, for the DCGAN too",
}
"""The same on a page of experiments of which some may say it and some not."""

SHOWN = ("paper", "subject", "across", "sealed", "official", "official_sealed")
"""The protocols that stand side by side; `unsealed` is there to subtract."""

WHERE: Mapping[str, str] = {
  "paper": "within random folds",
  "subject": "on unseen people",
  "across": "on another set",
  "official": "in the owner's test part",
  "sealed": "on people unseen by the DCGAN too",
}
"""Protocols as the place where something holds."""

UNCLAIMED_WHERE: Mapping[str, str] = {
  "subject": "on people kept apart by name",
  "sealed": "on people kept apart by name from the DCGAN too",
}
"""The same where `unseen` would say too much."""

BETWEEN: Mapping[str, tuple[str, str]] = {
  "paper - subject": ("paper", "subject"),
  "paper - across": ("paper", "across"),
  "subject - sealed": ("unsealed", "sealed"),
  "official - sealed": ("official", "official_sealed"),
}
"""Differences between protocols by name: what is subtracted from what."""

REPRESENTATIONS: Mapping[str, str] = {
  "trained": "trained discriminator",
  "untrained": "untrained discriminator",
  "pixels": "grey pixels",
  "hog": "HOG",
  "layers": "trained, all layers",
  "knn": "trained, nearest neighbours",
  "logistic": "trained, logistic regression",
  "finetuned": "fine-tuned discriminator",
}

CONTROLS: Mapping[str, str] = {
  "untrained": "the same discriminator at its random initial weights",
  "pixels": "the grey levels of the cropped face, as they are",
  "hog": "histograms of the directions of edges in cells of 8×8 pixels",
  "layers": "all layers of the trained discriminator, each max-pooled to 4×4",
  "knn": "the trained features, scaled to length 1, and the votes of the"
  " nearest faces",
  "logistic": "the trained features, scaled to length 1, and multinomial"
  " logistic regression",
  "finetuned": "a DCGAN continued on the tested set without its labels, and"
  " without the people tested",
}
"""What each control is."""

UNLEARNT = ("untrained", "pixels", "hog")
"""Representations that nothing was learnt for; the others vary the trained."""

SETS: Mapping[str, str] = {
  "rafd": "Radboud",
  "ck": "CK",
  "ck_plus": "CK+",
  "celeba": "CelebA",
  "raf_db": "RAF-DB",
  "kdef": "KDEF",
  "sfew": "SFEW",
  "labelled": "your labelled faces",
  "unlabelled": "your unlabelled faces",
}
"""Short names of datasets, by the names that configs give them."""

METRICS: Mapping[str, str] = {
  "accuracy": "accuracy",
  "balanced_accuracy": "balanced accuracy",
  "macro_f1": "macro F1",
  "auc_mean": "mean AUC",
}
"""Metrics of emotions."""

UNIT_METRICS: Mapping[str, str] = {
  "auc_mean": "mean AUC",
  "average_precision_mean": "mean average precision",
  "f1_mean": "mean F1 at 0",
  "f1_tuned_mean": "mean F1 at the tuned threshold",
  "f1_skew_normalised_mean": "the same, skew-normalised",
}
"""Metrics of action units, means over units."""

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


def metrics(task: str) -> Mapping[str, str]:
  """The metrics of a task, `emotion` or `au`, and their names."""
  return UNIT_METRICS if task == "au" else METRICS


def headline(task: str) -> str:
  """The metric that stands for a whole run of a task."""
  return "auc_mean" if task == "au" else "accuracy"


def is_area(metric: str) -> bool:
  """Whether a metric is an area under a curve, and not a rate."""
  return metric.startswith(("auc", "average_precision"))


def score(metric: str, value: float) -> str:
  """A value of a metric: an area to three places, a rate in percent."""
  return area(value) if is_area(metric) else percent(value)


def score_interval(metric: str, interval: Sequence[float] | None) -> str:
  """Bounds of a metric, or of a difference of it; or nothing."""
  bounds = area_interval if is_area(metric) else percent_interval
  return bounds(interval)


def difference(metric: str, value: float) -> str:
  """A difference of a metric: of areas to three places, of rates in points."""
  return _minus(area(value)) if is_area(metric) else points(value)


def set_name(dataset: str) -> str:
  """A dataset as people call it; others by the name that configs give them."""
  return SETS.get(dataset, dataset)


def unit_name(label: str) -> str:
  """An action unit such as `AU12` with its name; other labels as they are."""
  number = label.removeprefix("AU")
  known = facs.AU_NAMES.get(int(number)) if number.isdecimal() else None
  return f"{label} {known}" if known else label


def in_order(labels: Iterable[str]) -> list[str]:
  """Emotions in the order of `facs.EMOTIONS`, action units by number.

  Any others come behind.
  """
  order = (*facs.EMOTIONS, *(f"AU{number}" for number in facs.AUS))
  known = {name: place for place, name in enumerate(order)}
  return sorted({*labels}, key=lambda name: (known.get(name, 99), name))


def sentence(parts: Sequence[str]) -> str:
  """`a`, `a and b`, or `a, b and c`."""
  if len(parts) < 2:
    return "".join(parts)
  return f"{', '.join(parts[:-1])} and {parts[-1]}"


def capital(text: str) -> str:
  """The text with a capital first letter."""
  return text[:1].upper() + text[1:]


def _bounds(interval: Sequence[float] | None, scale: int, places: int) -> str:
  if interval is None:
    return ""
  low, high = (_minus(f"{scale * bound:.{places}f}") for bound in interval)
  return f"[{low}, {high}]"


def _minus(number: str) -> str:
  return number.replace("-", "\N{MINUS SIGN}")
