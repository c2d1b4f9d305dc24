"""devserve: the Lambda-plus-gateway stack on the developer's own machine.

Values in the middle (`model`), rules around them (`gateway`, `lambdas`, `watch`, `config`), I/O at the rim
(`wire`, `sandbox`, `cli`), and one file that connects them (`app.py`).

* A project is read into one frozen `model.Project` (`config`).
* An HTTP request is a generator that yields `Call`s and returns a `Response` (`gateway.exchange`).
* Lambda is a set of explicit machines: an event goes in, actions come out (`lambdas.environment`).
* What happened is a typed fact (`model.facts`); terminal, console and logs are views of the same facts (`observe`).

Sibling packages never import each other; they meet through the protocols in `ports.py`.
"""

__version__ = "0.1.0"
