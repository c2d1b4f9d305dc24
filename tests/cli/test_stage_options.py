"""Who is asked, and what a script has to say instead."""

from __future__ import annotations

import pytest

from localstack_lite.cli.stage_options import Said
from localstack_lite.errors import UserError


def test_yes_answers_every_question() -> None:
    assert Said(as_json=False, quiet=True, yes=True).confirm("Is dev a development stage?") is True


def test_where_nobody_can_be_asked_a_script_is_told_what_to_say() -> None:
    said = Said(as_json=False, quiet=True)
    with pytest.raises(UserError) as caught:
        said.confirm("Replace them?", ("Table is replaced", "Queue goes", "Topic goes", "Bus goes"))
    assert caught.value.where == "--yes"
    assert "Replace them? (Table is replaced; Queue goes; Topic goes …)" in caught.value.what
    assert "--yes" in caught.value.hint
