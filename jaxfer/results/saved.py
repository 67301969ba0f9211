"""What reports are drawn from, kept in the workdir: a report needs no more.

`evidence/<experiment>-<key>` holds an experiment's numbers, curves and faces:
those that a report may hide too, so it lies apart from reports, which are
handed on. Its key is of the config alone; what it was made from stands within.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import experiment as experiments
from jaxfer import parallel, untrusted
from jaxfer.artifacts import Spec, Store
from jaxfer.config import Config
from jaxfer.data.table import DataError
from jaxfer.errors import UserError
from jaxfer.experiment import Experiment
from jaxfer.results import facts
from jaxfer.results.evidence import Evidence, Layer, Located, Pairs, Panels
from jaxfer.scores.paired import Scored
from jaxfer.study import record

FOLDER = "evidence"
# Raised when other numbers are made of the same artifacts, or kept otherwise.
_VERSION = 3
_TREE, _ARRAYS = "evidence.json", "arrays.npz"
_ARRAY = "__array__"  # the key of an array's place in the file of arrays
_MOST_BYTES = 2**32  # of all arrays
# What a report shows of the same evidence.
_SHOWN = "report."
# Stages whose artifacts depend on the machine at hand, by the SVM backend.
_BACKEND = ("probe-", "measure-")


class FailedError(DataError):
  """It is kept that an experiment could not be made."""


def spec(config: Config) -> Spec:
  """Where the evidence of an experiment is kept, by the config as asked for.

  What that leaves to the folders that are there, `experiment.make` fills in.
  """
  fields = facts.plain(config)
  asked = {k: v for k, v in fields.items() if not k.startswith(_SHOWN)}
  settings = {"config": asked, "versions": experiments.VERSIONS}
  return Spec(config.run.experiment, "", _VERSION, settings, {})


def path(store: Store, where: Spec) -> Path:
  """The folder of an experiment's evidence."""
  return _store(store).path(where)


def save(store: Store, where: Spec, evidence: Evidence) -> None:
  """Keeps an experiment's evidence, in the place of an earlier one."""

  def build(out: Path) -> None:
    arrays: list[np.ndarray] = []
    text = json.dumps(_pack(evidence, arrays), allow_nan=False)
    (out / _TREE).write_text(text, encoding="utf-8")
    np.savez_compressed(out / _ARRAYS, *arrays)

  _store(store).make(where, build, anew=True)


def save_failure(where: Spec, experiment: Experiment, reason: str) -> None:
  """Keeps in the place of an experiment's evidence why there is none."""

  def build(out: Path) -> None:
    tree = {"made": facts.made(experiment), "failed": reason}
    (out / _TREE).write_text(json.dumps(tree), encoding="utf-8")

  _store(experiment.run.store).make(where, build, anew=True)


def find(
  store: Store,
  where: Spec,
  config: Config,
  devices: Sequence[parallel.Device],
) -> tuple[Experiment | None, Evidence | None]:
  """An experiment, where its data is at hand, and what is kept of it.

  `where` is as `spec` gives it of the config as it was asked for.

  Raises:
    UserError: if there is neither.
  """
  try:
    experiment = experiments.make(config, store, devices)
  except UserError:
    if (kept := load(store, where, config)) is None:
      raise
    return None, kept
  return experiment, load(store, where, config, experiment)


def load(
  store: Store,
  where: Spec,
  config: Config,
  experiment: Experiment | None = None,
) -> Evidence | None:
  """The evidence that is kept of an experiment, as the config shows faces now.

  Returns:
    The evidence; None where there is none, where it is damaged and was set
    aside, or where it was made from others than the experiment's artifacts.

  Raises:
    FailedError: if it is kept that the experiment could not be made.
    UserError: if it is not what `save` wrote.
  """
  if (folder := _store(store).find(where)) is None:
    return None
  with reading(folder):
    tree = untrusted.parse_json((folder / _TREE).read_bytes())
    made = tuple(map(str, tree["made"]))
    if experiment is not None and _same(made) != _same(facts.made(experiment)):
      return None
    if "failed" in tree:
      raise FailedError(str(tree["failed"]))
    arrays = untrusted.load_arrays(folder / _ARRAYS, _MOST_BYTES)
    evidence = _restore(_unpack(tree, arrays))
    return _as_of_now(evidence, config, store.workdir)


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[None]:
  """Says whatever goes wrong inside of the evidence that is read there.

  Raises:
    UserError: in the place of any error that speaks of the program.
  """
  try:
    yield
  except (UserError, OSError, MemoryError):
    raise
  except Exception as error:
    raise UserError(
      f"{folder} is not what a run keeps to draw its report from ({error!r}):"
      " delete it, and the same command makes it anew"
    ) from error


def _store(store: Store) -> Store:
  return Store(store.workdir / FOLDER)


def _same(made: Sequence[str]) -> list[str]:
  """The artifacts by which evidence is another's."""
  return sorted(name for name in made if not name.startswith(_BACKEND))


def _as_of_now(evidence: Evidence, config: Config, workdir: Path) -> Evidence:
  """Evidence as its report shows it now, with what people judged since."""
  results, shown = evidence.results, facts.plain(config)
  fields = results["config"] | {
    k: v for k, v in shown.items() if k.startswith(_SHOWN)
  }
  generated = results["artifacts"]["generate"].get("")
  now = facts.identity(fields, evidence.made) | {
    "human_study": record.summaries(workdir / Path(generated).name)
    if generated
    else [],
    "command": facts.command(),
  }
  return dataclasses.replace(
    evidence, results=results | now, faces=config.report.faces
  )


def _pack(value: Any, arrays: list[np.ndarray]) -> Any:
  """A value as JSON; in the place of an array, its place among `arrays`."""
  if isinstance(value, np.ndarray):
    arrays.append(value)
    return {_ARRAY: f"arr_{len(arrays) - 1}"}
  if dataclasses.is_dataclass(value):
    fields = dataclasses.fields(value)
    value = {field.name: getattr(value, field.name) for field in fields}
  if isinstance(value, Mapping):
    return {key: _pack(below, arrays) for key, below in value.items()}
  if isinstance(value, (list, tuple)):
    return [_pack(below, arrays) for below in value]
  return value


def _unpack(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
  if isinstance(value, list):
    return [_unpack(below, arrays) for below in value]
  if isinstance(value, dict):
    if value.keys() == {_ARRAY}:
      return arrays[value[_ARRAY]]
    return {key: _unpack(below, arrays) for key, below in value.items()}
  return value


def _restore(tree: dict[str, Any]) -> Evidence:
  """The evidence that a tree of its fields holds."""

  def maybe(kind: type, name: str) -> Any:
    return None if tree[name] is None else kind(**tree[name])

  return Evidence(
    **tree
    | {
      "grids": tuple((step, grid) for step, grid in tree["grids"]),
      "trained": {
        int(seed): {name: Scored(**one) for name, one in found.items()}
        for seed, found in tree["trained"].items()
      },
      "layers": tuple(
        [Layer(**layer | {"shape": tuple(layer["shape"])}) for layer in network]
        for network in tree["layers"]
      ),
      "pairs": maybe(Pairs, "pairs"),
      "located": maybe(Located, "located"),
      "panels": maybe(Panels, "panels"),
      "made": tuple(tree["made"]),
    }
  )
