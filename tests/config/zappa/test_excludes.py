from localstack_lite.config.zappa.excludes import excludes
from tests.config.zappa_samples import given_of


def test_names_are_left_out_wherever_they_are():
    found = excludes(given_of(exclude=["boto3", "*.md", "!odd"]))
    assert {"boto3", "*.md", "[!]odd", "*.zip", "docutils*"} <= set(found)


def test_what_excludes_nothing_with_zappa_excludes_nothing_here():
    found = excludes(given_of(exclude=["docs/*", ""], exclude_glob=["/absolute/*"]))
    assert found == excludes(given_of())


def test_globs_begin_at_the_projects_folder():
    assert "/docs/**/*.txt" in excludes(given_of(exclude_glob=["docs/**/*.txt"]))
