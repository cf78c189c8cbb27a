"""A video file in; frames, times and samples on one clock out."""
