"""The edge's nginx configuration: what answers before, around and instead of LiteLLM, so that an add-in can read it.

The traps it avoids, each measured against a browser's rules: a mapped Access-Control-Allow-Origin is absent where
nginx refuses while parsing; a named error location turns such refusals into 500; an `add_header` in a location
loses all those outside; an `if` on the server's level runs again on error pages; kept-alive connections to LiteLLM
hand one request's reset to the next.
"""

import json
import re
from dataclasses import dataclass

from claude_byoc.contract.entra import ADDIN_ORIGIN
from claude_byoc.contract.gateway import (
    BEDROCK_PREFIX,
    BOOTSTRAP_ROUTES,
    ERROR_TYPES,
    EXPOSED_HEADERS,
    HEALTH_PATH,
    READY_PATH,
    REQUEST_HEADERS,
    TELEMETRY_ROUTES,
    VERTEX_PREFIX,
)
from claude_byoc.gateway.spec import GatewaySpec, VertexUpstream

_MESSAGES = {
    400: "The request is not valid HTTP, or its address is malformed.",
    404: "This gateway has no such address. gateway_url is the base, without /v1/messages.",
    405: "This address does not take that method.",
    408: "The request took too long to arrive.",
    413: "The request is larger than this gateway takes ({mib} MiB).",
    414: "The address of the request is too long.",
    431: "The headers of the request are too large: a token or cookie has outgrown them.",
    497: "This port speaks https.",
    500: "The gateway failed on this request.",
    501: "This gateway does not take that method or transfer encoding.",
    502: "The gateway is starting, or does not answer. Try again in a few seconds.",
    503: "The gateway is busy. Try again in a few seconds.",
    504: "The model's answer took longer than the gateway waits ({seconds} s).",
    505: "This gateway speaks HTTP/1.1.",
}
_ANSWERED_AS = {494: 431, 497: 400}
"""nginx's own codes -> the HTTP status that it sends for them."""
_STEERING = ("Redirect", "Buffering", "Expires", "Limit-Rate", "Charset")
"""Headers by which an answer could tell nginx what to do with it."""


@dataclass(frozen=True)
class Edge:
    """Where nginx listens, where LiteLLM is, and where nginx may write.

    `listen` is an address of nginx's `listen`, `backend` the HOST:PORT of the application. With
    `certificate` and `key` (PEM files) it speaks TLS itself, which a cloud's load balancer does elsewhere.
    """

    listen: str = "8080"
    backend: str = "127.0.0.1:4000"
    state: str = "/tmp"  # noqa: S108 -- the image's own place: the rest of its file system may be read-only
    access_log: str = "/dev/stdout"
    certificate: str = ""
    key: str = ""
    drain_seconds: int = 110


def render_edge(spec: GatewaySpec, edge: Edge | None = None) -> str:
    """Return `nginx.conf` for nginx 1.22 and later, without modules beyond Debian's smallest package."""
    edge = edge or Edge()
    parts = [_http(spec, edge), _maps(spec), _server(spec, edge), _routes(spec, edge), _errors(spec)]
    body = "\n".join(line for part in parts for line in part)
    return _TOP.format(state=edge.state, drain=edge.drain_seconds) + body + "\n    }\n}\n"


_TOP = """\
# Rendered from the gateway's settings: change those, not this file.
worker_processes 2;
worker_shutdown_timeout {drain}s;
pid {state}/nginx.pid;
error_log stderr warn;

events {{
    worker_connections 4096;
}}

"""


def _http(spec: GatewaySpec, edge: Edge) -> list[str]:
    fields = {
        "time": "$time_iso8601", "method": "$request_method", "path": "$path", "status": "$status",
        "bytes": "$body_bytes_sent", "seconds": "$request_time", "first_byte": "$upstream_header_time",
        "request_id": "$answer_request_id", "client": "$http_user_agent",
    }  # fmt: skip
    # No query, no header that could hold a credential.
    line = json.dumps({"event": "access", **fields})
    seconds = spec.timeout_seconds
    return [
        "http {",
        f"    log_format access escape=json '{line}';",
        f"    access_log {edge.access_log} access;",
        "    server_tokens off;",
        "    default_type application/json;",
        *(f"    {name}_temp_path {edge.state}/{name};" for name in ("client_body", "proxy")),
        *(f"    {name}_temp_path {edge.state}/{name};" for name in ("fastcgi", "scgi", "uwsgi")),
        "    variables_hash_max_size 2048;",
        "    map_hash_bucket_size 256;",
        "    client_header_buffer_size 8k;",
        "    large_client_header_buffers 8 64k;",  # tokens with many claims
        f"    client_max_body_size {spec.max_body_mib}m;",
        "    client_body_buffer_size 128k;",
        "    client_header_timeout 60s;",
        f"    send_timeout {seconds}s;",
        # Longer than the idle timeout of the load balancers in front, or they reuse a connection that is closing.
        f"    keepalive_timeout {max(600, seconds) + 20}s;",
        # A refusal sent while the request still arrives is lost where closing resets the connection.
        "    lingering_close always;",
        "    tcp_nodelay on;",
        "    gzip off;",
        "    absolute_redirect off;",
        "",
    ]


