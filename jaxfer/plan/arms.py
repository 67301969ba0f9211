"""The probes of an experiment: each representation, machine and protocol."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence

from jaxfer.artifacts import Spec
from jaxfer.config import Config
from jaxfer.data import readers
from jaxfer.data.pools import OFFICIAL
from jaxfer.errors import UserError
from jaxfer.learn.encoding import POOLED
from jaxfer.plan import networks
from jaxfer.plan.networks import Features, Network
from jaxfer.plan.versions import spec

CONTROLS = (
  "pixels",
  "hog",
  "untrained",
  "layers",
  "knn",
  "logistic",
  "finetuned",
)
RULE = "emotion_rule"
"""Action units by Table VI from the emotion that is recognised."""

# Representations whose results are drawn against the number of labels.
_COUNTED = ("trained", "untrained", "pixels")
_SETTINGS = ("inner_folds", "evaluations", "starts", "log10_low", "log10_high")


@dataclasses.dataclass(frozen=True)
class Arm:
  """One probe: a representation under the protocols that share its networks.

  Attributes:
    spec: the artifact.
    representation: `trained`, one of `CONTROLS`, or `RULE`.
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

  spec: Spec
  representation: str
  seed: int
  machine: str
  protocols: tuple[str, ...]
  features: tuple[Features, ...]
  test_features: tuple[Features, ...]
  folds: Spec
  test_folds: Spec | None
  keeps_machine: bool
  counts_labels: bool

  @property
  def sealed(self) -> bool:
    """Whether its networks have not seen the people tested."""
    return "sealed" in self.protocols or "official_sealed" in self.protocols


