"""Datasets and faces: reading, finding, cropping, folds, batches."""
