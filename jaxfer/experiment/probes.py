"""The probes of an experiment: each representation, machine and protocol."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from jaxfer import terms
from jaxfer.data import readers
from jaxfer.data.pools import OFFICIAL
from jaxfer.errors import UserError
from jaxfer.experiment.artifact import Artifact, Declaration, Run
from jaxfer.experiment.networks import Features, Network, Trained
from jaxfer.experiment.sets import Folds, Prepared
from jaxfer.svm import problem as problems
from jaxfer.svm import stage as machines
from jaxfer.svm.work import Job

RULE = "emotion_rule"
"""Action units by Table VI from the emotion that is recognised."""

_SETTINGS = ("inner_folds", "evaluations", "starts", "log10_low", "log10_high")


@dataclasses.dataclass(frozen=True, eq=False)
class Probe(Artifact):
  """Out-of-fold scores of one representation, under protocols that share it.

  Attributes:
    run: what all stages share.
    representation: `trained`, a control, or `RULE`.
    seed: of its network.
    machine: svm, knn or logistic.
    protocols: those wanted.
    features: of the faces fitted on; one, or one for each sealed fold.
    test_features: the same of another set, which is tested.
    folds: fold assignments of the faces fitted on.
    test_folds: those of the set tested.
    keeps_machine: whether a machine trained on all faces is saved.
    counts_labels: whether results are measured against the number of labels.
  """

  stage, version = "probe", 2

  run: Run
  representation: str
  seed: int
  machine: str
  protocols: tuple[str, ...]
  features: tuple[Features, ...]
  test_features: tuple[Features, ...]
  folds: Folds
  test_folds: Folds | None
  keeps_machine: bool
  counts_labels: bool

  @property
  def sealed(self) -> bool:
    """Whether its networks have not seen the people tested."""
    return "sealed" in self.protocols or "official_sealed" in self.protocols

  def declare(self) -> Declaration:
    """Which features are fitted and tested, and how."""
    config, svm = self.run.config, self.run.config.svm
    settings = {k: svm[k] for k in _SETTINGS} | {
      "protocols": self.protocols,
      "machine": self.machine,
      "seed": config.run.seed,
      "backend": self.run.backend[0],
      "keeps_machine": self.keeps_machine,
    }
    if config.run.task == "au":
      settings["au_values"] = svm.au_values
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
    return Declaration(label, settings, inputs, f"probing, {label}")

  def problem(self) -> problems.Problem:
    """What is recognised, in whom."""
    return problems.read(*self._folders())

  def needed(self) -> list[Features]:
    """Its features; there may be fewer folds than were planned for."""
    problem = self.problem()
    count = max(len(problem.tested(p) or []) for p in self.protocols)
    return [*self.features[:count], *self.test_features[:count]]

  def build(self, out: Path) -> None:
    """Fits and tests."""
    folds, test_folds = self._folders()
    paths = [str(one.path() / "features.npy") for one in self.needed()]
    # Those of the faces fitted on, then those of another set tested.
    count = len(paths) // 2 if self.test_features else len(paths)
    machines.run(
      Job(
        label=self.spec.label,
        machine=self.machine,
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
    self._run, self._sets, self._folds, self._split = run, sets, folds, split
    self._config, self._first = run.config, run.config.run.seed
    self._tested = sets.get("test", sets["probe"])
    self._across = "test" in sets
    self._emotion = run.config.run.task == "emotion"
    dataset = readers.get(self._tested.dataset)
    wanted = run.config.svm.protocols
    self._by_folds = "sealed" in wanted and dataset.grouped
    self._by_split = "official" in wanted and split
    self._transductive = run.config.data.pretrain == self._tested.dataset

  def probes(self) -> list[Probe]:
    """Every probe, the trained discriminator's first."""
    config, controls = self._config, self._config.svm.controls
    layer, first = config.features.layer, self._first
    found = []
    for seed in range(first, first + config.run.seeds):
      found.append(self._open("trained", layer, self.network(seed), seed))
      if self._transductive:
        found += self._sealed("trained", layer, self._trained_without, seed)
      if "untrained" in controls:
        plain = Network(**self._of_all("untrained", seed))
        found.append(self._open("untrained", layer, plain, seed))
        if self._transductive:
          found += self._sealed("untrained", layer, self._plain_without, seed)
    for control in controls:
      row = terms.REPRESENTATIONS[control]
      kind = row.features or layer
      if row.network == "finetuned" and not self._transductive:
        found += self._sealed(
          control, kind, self._finetuned, first, owners_split=False
        )
      elif row.network in ("", "trained") and (
        row.machine == "svm" or self._emotion
      ):
        network = self.network(first) if row.network else None
        found.append(self._open(control, kind, network, first, row.machine))
    if "emotion" in self._folds:
      found.append(self._open(RULE, layer, self.network(first), first))
    return found

  def network(self, seed: int) -> Trained:
    """The DCGAN of the whole set that is learnt from."""
    return Trained(**self._of_all("trained", seed))

  def _open(
    self,
    representation: str,
    kind: str,
    network: Network | None,
    seed: int,
    machine: str = "svm",
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
    return self._probe(
      representation,
      seed,
      protocols,
      [(kind, network)],
      machine=machine,
      keeps_machine=representation == "trained" and main,
      counts_labels=representation in terms.asked("labels")
      and main
      and self._emotion
      and bool(self._config.svm.labels_per_class),
    )

  def _sealed(
    self,
    representation: str,
    kind: str,
    without: Callable[[int, int], Network],
    seed: int,
    owners_split: bool = True,
  ) -> Iterator[Probe]:
    """The protocols whose networks have not seen the faces tested."""
    if self._by_folds:
      parts = range(self._config.svm.sealed_folds)
      sources = [(kind, without(part, seed)) for part in parts]
      yield self._probe(representation, seed, ("sealed",), sources)
    if self._by_split and owners_split:
      sources = [(kind, without(OFFICIAL, seed))]
      yield self._probe(representation, seed, ("official_sealed",), sources)

  def _probe(
    self,
    representation: str,
    seed: int,
    protocols: tuple[str, ...],
    sources: Sequence[tuple[str, Network | None]],
    *,
    machine: str = "svm",
    keeps_machine: bool = False,
    counts_labels: bool = False,
  ) -> Probe:
    features, test_features = (
      tuple(
        Features(self._run, kind, self._sets[role], network)
        for kind, network in sources
        if role in self._sets
      )
      for role in ("probe", "test")
    )
    return Probe(
      self._run,
      representation,
      seed,
      machine,
      protocols,
      features,
      test_features,
      self._folds["emotion" if representation == RULE else "probe"],
      self._folds.get("test"),
      keeps_machine,
      counts_labels,
    )

  def _of_all(self, kind: str, seed: int) -> dict:
    """Fields of a network that may see every face that is learnt from."""
    return {
      "run": self._run,
      "title": kind if seed == self._first else f"{kind}-{seed}",
      "faces": self._sets["pretrain"],
      "seed": seed,
      "only_au": self._config.data.only_au,
    }

  def _without(self, kind: str, part: int, seed: int) -> dict:
    """Of one that does not see the people of a part of those tested."""
    where = "official" if part == OFFICIAL else f"sealed-{part}"
    folds = self._folds["test" if self._across else "probe"]
    return self._of_all(f"{kind}{where}", seed) | {
      "left_out": part,
      "folds": None if part == OFFICIAL else folds,
    }

  def _trained_without(self, part: int, seed: int) -> Network:
    return Trained(**self._without("", part, seed))

  def _plain_without(self, part: int, seed: int) -> Network:
    return Network(**self._without("untrained-", part, seed))

  def _finetuned(self, part: int, seed: int) -> Network:
    fields = self._without("finetuned-", part, seed)
    fields |= {"faces": self._tested, "start": self.network(seed)}
    return Trained(**fields)
