r"""Your own faces: a DCGAN from unlabelled ones, emotions from labelled ones.

    python -m jaxfer.main --config=configs/own_faces.py \
      --config.data.paths.unlabelled=FOLDER \
      --config.data.paths.labelled=FOLDER

The unlabelled folder holds images at any depth. The labelled folder holds a
CSV (index.csv, or --config.data.labelled.index=NAME) with the columns path,
subject and emotion, and optionally AU1 … AU27; paths are relative to the CSV.

Where the faces are the same, learn=labelled keeps the people who are tested
from the DCGAN (the protocol `sealed`), which needs to know them.

Arguments:
  learn: the set that the DCGAN learns from, unlabelled or labelled.
  unlabelled: how faces are found: viola_jones (frontal ones), mtcnn (turned
    ones too), boxes_csv (listed in --config.crop.boxes=FILE) or precropped.
  labelled: the same for the labelled faces.
  small: a size for CPUs.
  further: also all layers, nearest neighbours, logistic regression, and the
    DCGAN continued on the labelled faces.
"""

from typing import Any

from configs import base
from jaxfer import config as configlib


def get_config(arg: str = "") -> Any:
  """Returns the experiment for one typed argument string."""
  args = configlib.parse_arg(
    arg,
    learn=("unlabelled", "labelled"),
    unlabelled=("viola_jones", "mtcnn", "boxes_csv", "precropped"),
    labelled=("viola_jones", "mtcnn", "boxes_csv", "precropped"),
    small=False,
    further=False,
  )
  config = base.get_config()
  config.run.experiment = "own_faces"
  config.data.pretrain = args.learn
  config.data.probe = "labelled"
  config.crop.pretrain = getattr(args, args.learn)
  config.crop.probe = args.labelled
  config.report.faces = "show"
  if args.further:
    config.svm.controls += ("layers", "knn", "logistic", "finetuned")
  if args.small:
    base.shrink(config)
  return config
