"""Execution environments: the machine, its phases, and who speaks with what runs in one."""
