"""Templates with syntax errors are found before the first request."""

from __future__ import annotations

from localstack_lite.gateway.templates.problems import template_problems
from localstack_lite.model.integration import IntegrationResponse
from tests.gateway.tale import project, rest
from tests.gateway.templates.shared import integration


def test_each_template_that_cannot_be_read_is_one_warning() -> None:
    declared = integration(
        "MOCK",
        [IntegrationResponse("201", templates={"text/html": "#if($a = 1)b#end", "application/json": "fine"})],
        templates={"application/json": '{"statusCode": 200}', "a/b": "#foreach($x)"},
    )
    found = template_problems(project(rest({"GET /x": declared, "GET /y": "Fn"}, where="template.yaml:4")))
    assert [(each.where, each.warning, each.hint) for each in found] == [
        ("template.yaml:4", True, "AWS answers 500")
    ] * 2
    assert found[0].what.startswith("GET /x: request template a/b: line 1")
    assert found[1].what.startswith("GET /x: response template text/html for 201: line 1")


def test_a_project_without_such_has_no_problems() -> None:
    declared = integration("MOCK", templates={"application/json": "$input.json('$')"})
    assert template_problems(project(rest({"GET /x": declared}))) == ()
