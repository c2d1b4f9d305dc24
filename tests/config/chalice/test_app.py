import pytest

from localstack_lite.config.chalice.app import read_chalice_app
from localstack_lite.errors import UserError

HEAD = "from chalice import Chalice\napp = Chalice(app_name='shop')\n"
BLUEPRINT = """
from chalice import Blueprint
bp = Blueprint(__name__)
@bp.route('/more', methods=['POST'])
def more(): pass
@bp.route('/')
def root(): pass
@bp.lambda_function()
def job(event, context): pass
"""


def app_of(text, **modules):
    files = {"app": HEAD + text} | {name.replace("_", "."): content for name, content in modules.items()}

    def load(name):
        return (f"{name.replace('.', '/')}.py", files[name]) if name in files else None

    return read_chalice_app(load)


def test_routes_and_functions_are_those_of_the_decorators():
    app = app_of(
        "@app.route('/', authorizer=auth)\ndef index(): pass\n@app.schedule('rate(1 hour)', name='n')\ndef f(e): pass\n"
    )
    assert [(one.path, one.methods, one.view, one.protection.name, one.line) for one in app.routes] == [
        ("/", ("GET",), "index", "auth", 3)
    ]
    assert [(one.name, one.kind, one.handler) for one in app.functions] == [("n", "schedule", "app.f")]


@pytest.mark.parametrize(
    ("imported", "named"),
    [
        ("from lib.bp import bp as other", "other"),
        ("from lib import bp", "bp.bp"),
        ("import lib.bp", "lib.bp.bp"),
    ],
)
def test_blueprints_are_followed_with_their_prefixes(imported, named):
    text = f"{imported}\napp.register_blueprint({named}, name_prefix='p_', url_prefix='/u/')\n"
    app = app_of(text, lib_bp=BLUEPRINT)
    assert [(one.path, one.methods, one.file) for one in app.routes] == [
        ("/u/more", ("POST",), "lib/bp.py"),
        ("/u", ("GET",), "lib/bp.py"),
    ]
    assert [(one.name, one.handler) for one in app.functions] == [("p_job", "lib.bp.job")]
    assert app.problems == []


def test_a_blueprint_that_is_not_found_is_told_at_its_line():
    (problem,) = app_of("from gone import bp\napp.register_blueprint(bp)\n").problems
    assert (problem.where, problem.what) == ("app.py:4", "the blueprint bp is not found")


def test_blueprints_that_register_each_other_end():
    text = "from chalice import Blueprint\nfrom a import a\na.register_blueprint(a)\na = Blueprint(__name__)\n"
    assert app_of("from a import a\napp.register_blueprint(a)\n", a=text).routes == []


def test_a_path_that_only_running_would_tell_is_left_out_and_another_value_is_not():
    app = app_of(
        "import os\n@app.route(os.environ['P'])\ndef a(): pass\n@app.route('/b', cors=os.environ['C'])\ndef b(): pass\n"
    )
    assert [one.path for one in app.routes] == ["/b"]
    assert [(one.where, one.warning) for one in app.problems] == [("app.py:4", False), ("app.py:6", False)]


@pytest.mark.parametrize(
    ("written", "authorizer"),
    [
        ("api_key_required=True", [{"api_key": []}]),
        ("authorizer=IAMAuthorizer()", [{"sigv4": []}]),
        ("authorizer=CognitoUserPoolAuthorizer('pool', provider_arns=['a'])", [{"pool": []}]),
        ("authorizer=make()", [{"an authorizer": []}]),
        ("authorizer=make(), api_key_required=make()", [{"api_key": []}, {"an authorizer": []}]),
        ("cors=True", []),
    ],
)
def test_what_protects_a_route_is_never_lost(written, authorizer):
    (route,) = app_of(f"@app.route('/', {written})\ndef a(): pass\n").routes
    assert route.protection.security == authorizer


def test_an_authorizer_that_another_module_makes_is_followed_there():
    made = "from chalice import CustomAuthorizer\nmine = CustomAuthorizer('Mine', authorizer_uri='arn:u')\n"
    text = "from chalicelib.auth import mine\n@app.route('/', authorizer=mine)\ndef a(): pass\n"
    (route,) = app_of(text, **{"chalicelib.auth": made}).routes
    assert route.protection.name == "Mine"
    assert route.protection.made.given["authorizer_uri"] == "arn:u"


def test_a_function_of_another_module_is_asked_by_its_handler():
    text = "from chalicelib.auth import check\n@app.route('/', authorizer=check)\ndef a(): pass\n"
    (route,) = app_of(text).routes
    assert (route.protection.name, route.protection.handler) == ("check", "chalicelib.auth.check")


@pytest.mark.parametrize(
    ("modules", "where", "what"),
    [
        ({}, "app.py", "there is no app.py"),
        ({"app": "x = 1\n"}, "app.py", "no Chalice app"),
        ({"app": "def f(:\n"}, "app.py:1", "not valid Python"),
    ],
)
def test_what_is_no_app_is_the_users_error(modules, where, what):
    with pytest.raises(UserError, match=what) as caught:
        read_chalice_app(lambda name: ("app.py", modules[name]) if name in modules else None)
    assert caught.value.where == where
