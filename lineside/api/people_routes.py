"""Signing in and out, and the accounts of a plant."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from lineside.api.access import Admin, Viewer
from lineside.api.line_routes import Ports
from lineside.api.people_models import AccountView, ChangeAccount, NewAccount, SessionView, SignIn, SignInView

router = APIRouter(prefix="/api")
TODO = HTTPException(501, "not yet")


@router.get("/sign-in")
def how_to_sign_in(services: Ports) -> SignInView:
    """How people sign in here; open to everybody."""
    raise TODO


@router.post("/session")
def sign_in(given: SignIn, services: Ports, request: Request, response: Response) -> SessionView:
    """Sign in with a name and a password; the answer sets the session's cookie."""
    raise TODO


@router.get("/session")
def session(person: Viewer) -> SessionView:
    """Who is signed in."""
    raise TODO


@router.delete("/session", status_code=204)
def sign_out(person: Viewer, services: Ports, request: Request, response: Response) -> None:
    raise TODO


@router.get("/accounts")
def accounts(person: Admin, services: Ports) -> list[AccountView]:
    raise TODO


@router.post("/accounts", status_code=201)
def add_account(account: NewAccount, person: Admin, services: Ports) -> AccountView:
    raise TODO


@router.patch("/accounts/{name}")
def change_account(name: str, change: ChangeAccount, person: Admin, services: Ports) -> AccountView:
    raise TODO


@router.delete("/accounts/{name}", status_code=204)
def remove_account(name: str, person: Admin, services: Ports) -> None:
    raise TODO