def _maps(spec: GatewaySpec) -> list[str]:
    asked = "$http_access_control_request_headers"
    lines = [
        # Empty values send no header, so that these speak on preflights alone.
        f'    map {asked} $asked_headers {{ "" "{", ".join(REQUEST_HEADERS)}"; default {asked}; }}',
        '    map $request_method $allow_headers { OPTIONS $asked_headers; default ""; }',
        '    map $request_method $allow_methods { OPTIONS "GET, HEAD, POST, OPTIONS"; default ""; }',
        '    map $request_method $max_age { OPTIONS "7200"; default ""; }',
        '    map "$request_method:$http_access_control_request_private_network" $allow_private {',
        '        "OPTIONS:true" "true"; default "";',
        "    }",
        '    map $upstream_http_request_id $answer_request_id { "" $request_id; default $upstream_http_request_id; }',
        '    map "$status:$upstream_http_retry_after" $retry_after { "~^50[234]:$" "5"; default ""; }',
        # Without the query, and as it was sent: an error page has an address of its own.
        '    map $request_uri $path { "~^([^?]*)" $1; default ""; }',
        # nginx matches addresses after decoding and passes them on before it: what could read differently is refused.
        '    map $request_uri $plain_uri { "~*(\\.\\.|%2e|%25|%5c|%00|//)" 0; default 1; }',
    ]
    if spec.upstream("bedrock"):
        name = r"(?:[A-Za-z0-9._:/-]|%3A|%2F|%20)+"
        lines.append(
            f'    map "$plain_uri$request_uri" $bedrock_uri {{ "~*^1{BEDROCK_PREFIX}/model/{name}'
            r'/invoke(-with-response-stream)?(\?|$)" 1; default 0; }'
        )
    vertex = spec.upstream("vertex")
    if isinstance(vertex, VertexUpstream):
        place = f"projects/{re.escape(vertex.project)}/locations/{re.escape(vertex.region)}"
        lines.append(
            f'    map "$plain_uri$request_uri" $vertex_uri {{ "~*^1{re.escape(VERTEX_PREFIX)}/{place}'
            r'/publishers/anthropic/models/[a-z0-9.@_-]+(:|%3A)(rawPredict|streamRawPredict)(\?|$)" 1; default 0; }'
        )
    return [*lines, ""]


def _server(spec: GatewaySpec, edge: Edge) -> list[str]:
    tls = (
        [f"        ssl_certificate {edge.certificate};", f"        ssl_certificate_key {edge.key};"]
        if edge.certificate
        else []
    )
    # Cross-origin headers come from here alone: two values are as unreadable as none.
    hidden = (
        "Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers", "Access-Control-Max-Age",
        "Access-Control-Allow-Private-Network", "Vary", "Server", "request-id", "X-Frame-Options",
        "Content-Security-Policy", "Set-Cookie",
    )  # fmt: skip
    sent = {
        "Host": "$proxy_host", "Connection": "close", "Origin": '""', "Cookie": '""', "Accept-Encoding": '""',
        "Upgrade": '""', "TE": '""', "X-Request-Id": "$request_id",
    }  # fmt: skip
    return [
        "    server {",
        f"        listen {edge.listen}{' ssl' if tls else ''} default_server;",
        "        server_name _;",
        *tls,
        "",
        # The origin is a literal: a variable is empty on requests that are refused while they are parsed.
        f'        add_header Access-Control-Allow-Origin "{ADDIN_ORIGIN}" always;',
        f'        add_header Access-Control-Expose-Headers "{", ".join(EXPOSED_HEADERS)}" always;',
        "        add_header Access-Control-Allow-Headers $allow_headers always;",
        "        add_header Access-Control-Allow-Methods $allow_methods always;",
        "        add_header Access-Control-Allow-Private-Network $allow_private always;",
        "        add_header Access-Control-Max-Age $max_age always;",
        "        add_header request-id $answer_request_id always;",
        "        add_header retry-after $retry_after always;",
        '        add_header X-Content-Type-Options "nosniff" always;',
        '        add_header Cache-Control "no-store" always;',
        "",
        *(f"        proxy_hide_header {name};" for name in hidden),
        "        proxy_hide_header X-Content-Type-Options;",
        "        proxy_hide_header Cache-Control;",
        f"        proxy_ignore_headers {' '.join(f'X-Accel-{name}' for name in _STEERING)};",
        *(f"        proxy_set_header {name} {value};" for name, value in sent.items()),
        "        proxy_http_version 1.1;",
        "        proxy_buffering off;",
        # Prompts are not written to disk.
        "        proxy_request_buffering off;",
        "        proxy_next_upstream off;",
        "        proxy_connect_timeout 5s;",
        f"        proxy_read_timeout {spec.timeout_seconds}s;",
        f"        proxy_send_timeout {spec.timeout_seconds}s;",
        "",
    ]


