"""Table VII against the text, and its rows against each other."""

from __future__ import annotations

from collections.abc import Iterator

from jaxfer.report import wording
from jaxfer.report.inconsistencies.inconsistency import Inconsistency, quoted
from jaxfer.report.published import Paper


def benchmark(paper: Paper) -> Iterator[Inconsistency]:
  """Models with a lower Fréchet distance than the new benchmark's."""
  statement = paper.statements["benchmark"]
  *others, ours = paper.samples
  better = [row for row in others if row.fid < ours.fid]
  if better:
    yield Inconsistency(
      "The new benchmark is not the lowest FID of its table",
      quoted(statement.quote),
      f"FID {ours.fid} is place {len(better) + 1} of {len(paper.samples)},"
      " behind "
      + wording.sentence(
        [
          f"{row.fid} ({row.model} [{row.reference}])"
          for row in sorted(better, key=lambda row: row.fid)
        ]
      ),
      f"{statement.where}; Table VII",
      "Of the rows that print them, ours has the best inception score, SSIM and"
      " share on Mechanical Turk."
      if _leads(paper)
      else "",
      "reading",
    )


def commensurable(paper: Paper) -> Iterator[Inconsistency]:
  """Rows that edit a given face beside one that draws faces from noise."""
  edits = [row for row in paper.samples if row.edits]
  draws = [row for row in paper.samples if not row.edits]
  if edits and draws:
    yield Inconsistency(
      "Table VII compares models that do different things",
      f"{len(paper.samples)} rows in one order",
      f"{len(edits)} models change a face that they are given; "
      + ", ".join(row.model for row in draws)
      + " draws faces from noise",
      "Table VII",
      "An edited face has a counterpart, which SSIM needs; a face drawn from"
      " noise has none, and the paper does not say what it was compared with."
      " Inception scores and FID can be had of both kinds, but depend on the"
      " number of images, their crop and size, the network and the splits,"
      " which are not stated; nor is what people on Mechanical Turk were asked."
      " Section 4-B3 says that the values come from diverse methodologies. That"
      " the other models edit is our reading of their titles.",
      "reading",
    )


def coverage(paper: Paper) -> Iterator[Inconsistency]:
  """Metrics said to be taken on all datasets, printed for one."""
  statement = paper.statements["quality_everywhere"]
  yield Inconsistency(
    "Sample quality on all datasets is printed for one",
    quoted(statement.quote),
    "Table VII is “on RAFD dataset”; no other table has IS, FID, SSIM or AMT",
    f"{statement.where}; Table VII",
    "Section 4-B3 also speaks of the results on Radboud alone.",
  )


def _leads(paper: Paper) -> bool:
  """Whether the last row is best in the three measures besides FID."""
  *others, ours = paper.samples
  return all(
    (getattr(ours, name) or 0) > max(getattr(row, name) or 0 for row in others)
    for name in ("inception_score", "ssim", "amt")
  )
