"""What the chapters share: checked exercises, figures, clips and the learner's own copy."""
