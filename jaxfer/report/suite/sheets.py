"""The figures of faces, each printed as its experiment allows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from jaxfer.report import sheets
from jaxfer.report.figures import curves, faces
from jaxfer.report.figures.entry import Entry
from jaxfer.report.suite.suite import Suite
from jaxfer.results.evidence import spread

_FACES = 16  # on a sheet, in rows of eight
_AU7_FACES = 32
_PAIRS = 6


def learnt(suite: Suite) -> Iterator[Entry]:
  """Figure 4: real faces of each set learnt from, and generated ones."""
  for number, (name, member) in enumerate(suite.learnt_sets().items(), 1):
    evidence, place = member.evidence, f"figure_4_{number}"
    sheet = sheets.of(evidence, place)
    if evidence.real is not None and len(evidence.real):
      yield sheet(
        f"{place}_real",
        partial(faces.face_grid, spread(evidence.real, _FACES)),
        f"Faces of {name}",
        f"{name}: faces that the DCGAN learnt from.",
      )
    if len(evidence.fakes):
      yield sheet(
        f"{place}_generated",
        partial(faces.face_grid, spread(evidence.fakes, _FACES)),
        f"Generated faces after {name}",
        f"{name}: generated.",
      )


def figure_8(suite: Suite) -> Iterator[Entry]:
  """Faces that show AU7, as the DCGAN learnt from them."""
  member = suite.au7_only
  if member and member.evidence.real is not None and len(member.evidence.real):
    yield sheets.of(member.evidence, "curves")(
      "figure_8",
      partial(faces.face_grid, spread(member.evidence.real, _AU7_FACES)),
    )


def figure_9(suite: Suite) -> Iterator[Entry]:
  """The faces of a generator that has collapsed."""
  if found := suite.collapsed():
    _, member = found
    yield sheets.of(member.evidence, "curves")(
      "figure_9", partial(faces.face_grid, member.evidence.fakes[:_FACES])
    )


def copies(suite: Suite) -> Iterator[Entry]:
  """Some near-copies across the random folds of each set."""
  sets = suite.tested_sets().items()
  for number, (name, (member, *_)) in enumerate(sets, 1):
    pairs = member.evidence.pairs
    if pairs is not None and len(pairs.first):
      parts = pairs.first, pairs.second, pairs.labels
      yield sheets.of(member.evidence, "copies")(
        f"copies_{number}",
        partial(faces.pairs_sheet, *(part[:_PAIRS] for part in parts)),
        f"Pairs of near-copies in {name}",
        f"{name}: faces that random folds put on both sides.",
      )


def as_printed(suite: Suite) -> Iterator[Entry]:
  """Losses and faces with the default and with the printed beta1."""
  both = suite.as_printed or ()
  losses = {
    f"β1 = {member.results['pretrain']['beta1']}": member.evidence.losses
    for member in both
    if len(member.evidence.losses["step"])
  }
  if len(losses) == 2:
    yield Entry("as_printed", partial(curves.loss_grid, losses))
  for number, member in enumerate(both, 1):
    if len(member.evidence.fakes):
      yield sheets.of(member.evidence, "as_printed")(
        f"as_printed_{number}",
        partial(faces.face_grid, spread(member.evidence.fakes, _FACES)),
        f"Generated faces, {member.name}",
        f"{member.name}: faces generated at the end, as they came.",
      )
