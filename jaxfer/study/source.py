"""Whose faces a study shows: a generator's, and those that it learnt from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jaxfer import artifacts, workdirs
from jaxfer.data.pools import iterate_rows, load_faces
from jaxfer.errors import UserError
from jaxfer.workdirs import Trained


@dataclasses.dataclass(frozen=True)
class Source:
  """Generated faces of a workdir, and the real ones behind them.

  Attributes:
    generated: folder of the generated faces.
    gan: what drew them, and what that learnt from.
    experiments: names of the experiments whose reports rest on the generator.
  """

  generated: Path
  gan: Trained
  experiments: tuple[str, ...]

  def describe(self) -> str:
    """One line that tells it from others."""
    names = ", ".join(self.experiments) or "no report names it"
    drawn = ", drawn" if self.gan.standin else ""
    return f"{self.generated.name} ({names}): {self.gan.dataset}{drawn}"

  def fakes(self):
    """The generated faces, uint8 (M, S, S, 3), memory-mapped."""
    return load_faces(self.generated)

  def reals(self) -> tuple[Any, list[int], list[str | None]]:
    """The real faces, and which of them were learnt from.

    Returns:
      Faces uint8 (N, S, S, 3), memory-mapped; the rows learnt from; the person
      of each of these rows, None where the set does not say.
    """
    rows = self.gan.pool().rows()
    people = [face.group for face in iterate_rows(self.gan.faces)]
    return load_faces(self.gan.faces), rows, [people[row] for row in rows]


def choose(workdir: Path, experiment: str | None) -> Source:
  """The generator of a workdir that a study is about.

  Args:
    workdir: where runs left their artifacts.
    experiment: the experiment's name as its report has it, or the name of the
      folder of generated faces; None where there is only one generator.

  Returns:
    The generator, its files and its faces' compared with their checksums.

  Raises:
    ValueError: if there is none, or not exactly one of that name; it lists
      what there is.
    DamagedError: if the faces are not what was written.
  """
  if not workdir.is_dir():
    raise UserError(f"--workdir={workdir} is no folder: name a run's")
  found = list(_sources(workdir))
  if not found:
    raise UserError(
      f"{workdir} holds no generated faces with the set that they were learnt"
      " from: jaxfer run --stage=generate there first"
    )
  chosen = [
    one
    for one in found
    if experiment in (None, one.generated.name, *one.experiments)
  ]
  if len(chosen) != 1:
    asked = "" if experiment is None else f", {len(chosen)} of {experiment!r}"
    listed = "".join(f"\n  {one.describe()}" for one in found)
    raise UserError(
      f"{workdir} holds {len(found)} generators{asked}: choose one by"
      f" --experiment=NAME, an experiment or a folder{listed}"
    )
  chosen[0].gan.refuse_clips()
  for folder in (chosen[0].generated, chosen[0].gan.faces):
    artifacts.verify(folder)
  return chosen[0]


def _sources(workdir: Path) -> Iterator[Source]:
  experiments = _experiments(workdir)
  for generated in sorted(workdir.glob("generate-*")):
    if not (generated / artifacts.PROVENANCE).exists():
      continue
    key = artifacts.provenance(generated)["inputs"]["gan"]
    folder = workdirs.made_by(workdir, "pretrain", key)
    gan = folder and workdirs.read(folder)
    if gan:
      yield Source(generated, gan, experiments.get(generated.name, ()))


def _experiments(workdir: Path) -> dict[str, tuple[str, ...]]:
  """By folder of generated faces, the experiments whose reports name it."""
  found: dict[str, list[str]] = {}
  for pattern in ("report/results.json", "report/*/results.json"):
    for path in sorted(workdir.glob(pattern)):
      results = json.loads(path.read_text(encoding="utf-8"))
      made = results.get("artifacts", {}).get("generate", {})
      for name in made.values():
        found.setdefault(name, []).append(results["experiment"])
  return {name: tuple(dict.fromkeys(names)) for name, names in found.items()}
