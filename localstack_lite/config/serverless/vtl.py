"""The mapping templates that a `http` event with `integration: lambda` has unless it brings its own. Pure.

What they make of a request was recorded with osls 3.77: the function gets `body`, `method`, `principalId`, `stage`,
`cognitoPoolClaims`, `enhancedAuthContext`, `headers`, `query`, `path`, `identity`, `stageVariables`, `requestPath`,
where every value of a map is text. The templates are our own.
"""

from __future__ import annotations

from collections.abc import Sequence

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
#: A single quote that was escaped for JavaScript is none for JSON.
_UNQUOTED = r""".replaceAll("\\'", "'")"""
_MAPS = (
    ("enhancedAuthContext", "$context.authorizer"),
    ("headers", "$input.params().header"),
    ("query", "$input.params().querystring"),
    ("path", "$input.params().path"),
    ("identity", "$context.identity"),
    ("stageVariables", "$stageVariables"),
)


def request_templates(claims: Sequence[str] = ()) -> dict[str, str]:
    """By content type. `claims` are those of a user pool that the function wants beside `sub`."""
    return {JSON: _whole('$input.json("$")', claims), FORM: _whole(_form(), claims)}


def _whole(body: str, claims: Sequence[str]) -> str:
    wanted = [f'"{claim.rpartition(":")[2]}": "{_claim(claim)}"' for claim in (*claims, "sub")]
    parts = [
        f'"body": {body}',
        '"method": "$context.httpMethod"',
        '"principalId": "$context.authorizer.principalId"',
        '"stage": "$context.stage"',
        f'"cognitoPoolClaims": {{{", ".join(dict.fromkeys(wanted))}}}',
        *(f'"{name}": {_texts(source)}' for name, source in _MAPS),
        '"requestPath": "$context.resourcePath"',
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _claim(name: str) -> str:
    place = f".{name}" if name.isidentifier() else f"['{name}']"
    return f"$context.authorizer.claims{place}"


def _texts(source: str) -> str:
    """A map of texts as JSON."""
    return (
        f"{{#set($from = {source})#foreach($name in $from.keySet())"
        "#set($key = $util.escapeJavaScript($name))"
        f"#set($text = $util.escapeJavaScript($from.get($name)){_UNQUOTED})"
        '"$key": "$text"#if($foreach.hasNext), #end#end}'
    )


def _form() -> str:
    """The fields of a form as JSON; one without a value is empty text."""
    return (
        "{#foreach($field in $input.path('$').split('&'))#set($pair = $field.split('='))#set($text = '')"
        "#if($pair.size() > 1)#set($text = $util.escapeJavaScript($util.urlDecode($pair[1]))" + _UNQUOTED + ")#end"
        "#set($key = $util.escapeJavaScript($util.urlDecode($pair[0])))"
        '"$key": "$text"#if($foreach.hasNext), #end#end}'
    )
