"""A Lambda runtime for Python in a few small files, made to start fast.

* `loop` resolves the handler and runs one invocation after the other; `api` is the HTTP client it talks through.
* `payload` turns bytes into events and results into bytes, `context` is the handler's second argument, `output` is
  where prints and log records go.
* `snapshots` is SnapStart: the module that functions register their calls with, and these calls.
* Read only when needed: `failures` (errors), `logs` (once the function imports logging), `careful` (results that the
  fast encoder cannot do), `workers` (managed instances: several processes), `loaded` (under devserve: which files the
  function has read), `writes` (and where it wrote outside `/tmp`), `strict` (refuses that, where the kernel does not),
  `shadows` (files that hide Python's own), `connections` (under devserve: what is sent to the project's WebSockets).

What it does follows AWS's own Python runtime interface client 4.2, down to the texts.
"""

import importlib
import sys

#: What log records say about the invocation that runs: set by the loop, read by the logging set-up.
request_id = ""
tenant_id = None


class Fault(Exception):
    """What this runtime itself finds wrong. `kind` is AWS's error type (`Runtime.…`), `trace` lines of a stack."""

    def __init__(self, kind: str, text: str, trace: "list[str] | None" = None) -> None:
        super().__init__(kind, text)
        self.kind = kind
        self.text = text
        self.trace = trace or []


def late(name: str):
    """A module of this package that most starts do without. Its byte code is cached as that of the others is."""
    full = f"{__name__}.{name}"
    module = sys.modules.get(full)
    if module is None:
        frugal, sys.dont_write_bytecode = sys.dont_write_bytecode, False
        try:
            module = importlib.import_module(full)
        finally:
            sys.dont_write_bytecode = frugal
    return module
