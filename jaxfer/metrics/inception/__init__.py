"""The InceptionV3 of the Fréchet inception distance, in JAX.

Not torchvision's: pools, last block, classes and weights differ. The weights
are read from a file that the user names; without it there is no FID.
"""

from jaxfer.metrics.inception.dialects import DIALECTS
from jaxfer.metrics.inception.features import extract
from jaxfer.metrics.inception.network import Outputs, Parameters, parameters
from jaxfer.metrics.inception.weights import FILE, SHA256, load

__all__ = [
  "DIALECTS",
  "FILE",
  "SHA256",
  "Outputs",
  "Parameters",
  "extract",
  "load",
  "parameters",
]
