"""Alerts of TLS in whatever text names them: each has words of its own, and what we know of ours outweighs them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.uplink.refusal import ALERTS, explain_alert

LOGGED = "failed to receive on socket: [SSL: {}] whatever the library says (_ssl.c:2546)"
NAMES = {
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "says that our certificate has expired; provision",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "says that our certificate is revoked; provision",
    "TLSV1_ALERT_UNKNOWN_CA": "does not know the authority of our certificate; provision",
    "SSLV3_ALERT_BAD_CERTIFICATE": "by its clock it may not be valid yet; compare both clocks",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "wants a certificate and was shown none; set uplink.cert_file",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "agrees to no handshake; mend uplink.cert_file",
    "TLSV1_ALERT_PROTOCOL_VERSION": "wants another TLS; set it to 1.2",
    "TLSV1_ALERT_ACCESS_DENIED": "ends TLS (access denied); its log says why",
}
"As Python's ssl names them."


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_has_its_own_words(name: str) -> None:
    told = explain_alert(LOGGED.format(name)) or ""
    assert NAMES[name] in told
    assert [text for text in NAMES.values() if text in told] == [NAMES[name]]
    assert explain_alert(f"[SSL: {name}] {name} (_ssl.c:992)") == told


def test_no_two_alerts_share_a_text() -> None:
    assert len(set(ALERTS.values())) == len(ALERTS)


@pytest.mark.parametrize(
    ("name", "certificate", "told"),
    [
        (
            "SSLV3_ALERT_BAD_CERTIFICATE",
            "not yet valid",
            "our certificate is not valid yet by this machine's clock",
        ),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "expired", "our certificate has expired; provision"),
        ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "expired", "our certificate has expired; provision"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "none", "was shown none; set uplink.cert_file"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "ok", "by our clock it has not; set the broker's clock"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "expires in 3 days", "says that our certificate has expired"),
        ("SSLV3_ALERT_CERTIFICATE_REVOKED", "expired", "is revoked"),
        ("TLSV1_ALERT_UNKNOWN_CA", "expired", "does not know the authority"),
    ],
)
def test_what_we_know_of_our_certificate_outweighs_a_vague_alert(
    name: str, certificate: str, told: str
) -> None:
    assert told in (explain_alert(LOGGED.format(name), certificate) or "")


@given(st.text())
def test_a_text_without_an_alert_is_not_explained(text: str) -> None:
    assert explain_alert(text.replace("ALERT_", "")) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "failed to receive on socket: [Errno 104] Connection reset by peer",
        "[SSL: WRONG_VERSION_NUMBER] wrong",
    ],
)
def test_other_losses_are_left_to_others(text: str) -> None:
    assert explain_alert(text) is None
