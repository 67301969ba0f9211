"""How the report writes numbers and joins words.

A number of the print is a `Decimal`, which is written with the print's own
digits; a float is ours, and is rounded as its unit says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from jaxfer import facs, terms
from jaxfer.data import readers
from jaxfer.terms import UNITS

STANDIN = "stand-in faces: drawn, not photographed"
"""What every page, figure and table made from stand-ins says."""

MISSING = "—"

KINDS = {"emotion": "emotion", "au": "action unit"}
"""What the labels of each task are."""

Number = float | Decimal
Bounds = Sequence[float | None] | None


def write(unit: str, value: Number | str) -> str:
  """A number in its unit, a key of `terms.UNITS`, such as `97.1 %`."""
  if isinstance(value, str):
    return value
  row = UNITS[unit]
  return _digits(value, row.form, row.tens) + row.sign


def bounds(unit: str, interval: Bounds) -> str:
  """The ends of an interval without their unit, such as `[94.9, 98.6]`.

  Nothing where there is none; an end that is not known is an ellipsis.
  """
  if interval is None:
    return ""
  row, unknown = UNITS[unit], "\N{HORIZONTAL ELLIPSIS}"
  low, high = (
    unknown if end is None else _digits(end, row.form, row.tens)
    for end in interval
  )
  return f"[{low}, {high}]"


def percent(rate: Number, places: int = 1) -> str:
  """A fraction as a percentage; the space does not break."""
  return _digits(rate, f".{places}f", 2) + UNITS["rate"].sign


def score(metric: str, value: Number) -> str:
  """A value of a metric: an area to three places, a rate in percent."""
  return write(terms.METRICS[metric].unit, value)


def difference(metric: str, value: float) -> str:
  """A difference of a metric: of areas to three places, of rates in points."""
  return write(terms.METRICS[metric].difference, value)


def difference_title(metric: str) -> str:
  """A metric with the unit of its differences, where that has a name."""
  row = terms.METRICS[metric]
  return f"{row.title}, in points" if row.unit == "rate" else row.title


def set_name(dataset: str) -> str:
  """A dataset as tables call it; one that is not known by its own name."""
  known = dataset in readers.NAMES
  return readers.get(dataset).short if known else dataset


def unit_name(label: str) -> str:
  """An action unit such as `AU12` with its name; other labels as they are."""
  number = label.removeprefix("AU")
  known = facs.AU_NAMES.get(int(number)) if number.isdecimal() else None
  return f"{label} {known}" if known else label


def unit_titles() -> dict[str, str]:
  """Every action unit that has a name, and the unit with its name."""
  return {
    f"AU{number}": f"AU{number} {n}" for number, n in facs.AU_NAMES.items()
  }


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


def _digits(value: Number, form: str, tens: int) -> str:
  """A number times a power of ten: ours in a format, the print's as it is."""
  if isinstance(value, Decimal):
    digits = f"{value.scaleb(tens):f}"
  else:
    digits = format(10**tens * value, form)
  return digits.replace("-", "\N{MINUS SIGN}")
