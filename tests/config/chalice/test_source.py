import pytest

from localstack_lite.config.chalice.source import Made, Named, Unknown, parse_module

HEAD = "from chalice import Chalice, Rate, Cron, CORSConfig\napp = Chalice(app_name='shop')\n"


def decorated(text):
    (one,) = parse_module(HEAD + text).decorated
    return one


def test_a_decorator_says_what_the_function_is():
    one = decorated("@app.route('/x', methods=['GET', 'PUT'], cors=True)\ndef view(): pass\n")
    assert (one.owner, one.kind, one.function, one.line) == ("app", "route", "view", 3)
    assert one.given == {"path": "/x", "methods": ["GET", "PUT"], "cors": True}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Rate(5, unit=Rate.MINUTES)", Made("Rate", {"value": 5, "unit": "MINUTES"})),
        ("Cron(0, 18, '?', '*', 'MON-FRI', '*')", Made("Cron", {"minutes": 0, "hours": 18, "day_of_month": "?",
          "month": "*", "day_of_week": "MON-FRI", "year": "*"})),
        ("'rate(1 hour)'", "rate(1 hour)"),
        ("EVERY", "rate(2 days)"),
        ("os.environ['X']", Unknown("os.environ['X']")),
        ("later", Named("later")),
        ("-1", -1),
    ],
)  # fmt: skip
def test_values_are_literals_names_of_them_and_chalices_own_classes(written, value):
    one = decorated(f"EVERY = 'rate(2 days)'\n@app.schedule({written})\ndef f(event): pass\n")
    assert one.given == {"expression": value}


def test_apps_blueprints_imports_and_settings_of_the_api_are_known():
    module = parse_module("""
from chalice import Chalice, Blueprint
from chalicelib.bp import extra as more
import chalicelib.other
app: Chalice = Chalice('shop')
own = Blueprint(__name__)
app.register_blueprint(more, 'n_', '/u')
app.register_blueprint(chalicelib.other.bp, url_prefix='/o')
app.api.cors = True
app.api.binary_types.append('a/b')
app.api.binary_types.extend(['c/d'])
""")
    assert (module.apps, module.blueprints) == ({"app": "shop"}, {"own"})
    assert module.imports["more"] == "chalicelib.bp.extra"
    assert [(one.blueprint, one.name_prefix, one.url_prefix) for one in module.registered] == [
        ("more", "n_", "/u"),
        ("chalicelib.other.bp", "", "/o"),
    ]
    assert (module.cors, module.binary_types) == (True, ("a/b", "c/d"))


def test_declarations_in_conditions_count_and_other_decorators_do_not():
    module = parse_module(
        f"{HEAD}if True:\n    @app.lambda_function()\n    def f(e, c): pass\n@cache\n@other.thing()\ndef g(): pass\n"
    )
    assert [one.function for one in module.decorated] == ["f"]
