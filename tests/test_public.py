import hrmkit


def test_every_public_name_is_where_it_is_said_to_be() -> None:
    assert set(hrmkit.HOMES) == set(hrmkit.__all__)
    for name in hrmkit.__all__:
        found = getattr(hrmkit, name)
        assert name == "DEFAULT" or found.__name__ == name.removesuffix("_recording")


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(hrmkit, "nothing")
