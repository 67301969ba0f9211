"""The MTCNN face detector in JAX."""

from jaxfer.data.mtcnn.detector import MTCNN, Detection

__all__ = ["MTCNN", "Detection"]
