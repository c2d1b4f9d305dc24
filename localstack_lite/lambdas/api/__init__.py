"""The Lambda API: one module for each group of its operations."""
