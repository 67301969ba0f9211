"""jaxfer: facial-expression recognition from unlabelled faces, in JAX."""

__version__ = "0.1.0"
