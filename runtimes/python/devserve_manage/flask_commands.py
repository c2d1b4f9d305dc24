"""Flask's command line for the app: `flask --app module:app ARGUMENT...`."""

import sys


def run(app, arguments):
    """Exits with the command's status."""
    from flask.cli import main

    found = app if ":" in app else ":".join(app.rpartition(".")[::2])
    sys.argv = ["flask", "--app", found, *arguments]
    main()
    return 0
