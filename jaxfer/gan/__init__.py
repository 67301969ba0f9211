"""The DCGAN: networks, losses, state, the step, the loop, checkpoints."""
