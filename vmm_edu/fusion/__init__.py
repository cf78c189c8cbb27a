"""One vector from each sense in; one decision from all of them out."""
