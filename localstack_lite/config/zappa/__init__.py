"""Zappa projects: its settings, read as Zappa reads them. Pure."""
