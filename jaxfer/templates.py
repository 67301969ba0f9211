"""Jinja as every page uses it: strict, escaping, without blank lines."""

from __future__ import annotations

from pathlib import Path

import jinja2


def environment(folder: Path) -> jinja2.Environment:
  """What makes pages of the templates in a folder."""
  return jinja2.Environment(
    loader=jinja2.FileSystemLoader(folder),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
  )
