"""A Serverless Framework project as its user starts it: nothing written first, everything over HTTP."""

from __future__ import annotations

from tests.live.deadline import eventually
from tests.live.devserver import devserve, run, write
from tests.live.languages import require_node

SERVICE = """
service: shop
provider:
  name: aws
  runtime: python3.11
  environment: ${file(env.yml):${sls:stage}}
custom:
  wsgi: {app: site/web.app}
plugins: [serverless-wsgi]
functions:
  hello:
    handler: src/app.handler
    layers: [{Ref: HelpersLambdaLayer}]
    events:
      - http: {path: 'hello/{name}', method: get, cors: true}
      - httpApi: GET /old
      - schedule: rate(1 day)
  node:
    handler: src/n.handler
    runtime: nodejs20.x
    url: {cors: true}
    events:
      - httpApi: '*'
  web:
    handler: wsgi_handler.handler
    events:
      - http: any /site/{proxy+}
  gone:
    handler: src/nope.handler
layers:
  helpers: {path: layer}
"""
FILES = {
    "serverless.yml": SERVICE,
    "env.yml": "dev: {WHO: dev}\nprod: {WHO: prod, SECRET: '${ssm:/shop/secret}'}\n",
    "layer/python/helping.py": "WORD = 'helped'\n",
    "src/app.py": """
import os
import helping

def handler(event, context):
    path = event.get("path") or event["rawPath"]
    words = [os.environ["WHO"], helping.WORD, context.function_name, path, event["requestContext"]["stage"]]
    return {"statusCode": 200, "body": " ".join(words)}
""",
    "src/n.js": "exports.handler = async (event) => ({statusCode: 200, body: `node ${event.rawPath}`})\n",
    "site/web.py": """
def app(environ, start):
    start("200 OK", [("content-type", "text/plain")])
    return [f"wsgi {environ['SCRIPT_NAME']}{environ['PATH_INFO']}".encode()]
""",
}


def test_python_node_and_wsgi_functions_answer_at_every_door_and_a_saved_include_counts(tmp_path):
    require_node()
    with devserve(tmp_path, FILES) as server:
        assert server.get("/hello/ada").text == "dev helped shop-dev-hello /hello/ada dev"
        preflight = server.request("OPTIONS", "/hello/ada")
        assert preflight.header("Access-Control-Allow-Methods") == "OPTIONS,GET"
        assert server.get("/site/a/b").text.endswith("/site/a/b")
        http_api = "httpapi.localhost"
        assert server.get("/old", host=http_api).text == "dev helped shop-dev-hello /old $default"
        assert server.get("/x/y", host=http_api).text == "node /x/y"
        assert server.get("/u", host="shop-dev-node.lambda-url.localhost").text == "node /u"
        server.save("env.yml", "dev: {WHO: changed}\n")
        eventually(lambda: server.get("/hello/ada").text.startswith("changed "))


def test_what_is_wrong_is_one_line_with_a_hint_each_and_the_rest_is_there(tmp_path):
    write(tmp_path, {**FILES, "serverless.yml": SERVICE + "circle: {a: '${self:circle.a}'}\nfunction: 1\n"})
    done = run(tmp_path, "validate")
    said = done.stdout + done.stderr
    assert "serverless.yml:29: GoneLambdaFunction: Handler: the handler src/nope.handler has no file" in said
    assert "there is no section function" in said
    assert "did you mean functions?" in said
    assert "Traceback" not in said


def test_a_circle_a_missing_file_an_unknown_source_and_bad_yaml_are_told_and_the_function_answers(tmp_path):
    text = """
service: bad
provider:
  name: aws
  runtime: python3.11
  environment:
    CIRCLE: ${self:custom.a}
    FILE: ${file(missing.yml):x}
    SOURCE: ${foo:bar}
    YAML: ${file(broken.yml):x}
    GOOD: fine
custom: {a: "${self:custom.b}", b: "${self:custom.a}"}
functions:
  f: {handler: app.handler, events: [{http: GET /}]}
"""
    code = """
import os
NAMES = ("CIRCLE", "FILE", "SOURCE", "YAML", "GOOD")
def handler(event, context):
    return {"statusCode": 200, "body": ",".join(name for name in NAMES if name in os.environ)}
"""
    files = {"serverless.yml": text, "broken.yml": "a: 1\n  b: 2\n", "app.py": code}
    with devserve(tmp_path, files) as server:
        assert server.get("/").text == "GOOD"
        told = {fact["problem"]["where"]: fact["problem"] for fact in server.facts("problem")}
        assert {"serverless.yml:8", "serverless.yml:9", "broken.yml:2", "serverless.yml:12"} <= told.keys()
        assert all(problem["hint"] for problem in told.values())
