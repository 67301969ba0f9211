"""The DCGAN: two networks and their training step."""
