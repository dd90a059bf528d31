"""The routes of referrals."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()

__all__ = ["ROUTERS"]
