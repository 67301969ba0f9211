"""The paper's Radboud experiment: emotions from a DCGAN trained on Radboud.

Reproduces Exp5 (frontal, 1,608 faces) and Exp4 (multi-view, 2,680 faces) of
Table II, on the Radboud Faces Database in data/rafd:

    python -m jaxfer.main --config=configs/radboud.py
    python -m jaxfer.main --config=configs/radboud.py:view=multi

The paper's figures are 97.64 % accuracy and a mean AUC of 0.999 (Exp5), 0.932
as printed (Exp4). No run on the real database backs a figure of ours: it may
not be redistributed. On drawn faces, in minutes on two CPU cores:

    python -m jaxfer.main --config=configs/radboud.py:standin

Arguments:
  view: frontal (camera 090), multi (five cameras, frontal gaze) or all.
  pretrain: the set the DCGAN learns from, rafd or unlabelled.
  as_printed: Adam's beta1 = 0.9, as the paper prints it (it does not learn).
  standin: drawn faces in Radboud's own layout; implies small.
  small: a size for CPUs; small=false with standin keeps the paper's.
  sealed: also a DCGAN for each of five folds, which has not seen its people;
    on, but not with standin.
"""

from typing import Any

from jaxfer import config as configlib
from jaxfer.configs import base


def get_config(arg: str = "") -> Any:
  """Returns the experiment for one typed argument string."""
  args = configlib.parse_arg(
    arg,
    view=("frontal", "multi", "all"),
    pretrain=("rafd", "unlabelled"),
    as_printed=False,
    standin=False,
    small=None,
    sealed=None,
  )
  config = base.get_config()
  config.run.experiment = "radboud"
  config.data.pretrain = args.pretrain
  config.data.rafd.view = args.view
  if args.view != "frontal":
    # Viola-Jones hardly ever fires on a profile.
    config.data.rafd.detector = "mtcnn"
  if not (not args.standin if args.sealed is None else args.sealed):
    config.svm.protocols = ("paper", "subject")
  config.data.standin.draw = args.standin
  if args.standin:
    config.report.faces = "show"
  if args.as_printed:
    config.gan.beta1 = 0.9
  if args.standin if args.small is None else args.small:
    base.shrink(config)
  return config
