"""Mapping templates: the Velocity language as API Gateway has it, and the JSONPath in it. Pure."""
