"""What generated faces are worth."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from jaxfer.data import conditions, pools
from jaxfer.data.pools import load_faces
from jaxfer.experiment.artifact import Artifact, Declared, Run
from jaxfer.experiment.networks import Generated
from jaxfer.experiment.probes import Probe
from jaxfer.learn import sample
from jaxfer.measure import work
from jaxfer.measure.subject import Subject
from jaxfer.metrics import inception


@dataclasses.dataclass(frozen=True, eq=False)
class Measured(Artifact):
  """What generated faces are worth: metrics.json, panels.npz."""

  stage, version, doing = "measure", 7, "measuring generated faces"

  run: Run
  generated: Generated  # the faces
  probe: Probe  # measures them, by its features and its machine

  def _declare(self) -> Declared:
    config = self.run.config
    names = ("compare", "ssim", "bootstrap", "dialects")
    settings = {name: config.generate[name] for name in names}
    # The loader lets no other weights pass, wherever they lie.
    weights = inception.SHA256 if config.generate.inception else ""
    settings |= {"inception": weights, "seed": config.run.seed}
    inputs = {
      "faces": self.generated.network.faces,
      "generated": self.generated,
      "encoder": self.probe.features[0].encoder,
      "probe": self.probe,
    }
    return config.data.pretrain, settings, inputs

  def _build(self, out: Path) -> None:
    network, config = self.generated.network, self.run.config
    condition = config.gan.condition
    # Where labels do not suffice there is no machine.
    fitted = self.probe.keeps_machine and not self.probe.folds.lack
    probe = self.probe.path() if fitted else None
    generated = self.generated.path()
    learner, state, encoder = self.probe.features[0].load()
    learnt = network.pool()
    subject = Subject(
      network=network.name.partition("-")[2],
      fakes=load_faces(generated),
      reals=learnt.load(),
      people=pools.people(network.faces.path(), only_au=network.only_au),
      learner=learner,
      state=state,
      encoder=encoder,
      probe=probe,
      names=conditions.NAMES[condition],
      labels=sample.read_labels(generated),
      told=learnt.labels(condition),
    )
    work.write(out, subject, config, self.run.own_devices)
