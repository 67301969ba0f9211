"""Whose faces a study shows: a generator's, and those that it learnt from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jaxfer import artifacts
from jaxfer.data import readers
from jaxfer.data.pools import iterate_rows, load_faces

_DIGITS = 12  # of a key: the end of an artifact's name


@dataclasses.dataclass(frozen=True)
class Source:
  """Generated faces of a workdir, and the real ones behind them.

  Attributes:
    generated: folder of the generated faces.
    prepared: folder of the faces that the generator learnt from.
    experiments: names of the experiments whose reports rest on the generator.
    dataset: name of the set that it learnt from.
    standin: whether that set was drawn.
    only_au: the action unit that all faces learnt from show; 0: any face.
  """

  generated: Path
  prepared: Path
  experiments: tuple[str, ...]
  dataset: str
  standin: bool
  only_au: int

  def describe(self) -> str:
    """One line that tells it from others."""
    names = ", ".join(self.experiments) or "no report names it"
    drawn = ", drawn" if self.standin else ""
    return f"{self.generated.name} ({names}): {self.dataset}{drawn}"

  def fakes(self):
    """The generated faces, uint8 (M, S, S, 3), memory-mapped."""
    return load_faces(self.generated)

  def reals(self) -> tuple[Any, list[int], list[str | None]]:
    """The real faces, and which of them were learnt from.

    Returns:
      Faces uint8 (N, S, S, 3), memory-mapped; the rows learnt from; the person
      of each of these rows, None where the set does not say.
    """
    found = [
      (row, face.group)
      for row, face in enumerate(iterate_rows(self.prepared))
      if not self.only_au or face.aus.get(self.only_au) == 1
    ]
    rows, people = [row for row, _ in found], [who for _, who in found]
    return load_faces(self.prepared), rows, people


def choose(workdir: Path, experiment: str | None) -> Source:
  """The generator of a workdir that a study is about.

  Args:
    workdir: where runs left their artifacts.
    experiment: the experiment's name as its report has it, or the name of the
      folder of generated faces; None where there is only one generator.

  Raises:
    ValueError: if there is none, or not exactly one of that name; it lists
      what there is.
    DamagedError: if the faces are not what was written.
  """
  if not workdir.is_dir():
    raise ValueError(f"--workdir={workdir} is no folder: name a run's")
  found = list(_sources(workdir))
  if not found:
    raise ValueError(
      f"{workdir} holds no generated faces with the set that they were learnt"
      " from: run python -m jaxfer.main --stage=generate there first"
    )
  chosen = [
    one
    for one in found
    if experiment in (None, one.generated.name, *one.experiments)
  ]
  if len(chosen) != 1:
    asked = "" if experiment is None else f", {len(chosen)} of {experiment!r}"
    listed = "".join(f"\n  {one.describe()}" for one in found)
    raise ValueError(
      f"{workdir} holds {len(found)} generators{asked}: choose one by"
      f" --experiment=NAME, an experiment or a folder{listed}"
    )
  for folder in (chosen[0].generated, chosen[0].prepared):
    artifacts.verify(folder)
  return chosen[0]


def refuse_restricted(source: Source, owner_permits: bool) -> None:
  """Raises where faces may not be shown to raters.

  Drawn faces may always be shown. A folder of drawings that was deleted since
  cannot vouch for the faces cut from it, which then count as the owner's.

  Args:
    source: whose faces would be shown.
    owner_permits: whether whoever owns the run says that they may be.

  Raises:
    ValueError: if the set's owner restricts who may see its faces.
  """
  dataset = readers.get(source.dataset)
  if dataset.restricted and not source.standin and not owner_permits:
    raise ValueError(
      f"the owner of {dataset.title} restricts who may see its faces, and"
      " generated faces may resemble them: read the agreement"
      f" ({dataset.request}); if it allows this study, say so with"
      " --owner_permits"
    )


def _sources(workdir: Path) -> Iterator[Source]:
  experiments = _experiments(workdir)
  for generated in sorted(workdir.glob("generate-*")):
    gan = _made_by(workdir, "pretrain", _inputs(generated).get("gan"))
    prepared = gan and _made_by(workdir, "prepare", _inputs(gan).get("faces"))
    if gan is None or prepared is None:
      continue
    data = _inputs(prepared).get("data")
    yield Source(
      generated,
      prepared,
      tuple(experiments.get(generated.name, ())),
      dataset=artifacts.provenance(prepared)["settings"]["dataset"],
      standin=_made_by(workdir, "standin", data) is not None,
      only_au=artifacts.provenance(gan)["settings"].get("only_au", 0),
    )


def _inputs(folder: Path) -> dict[str, str]:
  try:
    return artifacts.provenance(folder)["inputs"]
  except artifacts.DamagedError:
    return {}


def _made_by(workdir: Path, stage: str, key: str | None) -> Path | None:
  """The artifact of a stage that has this key, if the workdir holds it."""
  if key is None:
    return None
  for folder in workdir.glob(f"{stage}-*{key[:_DIGITS]}"):
    try:
      if artifacts.provenance(folder)["key"] == key:
        return folder
    except artifacts.DamagedError:
      continue
  return None


def _experiments(workdir: Path) -> dict[str, Sequence[str]]:
  """By folder of generated faces, the experiments whose reports name it."""
  found: dict[str, list[str]] = {}
  for pattern in ("report/results.json", "report/*/results.json"):
    for path in sorted(workdir.glob(pattern)):
      results = json.loads(path.read_text(encoding="utf-8"))
      made = results.get("artifacts", {}).get("generate", {})
      for name in made.values():
        found.setdefault(name, []).append(results["experiment"])
  return {name: tuple(dict.fromkeys(names)) for name, names in found.items()}
