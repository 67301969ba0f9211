"""Charts and sheets of faces: arrays in, one picture out."""