class Arms:
  """Builds the arms of an experiment.

  Args:
    config: a valid experiment.
    prepare: by role, the prepared faces.
    folds: by role (`probe`, `test`, `emotion`), the fold assignments.
    backend: the SVM backend's name.
    splits: whether the faces tested are split in two, where that is known
      better than by the dataset's description.
  """

  def __init__(
    self,
    config: Config,
    prepare: Mapping[str, Spec],
    folds: Mapping[str, Spec],
    backend: str,
    splits: bool | None = None,
  ):
    self._config, self._prepare, self._folds = config, prepare, folds
    self._backend = backend
    self._across = "test" in prepare
    self._task = config.run.task
    tested = config.data.test if self._across else config.data.probe
    self._tested = readers.get(tested)
    self._split = self._tested.official if splits is None else splits
    self._transductive = config.data.pretrain == tested

  def network(self, seed: int) -> Network:
    """The DCGAN of the whole set that is learnt from."""
    name = "trained" if seed == self._config.run.seed else f"trained-{seed}"
    return networks.trained(self._plain(name, seed), self._config)

  def build(self) -> list[Arm]:
    """Every arm, the trained discriminator's first."""
    config, controls = self._config, self._config.svm.controls
    layer = config.features.layer
    arms = []
    for seed in range(config.run.seed, config.run.seed + config.run.seeds):
      network = self.network(seed)
      arms.append(self._open("trained", layer, network, seed))
      arms += self._sealed("trained", layer, self._trained_without, seed)
      if "untrained" in controls:
        name = f"untrained-{seed}" if seed != config.run.seed else "untrained"
        plain = self._plain(name, seed)
        arms.append(self._open("untrained", layer, plain, seed))
        arms += self._sealed("untrained", layer, self._untrained_without, seed)
    first, seed = self.network(config.run.seed), config.run.seed
    for control in controls:
      if control in ("pixels", "hog"):
        arms.append(self._open(control, control, None, seed))
      elif control == "layers":
        arms.append(self._open("layers", POOLED, first, seed))
      elif control in ("knn", "logistic") and self._task == "emotion":
        arms.append(self._open(control, layer, first, seed, machine=control))
      elif control == "finetuned" and not self._transductive:
        arms += self._sealed(
          "finetuned", layer, self._finetuned, seed, owners_split=False
        )
    if "emotion" in self._folds:
      arms.append(self._open(RULE, layer, first, seed))
    return arms

  def _open(
    self,
    representation: str,
    kind: str,
    network: Network | None,
    seed: int,
    machine: str = "svm",
  ) -> Arm:
    """The protocols whose network may have seen the faces tested."""
    wanted = {
      "paper": ("paper",),
      "subject": ("subject",),
      "sealed": ("unsealed",) if self._tested.grouped else (),
      "official": ("official",) if self._split else (),
    }
    protocols = sum((wanted[p] for p in self._config.svm.protocols), ())
    if representation == RULE:
      protocols = tuple(p for p in protocols if p in ("paper", "subject"))
    if self._across and self._task == "emotion":
      # Nothing is random in testing all of another set: one number.
      protocols = tuple(p for p in protocols if p != "paper")
    if not protocols:
      raise UserError(
        f"svm.protocols={self._config.svm.protocols} leaves nothing to run on"
        f" {self._tested.name}: add subject"
      )
    first = seed == self._config.run.seed
    return self._arm(
      representation,
      seed,
      machine,
      protocols,
      [(kind, network)],
      keeps_machine=representation == "trained" and first and not self._across,
      counts_labels=representation in _COUNTED
      and first
      and not self._across
      and self._task == "emotion"
      and bool(self._config.svm.labels_per_class),
    )

  def _sealed(
    self,
    representation: str,
    kind: str,
    without: Callable[[int, int], Network],
    seed: int,
    owners_split: bool = True,
  ) -> Iterator[Arm]:
    """The protocols whose networks have not seen the faces tested."""
    wanted = self._config.svm.protocols
    if not self._transductive and representation != "finetuned":
      return
    if "sealed" in wanted and self._tested.grouped:
      parts = range(self._config.svm.sealed_folds)
      sources = [(kind, without(part, seed)) for part in parts]
      yield self._arm(representation, seed, "svm", ("sealed",), sources)
    if "official" in wanted and self._split and owners_split:
      sources = [(kind, without(OFFICIAL, seed))]
      yield self._arm(
        representation, seed, "svm", ("official_sealed",), sources
      )

  def _arm(
    self,
    representation: str,
    seed: int,
    machine: str,
    protocols: tuple[str, ...],
    sources: Sequence[tuple[str, Network | None]],
    *,
    keeps_machine: bool = False,
    counts_labels: bool = False,
  ) -> Arm:
    def of(role: str) -> tuple[Features, ...]:
      faces, gan = self._prepare[role], self._config.gan
      return tuple(
        networks.describe(kind, faces, network, gan)
        for kind, network in sources
      )

    features = of("probe")
    test_features = of("test") if self._across else ()
    folds = self._folds["emotion" if representation == RULE else "probe"]
    test_folds = self._folds.get("test")
    svm = self._config.svm
    settings = {k: svm[k] for k in _SETTINGS} | {
      "protocols": protocols,
      "machine": machine,
      "seed": self._config.run.seed,
      "backend": self._backend,
      "keeps_machine": keeps_machine,
    }
    if self._task == "au":
      settings["au_values"] = svm.au_values
    if counts_labels:
      settings |= {k: svm[k] for k in ("labels_per_class", "label_draws")}
    inputs = {"folds": folds.key}
    if test_folds is not None:
      inputs["test_folds"] = test_folds.key
    for i, one in enumerate((*features, *test_features)):
      inputs[f"features{i}"] = one.spec.key
    label = representation
    label += f"-{seed}" if seed != self._config.run.seed else ""
    label += "-sealed" if "sealed" in protocols else ""
    label += "-official" if "official_sealed" in protocols else ""
    return Arm(
      spec("probe", label, settings, **inputs),
      representation,
      seed,
      machine,
      protocols,
      features,
      test_features,
      folds,
      test_folds,
      keeps_machine,
      counts_labels,
    )

  def _plain(self, name: str, seed: int) -> Network:
    return Network(
      name=name,
      faces=self._prepare["pretrain"],
      seed=seed,
      only_au=self._config.data.only_au,
    )

  def _without(self, name: str, part: int, seed: int) -> Network:
    tested = self._folds["test" if self._across else "probe"]
    first = self._config.run.seed
    where = "official" if part == OFFICIAL else f"sealed-{part}"
    return dataclasses.replace(
      self._plain(
        f"{name}{where}" + (f"-{seed}" if seed != first else ""), seed
      ),
      left_out=part,
      folds=None if part == OFFICIAL else tested,
    )

  def _trained_without(self, part: int, seed: int) -> Network:
    return networks.trained(self._without("", part, seed), self._config)

  def _untrained_without(self, part: int, seed: int) -> Network:
    return self._without("untrained-", part, seed)

  def _finetuned(self, part: int, seed: int) -> Network:
    network = dataclasses.replace(
      self._without("finetuned-", part, seed),
      faces=self._prepare["test" if self._across else "probe"],
      start=self.network(seed),
    )
    return networks.trained(network, self._config)
