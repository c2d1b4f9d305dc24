"""What a refused schedule says."""

from localstack_lite.model.expression_error import ExpressionError


def test_a_refusal_is_a_value_error_with_a_reason_and_a_hint():
    error = ExpressionError("AWS refuses 1 minutes", "write rate(1 minute)")
    assert isinstance(error, ValueError)
    assert (str(error), error.hint) == ("AWS refuses 1 minutes", "write rate(1 minute)")
