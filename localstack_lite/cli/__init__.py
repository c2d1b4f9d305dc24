"""The command line: one small module per command, imported when that command runs.

* `program` finds the command in the arguments (`serve` when none is named) and is what `__main__` runs.
* `options` are the options that several commands share, `overrides` the two ways to write template parameters.
* `later` lists what belongs to later versions, so that nobody is told "no such option".
* `complaint` turns every error into one line, a hint and an exit code; no traceback of ours reaches the terminal.
* `serve`, `invoke`, `routes`, `validate`, `events` are the commands. What they decide is in pure modules beside them:
  `choice` (which function an event is for), `answer` (what an outcome prints), `route_table`, `findings`.

Import time is a feature here: nothing heavy at the top of a module that `devserve --help` or `invoke` loads.
"""
