"""The DCGAN of clips: its convolutions go along time too.

After Vondrick, Pirsiavash and Torralba, arXiv:1609.02612, their generator of
one stream: kernels of 4×4×4 and stride 2, so that a clip of 16 frames of 64×64
ends in 512 maps of 1×4×4, 8,192 numbers, as the paper's faces do.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, Self

from jaxfer.learn.gan.dcgan import DCGAN


@dataclasses.dataclass(frozen=True)
class ClipDCGAN(DCGAN):
  """A `DCGAN` whose images are clips (N, frames, H, W, 3).

  Attributes:
    frames: of a clip; a power of two, of 2 for each layer.
  """

  frames: int = 16

  sections: ClassVar[tuple[str, ...]] = ("clip",)
  title: ClassVar = "DCGAN of clips"

  @classmethod
  def of(cls, gan: Any, **common: Any) -> Self:
    """That of the config's `gan` section; see `DCGAN.of`."""
    return super().of(gan, frames=gan.clip.frames, **common)
