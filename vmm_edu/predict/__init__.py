"""Labelled clips in; a trained model, its scores and its predictions out."""
