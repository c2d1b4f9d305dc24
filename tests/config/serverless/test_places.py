from localstack_lite.config.serverless.places import placed_problems, placer
from localstack_lite.model.project import Problem


def test_a_figure_says_file_and_line():
    place = placer(("serverless.yml", "a.yml", "b/c.yml"))
    assert place("serverless.yml:12") == "serverless.yml:12"
    assert place("serverless.yml:2000014") == "b/c.yml:14"
    assert place("serverless.yml") == "serverless.yml"
    assert place("serverless.yml:9000001") == "serverless.yml:9000001"


def test_problems_are_told_in_the_file_that_they_come_from():
    (problem,) = placed_problems([Problem("serverless.yml:1000003", "what")], ("serverless.yml", "a.yml"))
    assert problem.where == "a.yml:3"
