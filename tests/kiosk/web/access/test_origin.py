import pytest

from rise_edge.kiosk.web.access.origin import Origin


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://kiosk.example", "https://kiosk.example"),
        ("https://Kiosk.Example/", "https://kiosk.example"),
        ("https://kiosk.example:443", "https://kiosk.example"),
        ("https://kiosk.example:8443", "https://kiosk.example:8443"),
        ("http://10.0.0.7:80", "http://10.0.0.7"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_it_is_written_as_browsers_write_it(text: str, origin: str) -> None:
    assert str(Origin.parse(text)) == origin
    assert Origin.parse(text).url("/operator") == f"{origin}/operator"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kiosk.example",
        "https://",
        "https://:443",
        "ftp://kiosk.example",
        "https://kiosk.example/door",
        "https://kiosk.example?door",
        "https://kiosk.example#door",
        "https://me@kiosk.example",
        "https://kiosk.example:70000",
        "https://kiosk.example:door",
        "https://[::1",
        "https://küche.example",
        "https://two words.example",
        "https://*.example",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected an origin like https://HOST"):
        Origin.parse(text)
