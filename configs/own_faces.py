r"""Your own faces: a DCGAN from unlabelled ones, emotions from labelled ones.

    python -m jaxfer.main --config=configs/own_faces.py \
      --config.data.paths.unlabelled=FOLDER \
      --config.data.paths.labelled=FOLDER

The unlabelled folder holds images at any depth. The labelled folder holds a
CSV (index.csv, or --config.data.csv=NAME) with the columns path, subject and
emotion, and optionally AU1 … AU27; paths are relative to the CSV.

Arguments:
  unlabelled: viola_jones (faces are to be found) or precropped.
  labelled: the same for the labelled faces.
  small: a size for CPUs.
"""

from typing import Any

from configs import base
from jaxfer import config as configlib


def get_config(arg: str = "") -> Any:
  """Returns the experiment for one typed argument string."""
  args = configlib.parse_arg(
    arg,
    unlabelled=("viola_jones", "precropped"),
    labelled=("viola_jones", "precropped"),
    small=False,
  )
  config = base.get_config()
  config.run.experiment = "own_faces"
  config.data.pretrain = "unlabelled"
  config.data.probe = "labelled"
  config.crop.pretrain = args.unlabelled
  config.crop.probe = args.labelled
  config.report.faces = "show"
  if args.small:
    base.shrink(config)
  return config
