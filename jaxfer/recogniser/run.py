"""Where a recogniser's parts lie in a finished run.

This is the one place that knows the layout of a workdir.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import artifacts, features, untrusted, workdirs
from jaxfer.artifacts import Store
from jaxfer.data.table import iterate_csv
from jaxfer.errors import UserError
from jaxfer.learn import encoding, patches
from jaxfer.recogniser import card
from jaxfer.recogniser.heads import Centres, Emotions, Units
from jaxfer.recogniser.model import Model
from jaxfer.recogniser.network import Describer
from jaxfer.scores import heldout
from jaxfer.scores.heldout import HeldOut
from jaxfer.svm import final, weights
from jaxfer.svm.problem import Problem

_SMALLEST = 0.01  # quantile of face sizes that counts as the run's smallest
# Which stage makes what has another name.
_STAGE = {"folds": "prepare", "encoder": "extract", "patches": "extract"}
_LOOKED_AT = 256  # faces that tell whether a run's faces have colour
_SEARCH = ("detect_side", "min_face", "rule", "scale_factor", "min_neighbors")
_CUT = ("detector", "colour", "size", "margin", "filter", "align_eyes")


@dataclasses.dataclass(frozen=True)
class Run:
  """The artifacts of one experiment.

  Attributes:
    workdir: the folder that holds them.
    results: the experiment's results.json.
    probe: the classifier and its out-of-fold scores.
    folds: who was tested when.
    described: features of the labelled faces.
    encoder: batch-norm statistics of the network that describes them.
    patches: the dictionary of patches that stands beside it, or None.
    prepared: those faces.
    trained: the network that describes them.
  """

  workdir: Path
  results: Mapping[str, Any]
  probe: Path
  folds: Path
  described: Path
  encoder: Path
  patches: Path | None
  prepared: Path
  trained: workdirs.Trained

  def model(self) -> Model:
    """The recogniser that was fitted on all labelled faces.

    Raises:
      DamagedError: if a file is not what was written.
    """
    held_out = self.held_out()
    if self.results["task"] == "au":
      machines, names = weights.load(self.probe)
      problem, features = self.labelled()
      head = Units(names, machines)
      rows = heldout.means(features, problem.labels)
    else:
      kept = final.load(self.probe)
      assert held_out.calibration is not None
      head = Emotions(kept.emotions, kept, held_out.calibration)
      rows = np.asarray(kept.support)
    return Model(
      describer=self.describer(),
      crop=self.crop(),
      seen=self.seen(),
      head=head,
      centres=Centres(rows, held_out.limit),
      card=card.of_run(self.results, held_out),
    )

  def crop(self) -> dict[str, Any]:
    """How faces were found and cut out, with every setting of a search."""
    own = artifacts.provenance(self.prepared)["settings"]
    config = self.results["config"]
    searching = {name: config[f"crop.{name}"] for name in _SEARCH}
    kept = {name: own[name] for name in (*_CUT, "max_megapixels")}
    return searching | kept | {k: own[k] for k in ("box",) if k in own}

  def describer(self) -> Describer:
    """The network that described its faces."""
    trained = self.trained
    learner, state = trained.open()
    settings = {
      "size": trained.size,
      "width": trained.settings["width"],
      "layer": artifacts.provenance(self.described)["settings"]["readout"],
    }
    if "clip" in trained.settings:
      own = artifacts.provenance(self.prepared)["settings"]
      settings |= {name: own[name] for name in ("frames", "stride")}
    net = features.with_statistics(learner.encoder(state), self.encoder)
    if self.patches:
      net = encoding.with_patches(net, patches.read(self.patches))
    return Describer(settings, net)

  def labelled(self) -> tuple[Problem, np.ndarray]:
    """What was recognised, in whom, and the features (N, D) of its rows."""
    return heldout.read(self.folds, self.described)

  def held_out(self) -> HeldOut:
    """What its classifier says of faces left out, made once for a run."""
    return heldout.find(
      Store(self.workdir),
      self.results["task"],
      probe=self.probe,
      described=self.described,
      folds=self.folds,
    )

  def seen(self) -> dict[str, Any]:
    """What the faces were: `smallest` side in pixels, and whether in colour."""
    sides = [
      max(float(row["width"]), float(row["height"]))
      for row in iterate_csv(self.prepared / "manifest.csv")
    ]
    faces = untrusted.map_array(self.prepared / "faces.npy")
    some = np.array(faces[:: -(-len(faces) // _LOOKED_AT)])
    return {
      "smallest": float(np.quantile(sides, _SMALLEST)),
      "colour": bool(np.ptp(some, axis=-1).max() > 0),
    }


def find(path: Path, experiment: str = "") -> Run:
  """The run at a path.

  Args:
    path: a workdir, or the folder of one of its reports.
    experiment: its name, where a workdir holds several.

  Raises:
    UserError: if there is none, there are several, or a part of it is gone.
  """
  report, results = _report(path, experiment)
  name = results["artifacts"]["probe"].get("trained")
  if name is None:
    raise UserError(f"{report} reports no trained features: run it again")
  above = report.resolve().parents
  workdir = next((one for one in above if (one / name).is_dir()), None)
  if workdir is None:
    raise UserError(
      f"{name}, which the report {report} is about, is no longer beside it: run"
      " `jaxfer run` there again, --stage=probe"
    )
  probe = workdir / name
  artifacts.verify(probe)
  if not any((probe / n).exists() for n in ("machine.npz", weights.FILE)):
    if (head := results["config"].get("svm.head", "svm")) != "svm":
      raise UserError(
        f"{probe} keeps no classifier: its run has svm.head={head}, and support"
        " vector machines alone are kept for new faces; run the experiment with"
        " --config.svm.head=svm too"
      )
    raise UserError(
      f"{probe} keeps no classifier: the stage probe makes one where faces are"
      " fitted on and tested within one set; run the experiment without"
      " data.test, or one of data.test's own set"
    )
  inputs = artifacts.provenance(probe)["inputs"]
  described = _made_by(workdir, "extract", inputs["features0"])
  made_from = artifacts.provenance(described)["inputs"]
  encoder = _made_by(workdir, "encoder", made_from["encoder"])
  dictionary = made_from.get("patches")
  learnt = artifacts.provenance(encoder)["inputs"]["gan"]
  trained = workdirs.read(_made_by(workdir, "pretrain", learnt))
  if trained is None:
    raise _gone(workdir, "prepare")
  return Run(
    workdir=workdir,
    results=results,
    probe=probe,
    folds=_made_by(workdir, "folds", inputs["folds"]),
    described=described,
    encoder=encoder,
    patches=_made_by(workdir, "patches", dictionary) if dictionary else None,
    prepared=_made_by(workdir, "prepare", made_from["target"]),
    trained=trained,
  )


def _made_by(workdir: Path, stage: str, key: str) -> Path:
  found = workdirs.made_by(workdir, stage, key)
  if found is None:
    raise _gone(workdir, stage)
  return found


def _gone(workdir: Path, stage: str) -> UserError:
  return UserError(
    f"{workdir} lacks what its classifier was made from: `jaxfer run"
    f" --stage={_STAGE.get(stage, stage)}` makes it again"
  )


def _report(path: Path, experiment: str) -> tuple[Path, dict[str, Any]]:
  """The folder of the report meant, and its results."""
  if not path.exists():
    raise UserError(f"{path} is not there: --run is the workdir of a run")
  places = [path, path / "report"]
  if experiment:
    places = [place / experiment for place in places]
    places += sorted((path / "reports").glob(f"{experiment}-*"))
  whole = [place for place in places if (place / "results.json").is_file()]
  if not whole:
    raise UserError(
      f"{path} holds no report{f' of {experiment}' if experiment else ''}:"
      " run `jaxfer run` there to its end, or name the experiment"
    )
  results = untrusted.parse_json((whole[0] / "results.json").read_bytes())
  if "artifacts" not in results:
    names = ", ".join(results.get("experiments", {}))
    raise UserError(
      f"{path} holds several experiments; name one by --experiment: {names}"
    )
  return whole[0], results
