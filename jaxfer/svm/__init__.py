"""Support vector machines on frozen features: kernels, machines, search."""
