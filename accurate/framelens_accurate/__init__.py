"""Weights of the accurate model of framelens: framelens.model.tiers finds them."""
