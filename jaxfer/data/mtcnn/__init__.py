"""The MTCNN face detector in JAX."""
