"""Frames, samples or words in; arrays that describe them out."""
