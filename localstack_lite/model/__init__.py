"""What things are: frozen values that every other part reads. Pure: no I/O, no clock, no randomness."""
