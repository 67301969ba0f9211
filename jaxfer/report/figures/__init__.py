"""Charts and sheets of faces: arrays in, one picture out."""

from jaxfer.report.figures.networks import Layer as Layer
