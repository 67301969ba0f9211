"""The experiments that come with jaxfer: `from jaxfer.configs import base`.

In a checkout they are the files of configs/ beside this package. A wheel holds
that folder under this very name, which Python then takes before this file, so
that no folder configs/ of anybody else is ever read in its place.
"""

from pathlib import Path
from typing import Any

__path__ = [str(Path(__file__).parents[1] / "configs")]

base: Any
conditional: Any
own_faces: Any
paper: Any
radboud: Any
video: Any
