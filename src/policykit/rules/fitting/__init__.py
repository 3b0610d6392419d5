"""Fitting: whether what a rule says fits the registers, parameters and facts it is about."""
