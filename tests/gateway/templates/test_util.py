"""`$util` as AWS documents it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.templates.util import escaped
from localstack_lite.gateway.templates.velocity import TemplateFailed
from tests.gateway.templates.shared import run


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ('$util.urlEncode(\'{"some": "value"}\')', "%7B%22some%22%3A+%22value%22%7D"),
        ("$util.urlEncode('a b*c~d')", "a+b*c%7Ed"),
        ("$util.urlDecode('a+b%26%C3%A9')", "a b&é"),
        ("$util.base64Encode('hé')", "aMOp"),
        ("$util.base64Decode('aMOp')", "hé"),
        ("$util.escapeJavaScript('it\"s / é')", 'it\\"s \\/ \\u00E9'),
        ('$util.escapeJavaScript("it\'s")', "it\\'s"),
        ('$util.escapeJavaScript("it\'s").replaceAll("\\\\\'", "\'")', "it's"),
        ('$util.parseJson(\'{"a": [1, {"b": "x"}]}\').a[1].b', "x"),
        ("$util.parseJson('[1,2]').size()", "2"),
        ("$util.urlEncode($none)|$util.toJson('x')|$util.escapeJavaScript($none)", "||"),
        ("$util.escapeJavaScript(5)", "5"),
    ],
)
def test_util_does_what_the_documentation_says(expression: str, printed: str) -> None:
    assert run(expression) == printed


@pytest.mark.parametrize("expression", ["$util.parseJson('{')", "$util.base64Decode('a')", "$util.urlEncode('a', 'b')"])
def test_what_cannot_be_done_ends_the_template(expression: str) -> None:
    with pytest.raises(TemplateFailed):
        run(expression)


@given(st.text())
def test_an_escaped_text_is_that_text_in_json(text: str) -> None:
    made = escaped(text)
    assert made.isascii()
    assert json.loads(f'"{made}"'.replace("\\'", "'")) == text
