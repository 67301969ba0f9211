"""What raters are shown: practice faces, faces to judge, attention checks."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from jaxfer.errors import UserError
from jaxfer.study.key import ANSWERS, GENERATED, REAL
from jaxfer.study.source import Source

_WORD_SIDE = 128  # pixels of an attention check: legible whatever the faces
_FILLED = 0.92  # of its width, by the word
_INK = (0, 0, 0)
_LIGHT = 150  # the darkest ground that a word is printed on
_MOST = 2000  # faces of a study: an evening's work, and what a page can hold


@dataclasses.dataclass(frozen=True)
class Settings:
  """The sizes of a study.

  Attributes:
    count: faces judged by each rater, half of them real; HYPE-infinity's 100.
    practice: faces with feedback before them, half of them real.
    checks: attention checks among the faces judged.
    seconds: how long a face is seen; 0 for as long as the rater likes.
    seed: fixes which faces are drawn.
  """

  count: int = 100
  practice: int = 10
  checks: int = 6
  seconds: float = 0.0
  seed: int = 0

  def __post_init__(self):
    """Raises ValueError for sizes that make no balanced study."""
    for name, least in (("count", 2), ("practice", 0)):
      value = getattr(self, name)
      if value % 2 or not least <= value <= _MOST:
        raise UserError(
          f"--{name}={value} must be even, half real and half generated, and"
          f" from {least} to {_MOST}"
        )
    if not 0 <= self.checks <= self.count:
      raise UserError(
        f"--checks={self.checks} must be from 0 to --count={self.count}"
      )
    if not 0 <= self.seconds <= 60:
      raise UserError(
        f"--seconds={self.seconds} must be from 0, no limit, to 60"
      )
    if self.seed < 0:
      raise UserError(f"--seed={self.seed} must be 0 or more")


@dataclasses.dataclass(frozen=True)
class Item:
  """One picture.

  Attributes:
    png: the file.
    truth: of a face, `REAL` or `GENERATED`; of a check, the answer it asks for.
    row: of a face, its row in its artifact; of a check None.
  """

  png: bytes
  truth: str
  row: int | None = None


def draw(source: Source, settings: Settings) -> tuple[list[Item], list[Item]]:
  """Draws the pictures of a study.

  Real faces are of as many people as there are, so that nobody is known again
  and taken for real by that. An attention check is a picture of the word REAL
  or GENERATED, in turn, that raters are told to answer as it says: whoever
  does not look, or always gives one answer, misses half of them.

  Returns:
    The practice faces, and everything that is judged: by the checksum of the
    pictures, an order that knows nothing of their origin.

  Raises:
    ValueError: if there are too few faces, or they are not of one size.
  """
  rng = np.random.default_rng(settings.seed)
  reals, rows, people = source.reals()
  fakes = source.fakes()
  if reals.shape[1:] != fakes.shape[1:]:
    raise UserError(
      f"real faces are {reals.shape[1:3]} pixels, generated ones"
      f" {fakes.shape[1:3]}: they would be told apart by that"
    )
  half, some = settings.count // 2, settings.practice // 2
  for what, found, flag in (
    (source.gan.faces.name, len(rows), ""),
    (source.generated.name, len(fakes), ", or raise config.generate.count"),
  ):
    if found < half + some:
      raise UserError(
        f"--count={settings.count} and --practice={settings.practice} take"
        f" {half + some} faces of {what}, which holds {found}: lower them{flag}"
      )
  chosen = [rows[i] for i in spread(people, half + some, rng)]
  drawn = rng.permutation(len(fakes))[: half + some]
  pairs = [
    Item(encode(faces[row]), truth, int(row))
    for faces, truth, taken in (
      (reals, REAL, chosen),
      (fakes, GENERATED, drawn),
    )
    for row in taken
  ]
  real, generated = pairs[: half + some], pairs[half + some :]
  checks = []
  for i in range(settings.checks):
    truth = ANSWERS[i % 2]
    picture = word(truth.upper(), _WORD_SIDE, rng)
    checks.append(Item(encode(picture), truth))
  return (
    _by_checksum(real[half:] + generated[half:]),
    _by_checksum(real[:half] + generated[:half] + checks),
  )


def spread(
  people: Sequence[str | None], count: int, rng: np.random.Generator
) -> list[int]:
  """Draws positions at random: nobody again before everybody once.

  Args:
    people: (N,) the person of each position; None is somebody else each time.
    count: how many positions, at most N.
    rng: draws them.
  """
  shown: collections.Counter[str] = collections.Counter()
  turns = []
  order = rng.permutation(len(people))
  for position in order:
    who = people[position]
    turns.append(0 if who is None else shown[who])
    if who is not None:
      shown[who] += 1
  return order[np.argsort(turns, kind="stable")][:count].tolist()


def encode(picture: np.ndarray) -> bytes:
  """A PNG of uint8 (H, W, 3) whose length tells its size and nothing else.

  Stored rather than compressed: the smoother a face, the smaller it would be
  compressed, and generated faces are smoother.
  """
  buffer = io.BytesIO()
  image = Image.fromarray(np.ascontiguousarray(picture))
  image.save(buffer, format="PNG", compress_level=0)
  return buffer.getvalue()


def word(text: str, size: int, rng: np.random.Generator) -> np.ndarray:
  """A word as large as fits on a light ground, uint8 (size, size, 3).

  `rng` draws the ground's colour.
  """
  ground = tuple(int(v) for v in rng.integers(_LIGHT, 256, 3))
  image = Image.new("RGB", (size, size), ground)
  draw = ImageDraw.Draw(image)
  height = size
  font = ImageFont.load_default(size=height)
  while draw.textlength(text, font=font) > _FILLED * size:
    height -= 1
    font = ImageFont.load_default(size=height)
  draw.text((size / 2, size / 2), text, fill=_INK, font=font, anchor="mm")
  return np.asarray(image)


def _by_checksum(items: Sequence[Item]) -> list[Item]:
  return sorted(items, key=lambda item: hashlib.sha256(item.png).digest())
