"""What ends a command before it has begun: one line and a hint, and a status that says that this has been said."""

import sys

#: The status of a command that could not begin (EX_CONFIG of sysexits.h): devserve adds nothing to the line.
STATUS = 78


class Complaint(Exception):
    def __init__(self, where, what, hint=""):
        super().__init__(where, what, hint)
        self.where = where
        self.what = what
        self.hint = hint

    def tell(self):
        lines = ["devserve: {}: {}".format(_line(self.where), _line(self.what))]
        if self.hint:
            lines.append("  hint: {}".format(_line(self.hint)))
        print("\n".join(lines), file=sys.stderr, flush=True)


def _line(text):
    return " ".join(str(text).split())
