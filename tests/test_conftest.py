"""The habits around the tests are themselves tested: an open socket must fail."""

import socket

import pytest
from pytest_socket import SocketBlockedError, SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_a_unit_test_cannot_open_a_socket():
    with pytest.raises(SocketBlockedError):
        socket.socket()


@pytest.mark.loopback
@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_a_loopback_test_reaches_this_machine_and_nothing_else():
    with socket.socket() as here, socket.socket() as caller:
        here.bind(("127.0.0.1", 0))
        here.listen()
        caller.connect(here.getsockname())

    with socket.socket() as abroad, pytest.raises(SocketConnectBlockedError):
        abroad.connect(("192.0.2.1", 80))
