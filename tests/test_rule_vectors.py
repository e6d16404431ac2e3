"""The vectors that the page's rules are held to are what Python's rules say today."""

from rule_vectors import TARGET, as_json


def test_the_pages_vectors_are_fresh() -> None:
    assert TARGET.read_text() == as_json(), "write them again: python tests/rule_vectors.py"
