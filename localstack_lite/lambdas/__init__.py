"""The Lambda service: execution environments as explicit machines, the pool that shares them out, the HTTP APIs on
both sides (Invoke for callers, Runtime API for user code), and one I/O shell (`service`) that applies what they decide.
"""
