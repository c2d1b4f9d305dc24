"""Where user code runs. A sandbox starts a process that speaks the Lambda Runtime API to devserve, and nothing else.

* `spec` says how a function of some runtime is run: command, environment variables, folder. `interpreter` finds the
  Python that the project itself uses.
* `log_stream` turns what a process writes into log events.
* `process` runs functions as processes of this machine; `census` knows which processes belong to an environment;
  `guardian` is the small script that outlives a killed devserve and clears up after it.
* `scripted` is a sandbox without any process: it follows a script, for tests of everything else.

All of them implement `ports.Sandbox`.
"""
