r"""The ablation that the paper calls for: a conditional DCGAN's features.

Two experiments that differ in gan.condition alone: features of a DCGAN that is
told the labels of the faces it learns from, and of one that is told nothing.
Both are sealed: of the people tested, neither face nor label was seen. For each
seed both begin with the same weights and see the same faces in the same order.
Beside it stands `subject`, whose DCGAN saw the people tested: there the
conditional one was told the answers, and what it is ahead by is that leak.

    python -m jaxfer.main --config=configs/conditional.py:standin
    python -m jaxfer.main --config=configs/conditional.py:labelled=precropped \
      --config.data.paths.labelled=FOLDER

The folder holds a CSV as configs/own_faces.py describes it.

Arguments:
  told: emotion or aus, what the one is told and what is recognised.
  labelled: how faces are found: viola_jones, mtcnn, boxes_csv or precropped.
  seeds: pretrainings of each.
  standin: drawn faces; implies small.
  small: a size for CPUs.
"""

from typing import Any

from jaxfer import config as configlib
from jaxfer.configs import base


def get_config(arg: str = "") -> Any:
  """Returns the two experiments for one typed argument string."""
  args = configlib.parse_arg(
    arg,
    told=("emotion", "aus"),
    labelled=("viola_jones", "mtcnn", "boxes_csv", "precropped"),
    seeds=3,
    standin=False,
    small=None,
  )
  config = base.get_config()
  config.run.experiment = config.run.collection = "conditional"
  config.run.task = {"emotion": "emotion", "aus": "au"}[args.told]
  config.run.seeds = args.seeds
  config.data.pretrain = config.data.probe = "labelled"
  config.data.standin.draw = args.standin
  config.data.labelled.detector = args.labelled
  config.svm.protocols = ("subject", "sealed")
  config.svm.controls = ("untrained",)
  config.svm.labels_per_class = ()
  if args.standin:
    config.report.faces = "show"
  if args.standin if args.small is None else args.small:
    base.shrink(config)
  config.run.members = ("unconditional", "conditional")
  config.suite.unconditional = {"gan": {"condition": ""}}
  config.suite.conditional = {"gan": {"condition": args.told}}
  return config
