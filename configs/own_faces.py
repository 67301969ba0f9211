r"""Your own faces: a DCGAN from some, emotions of those that have labels.

One labelled folder is enough:

    python -m jaxfer.main --config=configs/own_faces.py \
      --config.data.paths.labelled=FOLDER

and with more faces to learn from, which need no labels:

    python -m jaxfer.main --config=configs/own_faces.py \
      --config.data.paths.unlabelled=FOLDER \
      --config.data.paths.labelled=FOLDER

The unlabelled folder holds images at any depth. The labelled folder holds a
CSV (index.csv, or --config.data.labelled.index=NAME) with the columns path,
subject and emotion, and optionally AU1 … AU27; paths are relative to the CSV.
Features of a folder without labels:

    python -m jaxfer.main --config=configs/own_faces.py --stage=extract \
      --config.data.probe=unlabelled --config.data.paths.unlabelled=FOLDER

Where the DCGAN learns from the labelled faces, the protocol `sealed` keeps the
people who are tested from it, which needs to know them.

Arguments:
  learn: the set that the DCGAN learns from, unlabelled or labelled; auto is
    unlabelled where that folder is given and another than the labelled one.
  unlabelled: how faces are found: viola_jones (frontal ones), mtcnn (turned
    ones too), boxes_csv (listed in --config.crop.boxes=FILE) or precropped.
  labelled: the same for the labelled faces.
  learner: what learns from faces without labels: dcgan, the paper's;
    contrastive, views of a face told by each other, which draws no faces; or
    contrad, both.
  small: a size for CPUs.
  further: also all layers, nearest neighbours, logistic regression, and the
    DCGAN continued on the labelled faces.

The discriminator is read out from all its layers (`local`), and beside it a
dictionary of patches of the same faces (`patches`), which together name more
faces right; the paper's conv4 stands in the same table, and so does HOG, alone
and with them.
"""

from typing import Any

from jaxfer import config as configlib
from jaxfer.configs import base


def get_config(arg: str = "") -> Any:
  """Returns the experiment for one typed argument string."""
  args = configlib.parse_arg(
    arg,
    learn=("auto", "unlabelled", "labelled"),
    unlabelled=("viola_jones", "mtcnn", "boxes_csv", "precropped"),
    labelled=("viola_jones", "mtcnn", "boxes_csv", "precropped"),
    learner=("dcgan", "contrastive", "contrad"),
    small=False,
    further=False,
  )
  config = base.get_config()
  config.run.experiment = "own_faces"
  config.data.pretrain = "" if args.learn == "auto" else args.learn
  config.data.probe = "labelled"
  config.features.readout = "local+patches"
  config.svm.controls += ("conv4", "local", "patches", "local_patches_hog")
  config.data.unlabelled.detector = args.unlabelled
  config.data.labelled.detector = args.labelled
  if args.further:
    config.svm.controls += ("layers", "knn", "logistic", "finetuned")
  if args.small:
    base.shrink(config)
  base.learn_by(config, args.learner)
  return config
