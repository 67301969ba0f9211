"""Builds a study: the page for raters, and its key for the owner."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

from jaxfer import artifacts
from jaxfer import config as configlib
from jaxfer.errors import UserError
from jaxfer.study import items, page
from jaxfer.study import key as keys
from jaxfer.study.items import Settings
from jaxfer.study.key import Key
from jaxfer.study.source import Source

# In a folder of its own, which can be put on a web server without the key.
PAGE = "raters/index.html"
_MOST_CONSENT = 20_000  # characters
_VERSION = 1  # of what raters see and do; part of the study's name


def build(
  source: Source, out: Path, settings: Settings, consent: str = ""
) -> Key:
  """Writes raters/index.html, and key.json, which raters do not get.

  The page cannot tell what its faces are: that is in the key alone. The same
  faces, settings and consent give the same files.

  Args:
    source: whose faces are shown.
    out: a folder; made where it is not there.
    settings: the sizes.
    consent: what raters agree to before they begin; empty for the page's own
      words.

  Returns:
    The key.

  Raises:
    ValueError: if there are too few faces, or the folder holds another study,
      whose key would be lost.
  """
  practice, judged = items.draw(source, settings)
  named = {f"i{number}": item for number, item in enumerate(judged, 1)}
  key = Key(
    study=_name(practice, judged, settings, source.gan.standin, consent),
    faces={k: one.truth for k, one in named.items() if one.row is not None},
    checks={k: one.truth for k, one in named.items() if one.row is None},
    facts={
      "standin": source.gan.standin,
      "dataset": source.gan.dataset,
      "experiments": list(source.experiments),
      "artifacts": {
        "generate": source.generated.name,
        "prepare": source.gan.faces.name,
      },
      "settings": dataclasses.asdict(settings),
      "rows": {k: x.row for k, x in named.items() if x.row is not None},
    },
  )
  path = out / keys.FILE
  if path.exists() and (there := keys.read(path).study) != key.study:
    raise UserError(
      f"{out} holds {there}, whose answers could not be scored without its"
      " key: choose another --out"
    )
  (out / PAGE).parent.mkdir(parents=True, exist_ok=True)
  text = page.render(
    key.study,
    settings,
    practice,
    named,
    standin=source.gan.standin,
    consent=consent,
  )
  keys.write(path, key)
  artifacts.write_atomically(out / PAGE, text)
  return key


def read_consent(path: Path) -> str:
  """The text of a consent form.

  Raises:
    ValueError: if it is not plain text in UTF-8, empty, or beyond all length.
  """
  try:
    with path.open(encoding="utf-8") as file:
      text = file.read(_MOST_CONSENT + 1)
  except (OSError, UnicodeDecodeError) as error:
    raise UserError(
      f"--consent={path} cannot be read as text in UTF-8: {error}"
    ) from error
  if not text.strip() or len(text) > _MOST_CONSENT or "\0" in text:
    raise UserError(
      f"--consent={path} must be plain text of 1 to {_MOST_CONSENT:,}"
      " characters"
    )
  return text


def _name(practice, judged, settings, standin, consent) -> str:
  """A name that no other study has; equal for what raters see alike."""
  seen = {
    "version": _VERSION,
    "pictures": [
      hashlib.sha256(item.png).hexdigest() for item in [*practice, *judged]
    ],
    "seconds": settings.seconds,
    "standin": standin,
    "consent": consent,
  }
  return f"study-{configlib.digest(seen)[:12]}"
