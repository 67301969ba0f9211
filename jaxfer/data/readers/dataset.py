"""What jaxfer knows of a dataset besides how to read it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

from jaxfer.data.table import FaceTable


@dataclasses.dataclass(frozen=True)
class Dataset:
  """A dataset jaxfer can read.

  Attributes:
    name: as configs and folders call it.
    title: as people call it.
    short: as tables do; empty where that is the name.
    read: reads a root; takes the fields of the config's `data.<name>` section
      (but those that every set has) as keywords, each with a default that
      reads everything there is.
    layout: what is expected below the root.
    request: where the dataset comes from.
    pattern: what its images' file names look like, to recognise it by; None
      where any name will do.
    published: by fact of a face (a field's name, or `images` and `people`) the
      published number of images of each value, for a complete copy.
    detector: how its faces are found unless the config says otherwise; one of
      `crop.DETECTORS`.
    box: left, top, width and height of the `fixed` detector's box, as shares
      of the image's width and height.
    placeholders: whether the owner's copy holds black pictures in place of
      photographs that were never taken.
    everything: settings with which `read` leaves nothing out, where that is
      not its default.
    grey: whether its images have no colour.
    grouped: whether it says who is in its pictures, or from which film.
    official: whether its owner splits the labelled faces in two.
    labelled: whether its faces are labelled at all.
    emotions: whether its faces are labelled with emotions.
    human_coded: whether people coded its action units, if it has any; else
      they follow from the emotion by rule.
    restricted: whether its owner restricts who may see the faces.
    owner: who collected it; empty where that is the user.
    overlaps: by name of another dataset, why people may be in both, although
      the owners differ or say so; one of the two is enough to name the other.
    samples: whether `read` draws the sample of `data.<name>.count` itself, as
      of a set too large to be read whole; else `sampling` draws it.
  """

  name: str
  title: str
  read: Callable[..., FaceTable]
  layout: str
  request: str
  pattern: re.Pattern[str] | None = None
  published: Mapping[str, Mapping[str, int]] = dataclasses.field(
    default_factory=dict
  )
  detector: str = "viola_jones"
  box: tuple[float, float, float, float] | None = None
  placeholders: bool = False
  everything: Mapping[str, Any] = dataclasses.field(default_factory=dict)
  grey: bool = False
  grouped: bool = True
  official: bool = False
  labelled: bool = True
  emotions: bool = True
  human_coded: bool = True
  restricted: bool = True
  owner: str = ""
  overlaps: Mapping[str, str] = dataclasses.field(default_factory=dict)
  samples: bool = False
  short: str = ""
