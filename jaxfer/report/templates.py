"""How every page is made from its template: strict, escaping, one style."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jinja2

from jaxfer import logs, templates
from jaxfer.report import wording
from jaxfer.results.evidence import Results

_FOLDER = Path(__file__).parent


def environment() -> jinja2.Environment:
  """What makes the pages of reports."""
  made = templates.environment(_FOLDER)
  made.filters["count"] = _count
  made.filters["duration"] = logs.duration
  made.filters["percent"] = wording.percent
  made.filters["capital"] = wording.capital
  return made


def write(
  out: Path, template: str, styles: tuple[str, ...], **values: Any
) -> Path:
  """Writes index.html into a folder, and gives its path."""
  css = "".join((_FOLDER / name).read_text("utf-8") for name in styles)
  text = environment().get_template(template).render(css=css, **values)
  path = out / "index.html"
  path.write_text(text, encoding="utf-8")
  return path


def begin(out: Path, results: Results) -> None:
  """Writes results.json into an empty folder, with figures/ and tables/.

  Raises:
    ValueError: if the results hold NaN or infinity, which JSON has no words
      for; write null with a reason beside it.
  """
  text = json.dumps(results, indent=2, allow_nan=False)
  (out / "results.json").write_text(text + "\n", encoding="utf-8")
  for name in ("figures", "tables"):
    (out / name).mkdir()


def _count(number: int | None) -> str:
  return "an unknown number of" if number is None else f"{number:,}"
