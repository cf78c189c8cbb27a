"""The declared exercises, one module each, by chapter. `vmm-edu exercises new NAME` begins another."""
