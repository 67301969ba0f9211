"""The page that raters open: one file, no network, nothing of the key in it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from jaxfer import templates
from jaxfer.study.items import Item, Settings

_HERE = Path(__file__).parent
_SECONDS_EACH = 4  # about what a face takes, to say how long it will be


def render(
  study: str,
  settings: Settings,
  practice: Sequence[Item],
  judged: Mapping[str, Item],
  *,
  standin: bool,
  consent: str,
) -> str:
  """The page as HTML.

  Of a practice face it holds what it is, for the feedback; of a face that is
  judged, and of a check, only the picture.

  Args:
    study: the study's name.
    settings: its sizes.
    practice: faces with feedback.
    judged: by name, the pictures to judge.
    standin: whether the real faces are drawn; the page then says so.
    consent: what raters agree to, paragraphs parted by blank lines; empty for
      the page's own words.
  """
  script = (_HERE / "page.js").read_text(encoding="utf-8")
  style = (_HERE / "page.css").read_text(encoding="utf-8")
  shown = {
    "study": study,
    "seconds": settings.seconds,
    "practice": [
      {"png": _text(one.png), "truth": one.truth} for one in practice
    ],
    "items": [
      {"id": name, "png": _text(one.png)} for name, one in judged.items()
    ],
  }
  faces = settings.count + settings.practice + settings.checks
  return (
    templates.environment(_HERE)
    .get_template("page.html")
    .render(
      script=script,
      style=style,
      script_hash=_hash(script),
      style_hash=_hash(style),
      # A "<" could end the element that the data lies in.
      data=json.dumps(shown).replace("<", "\\u003c"),
      settings=settings,
      standin=standin,
      consent=[p.strip() for p in re.split(r"\n\s*\n", consent) if p.strip()],
      minutes=max(1, round(faces * _SECONDS_EACH / 60)),
    )
  )


def _text(data: bytes) -> str:
  return base64.b64encode(data).decode()


def _hash(text: str) -> str:
  """As a content security policy names the one script that may run."""
  return f"sha256-{_text(hashlib.sha256(text.encode()).digest())}"
