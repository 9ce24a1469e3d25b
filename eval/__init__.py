"""Measures of a model on annotated passages, with intervals."""
