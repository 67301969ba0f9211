r"""Faces in motion: a DCGAN of clips, emotions of those that have labels.

Your own clips, videos or folders of pictures:

    python -m jaxfer.main --config=configs/video.py \
      --config.data.paths.own_clips=FOLDER

The folder holds index.csv with the columns path, subject and emotion, and
optionally start_s and end_s; drawn clips need no folder:

    python -m jaxfer.main --config=configs/video.py:standin,small

Three experiments on the same clips, people and folds: `motion`, the DCGAN of
clips; `pair`, one that sees two frames of each, half a clip apart, as channels
of one image; and `middle_frame`, the paper's, which sees one. Beside each stand
pixels, HOG, and the network untrained.

Arguments:
  data: the set of clips.
  found: how faces are found: viola_jones (frontal ones), mtcnn (turned ones
    too), precropped, or the set's own way.
  folds: of dfew, the experiments on each of its owners' five folds.
  background: whether `motion` and `pair` draw clips before one that stands
    still.
  seeds: pretrainings of each.
  standin: drawn clips.
  small: a size for CPUs: 8 frames of 32 pixels.
"""

from typing import Any

from jaxfer import config as configlib
from jaxfer.configs import base
from jaxfer.errors import UserError


def get_config(arg: str = "") -> Any:
  """Returns the three experiments for one typed argument string."""
  args = configlib.parse_arg(
    arg,
    data=("own_clips", "ck_plus_clips", "cremad", "dfew", "ferv39k", "afew"),
    found=("auto", "viola_jones", "mtcnn", "precropped"),
    folds=False,
    background=False,
    seeds=1,
    standin=False,
    small=False,
  )
  config = base.get_config()
  config.run.experiment = config.run.collection = "video"
  config.run.seeds = args.seeds
  config.data.pretrain = config.data.probe = args.data
  config.data[args.data].detector = args.found
  config.data.standin.draw = args.standin
  # Batches of clips are as large as 16 times as many faces.
  config.gan.batch = 32
  config.gan.background = args.background
  config.gan.collapse.faces = 32
  config.generate.compare = 256
  config.generate.count = 256
  config.svm.controls = ("pixels", "hog", "untrained")
  config.svm.labels_per_class = ()
  if args.standin:
    config.report.faces = "show"
  if args.small:
    base.shrink(config)
    config.crop.size = 32
    config.gan.width = 8
    config.gan.clip.frames = 8
    config.gan.steps_at_least = 300
    config.gan.epochs = 1
    config.features.readout = "conv3"
    config.data[args.data].stride = 4
    config.data.standin.sizes[args.data] = 16
    config.generate.count = config.generate.ssim = 64
    config.svm.sealed_folds = 2
    config.svm.folds = 4
    config.svm.evaluations = 10
  if args.folds and args.data != "dfew":
    raise UserError(
      f"folds is of dfew, and data={args.data}: leave it out, or set data=dfew"
    )
  still = config.svm.controls
  moving = {
    "gan": {"learner": "clip_dcgan"},
    "svm": {"controls": (*still, "hog_middle", "hog_motion")},
  }
  apart = config.data[args.data].stride * config.gan.clip.frames // 2
  members = {
    "motion": moving,
    "pair": {
      "gan": moving["gan"] | {"clip": {"frames": 2}},
      "svm": {"controls": (*still, "hog_motion")},
      "data": {args.data: {"stride": apart}},
    },
    "middle_frame": {
      "gan": {"learner": "dcgan"},
      "svm": {"controls": still},
    },
  }
  for name, fields in members.items():
    for fold in range(1, 6) if args.folds else [0]:
      member = f"{name}-{fold}" if fold else name
      config.run.members += (member,)
      config.suite[member] = fields
      if fold:
        config.suite[member].update({"data": {"dfew": {"fold": fold}}})
  return config
