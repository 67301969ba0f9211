"""The evidence under the name that it had: `results.evidence` has it."""

from jaxfer.results.evidence import LOSSES as LOSSES
from jaxfer.results.evidence import Evidence as Evidence
from jaxfer.results.evidence import Located as Located
from jaxfer.results.evidence import Pairs as Pairs
from jaxfer.results.evidence import Panels as Panels
from jaxfer.results.evidence import score_blocks as score_blocks
