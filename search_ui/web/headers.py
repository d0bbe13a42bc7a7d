"""Security headers, written by ourselves on every answer."""

from __future__ import annotations

from flask import Flask, Response, request

from search_ui.web.htmx import VARY

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # KERN's icons are data: images
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
HSTS = "max-age=63072000"
STATIC_CACHE = "public, max-age=31536000, immutable"  # the address carries the content's hash


def add_headers(app: Flask, *, tls: bool) -> None:
    @app.after_request
    def write(response: Response) -> Response:
        response.headers.update(HEADERS)
        if tls:
            response.headers["Strict-Transport-Security"] = HSTS
        if request.endpoint == "static" and response.status_code in {200, 304}:
            response.headers["Cache-Control"] = STATIC_CACHE
            return response
        response.headers["Cache-Control"] = "no-store"
        response.headers.add("Vary", VARY)
        return response
