"""The probes of an experiment: each representation, machine and protocol."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jaxfer import terms
from jaxfer.data import readers
from jaxfer.data.pools import OFFICIAL
from jaxfer.errors import UserError
from jaxfer.experiment.artifact import Artifact, Declared, Run
from jaxfer.experiment.described import Features
from jaxfer.experiment.networks import Network, Trained
from jaxfer.experiment.sets import Folds, Prepared
from jaxfer.svm import heads
from jaxfer.svm import problem as problems
from jaxfer.svm import stage as machines
from jaxfer.svm.stage import Job

RULE = "emotion_rule"
"""Action units by Table VI from the emotion that is recognised."""

# What a head is called in the names of artifacts, if not as in configs.
_MACHINES = {"nearest": "knn"}
_SETTINGS = ("inner_folds", "evaluations", "starts", "log10_low", "log10_high")
_LARGE = ("landmarks", "tuned_rows", "au_values")


@dataclasses.dataclass(frozen=True, eq=False)
class Probe(Artifact):
  """Out-of-fold scores of one representation, under protocols that share it."""

  stage, version, doing = "probe", 3, "probing, {}"

  run: Run
  representation: str  # `trained`, a control, or `RULE`
  seed: int  # of its network
  protocols: tuple[str, ...]  # those wanted
  # Of the faces fitted on; one, or one for each sealed fold.
  features: tuple[Features, ...]
  folds: Folds  # fold assignments of the faces fitted on
  # The features of another set, which is tested.
  test_features: tuple[Features, ...] = ()
  test_folds: Folds | None = None  # that set's
  head: str = "svm"  # what is fitted, one of `heads.HEADS`
  keeps_machine: bool = False  # whether a machine trained on all faces is saved
  # Whether results are measured against the number of labels.
  counts_labels: bool = False

  @property
  def sealed(self) -> bool:
    """Whether its networks have not seen the people tested."""
    return "sealed" in self.protocols or "official_sealed" in self.protocols

  def _declare(self) -> Declared:
    config, svm = self.run.config, self.run.config.svm
    settings = {k: svm[k] for k in _SETTINGS} | {
      "protocols": self.protocols,
      "machine": _MACHINES.get(self.head, self.head),
      "seed": config.run.seed,
      "backend": self.run.backend[0],
      "keeps_machine": self.keeps_machine,
    }
    if config.run.task == "au":
      settings["au_values"] = svm.au_values
    if (solver := self.folds.solver(self.test_folds)[0]) != "exact":
      settings |= {k: svm[k] for k in _LARGE} | {"solver": f"{solver} 3"}
    if self.counts_labels:
      settings |= {k: svm[k] for k in ("labels_per_class", "label_draws")}
    inputs: dict[str, Artifact | str] = {"folds": self.folds}
    if self.test_folds is not None:
      inputs["test_folds"] = self.test_folds
    for i, one in enumerate((*self.features, *self.test_features)):
      inputs[f"features{i}"] = one
    label = self.representation
    label += f"-{self.seed}" if self.seed != config.run.seed else ""
    label += "-sealed" if "sealed" in self.protocols else ""
    label += "-official" if "official_sealed" in self.protocols else ""
    return label, settings, inputs

  @functools.cached_property
  def problem(self) -> problems.Problem:
    """What is recognised, in whom; the folds are made, if not there."""
    return problems.read(*self._folders())

  def needed(self) -> list[Features]:
    """Its features; there may be fewer folds than were planned for."""
    count = max(len(self.problem.tested(p) or []) for p in self.protocols)
    return [*self.features[:count], *self.test_features[:count]]

  def _build(self, out: Path) -> None:
    folds, test_folds = self._folders()
    paths = [str(one.path() / "features.npy") for one in self.needed()]
    # Those of the faces fitted on, then those of another set tested.
    count = len(paths) // 2 if self.test_features else len(paths)
    machines.run(
      Job(
        label=self.spec.label,
        machine=self.head,
        protocols=self.protocols,
        features=tuple(paths[:count]),
        folds=str(folds),
        test_features=tuple(paths[count:]),
        test_folds=str(test_folds),
        out=str(out),
        svm=self.run.config.svm.to_dict(),
        seed=self.run.config.run.seed,
        backend=self.run.backend[0],
        keep_machine=self.keeps_machine,
        audit=not self.sealed and not self.test_features,
        count_labels=self.counts_labels,
        solver=self.folds.solver(self.test_folds)[0],
      )
    )

  def _folders(self) -> tuple[Path, Path | str]:
    return self.folds.path(), self.test_folds.path() if self.test_folds else ""


class Plan:
  """Lists the probes of an experiment.

  Args:
    run: what all stages share.
    sets: by role, the prepared faces.
    folds: by role (`probe`, `test`, `emotion`), the fold assignments.
    split: whether the faces tested are split in two by their owner.
  """

  def __init__(
    self,
    run: Run,
    sets: Mapping[str, Prepared],
    folds: Mapping[str, Folds],
    split: bool,
  ):
    self._run, self._config = run, run.config
    self._sets, self._folds = sets, folds
    self._first = run.config.run.seed
    self._readout = run.config.features.readout
    self._tested, self._across = sets.get("test", sets["probe"]), "test" in sets
    self._emotion = run.config.run.task == "emotion"
    wanted = run.config.svm.protocols
    grouped = readers.get(self._tested.dataset).grouped
    self._by_folds = "sealed" in wanted and grouped
    self._by_split = "official" in wanted and split

  def probes(self) -> Iterator[Probe]:
    """Every probe, the trained discriminator's first."""
    config, first = self._config, self._first
    controls = config.svm.controls
    transductive = config.data.pretrain == self._tested.dataset
    sealed = range(config.svm.sealed_folds)
    for seed in range(first, first + config.run.seeds):
      for kind in ("trained", "untrained"):
        if kind == "untrained" and kind not in controls:
          continue
        yield self._open(kind, self._readout, self.network(kind, seed), seed)
        if transductive and self._by_folds:
          yield self._apart(kind, seed, "sealed", sealed)
        if transductive and self._by_split:
          yield self._apart(kind, seed, "official_sealed", [OFFICIAL])
    for control in controls:
      row = terms.REPRESENTATIONS[control]
      readout = row.features or self._readout
      if row.network == "finetuned":
        if self._by_folds and not transductive:
          yield self._apart(control, first, "sealed", sealed)
      elif control != "untrained" and (not row.head or self._emotion):
        network = self.network(row.network, first) if row.network else None
        yield self._open(control, readout, network, first, row.head)
    if "emotion" in self._folds:
      network = self.network("trained", first)
      yield self._open(RULE, self._readout, network, first)

  def network(self, kind: str, seed: int, part: int | None = None) -> Network:
    """A network that sees all faces, or none of a part's people.

    It is trained, untrained, or `finetuned` on the set that is tested; the seed
    is of its weights; the part is a sealed fold, or `OFFICIAL`.
    """
    words = [] if kind == "trained" and part is not None else [kind]
    if part is not None:
      words.append("official" if part == OFFICIAL else f"sealed-{part}")
    if seed != self._first:
      words.append(str(seed))
    folds = self._folds["test" if self._across else "probe"]
    seen = {
      "run": self._run,
      "title": "-".join(words),
      "faces": self._sets["pretrain"],
      "seed": seed,
      "left_out": part,
      "folds": None if part in (None, OFFICIAL) else folds,
      "only_au": self._config.data.only_au,
    }
    if kind == "untrained":
      return Network(**seen)
    if kind == "finetuned":
      seen |= {"faces": self._tested, "start": self.network("trained", seed)}
    return Trained(**seen)

  def _open(
    self,
    representation: str,
    readout: str,
    network: Network | None,
    seed: int,
    head: str = "",
  ) -> Probe:
    """The protocols whose network may have seen the faces tested."""
    wanted = {
      "paper": ("paper",),
      "subject": ("subject",),
      "sealed": ("unsealed",) if self._by_folds else (),
      "official": ("official",) if self._by_split else (),
    }
    protocols = sum((wanted[p] for p in self._config.svm.protocols), ())
    if representation == RULE:
      protocols = tuple(p for p in protocols if p in ("paper", "subject"))
    if self._across and self._emotion:
      # Nothing is random in testing all of another set: one number.
      protocols = tuple(p for p in protocols if p != "paper")
    if not protocols:
      raise UserError(
        f"svm.protocols={self._config.svm.protocols} leaves nothing to run on"
        f" {self._tested.dataset}: add subject"
      )
    main = seed == self._first and not self._across
    head = head or self._config.svm.head
    kept = heads.HEADS[head].kept
    return self._probe(
      representation,
      seed,
      protocols,
      readout,
      [network],
      head=head,
      keeps_machine=representation == "trained" and main and kept,
      counts_labels=representation in terms.asked("labels")
      and main
      and self._emotion
      and bool(self._config.svm.labels_per_class),
    )

  def _apart(
    self, kind: str, seed: int, protocol: str, parts: Iterable[int]
  ) -> Probe:
    """For each part tested, a network that has not seen its people."""
    networks = [self.network(kind, seed, part) for part in parts]
    return self._probe(kind, seed, (protocol,), self._readout, networks)

  def _probe(
    self,
    representation: str,
    seed: int,
    protocols: tuple[str, ...],
    readout: str,
    networks: Sequence[Network | None],
    **more: Any,
  ) -> Probe:
    more = {"head": self._config.svm.head} | more

    def described(role: str) -> tuple[Features, ...]:
      faces = self._sets[role]
      return tuple(Features(self._run, readout, faces, n) for n in networks)

    if self._across:
      more |= {"test_features": described("test")}
    return Probe(
      self._run,
      representation,
      seed,
      protocols,
      described("probe"),
      self._folds["emotion" if representation == RULE else "probe"],
      test_folds=self._folds.get("test"),
      **more,
    )
