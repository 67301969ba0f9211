"""Colour on the surface: skin, eyes and brows, mouth, hair, what is worn."""
