"""The Lambda service: execution environments as explicit machines (`environments`), the pools that share them out and
the limits that refuse, the HTTP APIs on both sides (`api` for callers, Runtime API for user code, `extensions` for what
runs beside it), and one I/O shell (`service`) that applies what they decide.
"""
