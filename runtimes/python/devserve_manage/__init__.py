"""Commands inside an execution environment, with a terminal: what `devserve manage` and `devserve shell` start.

Standard library only, Python 3.9 to 3.14, nothing of devserve itself. `python FOLDER TASK [ARGUMENT...]`, where TASK is
JSON: `do` (`manage` or `shell`), `kind` (`wsgi`, `asgi`, `zappa`, `chalice`, or empty for a plain handler), `app`
(`module:name`), `settings` (Django's module), `handler`, and `code` (what `shell` runs instead of asking).

* `__main__` reads that and makes the search path what it is in the environment.
* `task` is the task as a value, `complaint` what ends a command in one line.
* `project` imports what is the user's and says in one line why that fails.
* `zappa_start` applies what Zappa's handler applies when it starts.
* `django_commands`, `flask_commands` and `python_shell` are what runs.
"""
