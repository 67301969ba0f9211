"""A run's recogniser at work on new pictures: emotions and action units."""
