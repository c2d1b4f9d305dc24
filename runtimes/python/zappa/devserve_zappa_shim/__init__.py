"""Zappa's handler for projects whose environment has no Zappa: "zappa shim, modelled on 0.63.0".

Written from what Zappa 0.63.0 does, and compared with it event by event; the installed one is always preferred.
Standard library only: no werkzeug, no boto3 unless `remote_env` is in S3. `zappa.asynchronous` and `zappa.websocket`
are not here: code that imports them needs Zappa itself.

* `handler` is the life of the function and the choice of a branch, in Zappa's order; `start` what happens once.
* `requests` reads gateway events; `wsgi` and `asgi` run the app; `answers` makes Lambda's results of what it says.
* `functions` finds and calls what is no HTTP: schedules, records, triggers.
"""

VERSION = "0.63.0"