def _routes(spec: GatewaySpec, edge: Edge) -> list[str]:
    backend = f"http://{edge.backend}"
    # Where the upstream speaks Anthropic's format, LiteLLM's pass-through keeps the request as it is.
    prefix = "/anthropic" if spec.passes_through() else ""
    lines = [
        *_answered("/api/hello", '{"status":"ok"}'),
        *_answered(HEALTH_PATH, '{"status":"ok"}'),
        *_proxied(f"= {READY_PATH}", "GET|HEAD", f"{backend}/ready"),
        *_proxied("= /v1/models", "GET|HEAD", f"{backend}/v1/models"),
        *_proxied("= /v1/messages", "POST", f"{backend}{prefix}/v1/messages"),
        *_proxied("= /v1/messages/count_tokens", "POST", f"{backend}{prefix}/v1/messages/count_tokens"),
    ]
    if spec.bootstrap:
        paths = [BOOTSTRAP_ROUTES[host].path for host in spec.bootstrap.hosts()]
        lines += [line for path in paths for line in _proxied(f"= {path}", "GET", f"{backend}{path}")]
    if spec.telemetry:
        paths = [route.path for route in TELEMETRY_ROUTES]
        lines += [line for path in paths for line in _proxied(f"= {path}", "POST", f"{backend}{path}")]
    if spec.upstream("bedrock"):
        lines += _proxied(f"^~ {BEDROCK_PREFIX}/", "POST", backend, "$bedrock_uri")
    if spec.upstream("vertex"):
        lines += _proxied(f"^~ {VERTEX_PREFIX}/", "POST", backend, "$vertex_uri")
    return [*lines, *_location("/", [*_PREFLIGHT, "return 404;"])]


_PREFLIGHT = ["if ($request_method = OPTIONS) { return 204; }"]


def _location(address: str, lines: list[str]) -> list[str]:
    return [f"        location {address} {{", *(f"            {line}" for line in lines), "        }"]


def _answered(path: str, body: str) -> list[str]:
    return _location(f"= {path}", [*_PREFLIGHT, *_only("GET|HEAD"), f"return 200 '{body}';"])


def _proxied(address: str, methods: str, target: str, condition: str = "") -> list[str]:
    guard = [f"if ({condition} = 0) {{ return 404; }}"] if condition else []
    return _location(address, [*_PREFLIGHT, *guard, *_only(methods), f"proxy_pass {target};"])


def _only(methods: str) -> list[str]:
    return [f"if ($request_method !~ ^({methods})$) {{ return 405; }}"]


def _errors(spec: GatewaySpec) -> list[str]:
    lines: list[str] = []
    for status, text in _MESSAGES.items():
        answered = _ANSWERED_AS.get(status, status)
        kind = ERROR_TYPES.get(answered, "invalid_request_error" if answered < 500 else "api_error")  # noqa: PLR2004 -- HTTP's classes
        message = text.format(mib=spec.max_body_mib, seconds=spec.timeout_seconds)
        body = json.dumps({"type": "error", "error": {"type": kind, "message": message}})
        page = f"/.error/{status}"
        codes = "431 494" if status == 431 else str(status)  # noqa: PLR2004 -- nginx has a code of its own for it
        lines.append(f"        error_page {codes} ={answered} {page};")
        escaped = body.replace("'", "\\'")
        lines += _location(f"= {page}", ["internal;", f"return {answered} '{escaped}';"])
    return ["", *lines]
