"""Chalice apps: what their source declares, without running it. Pure."""
