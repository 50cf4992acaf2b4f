"""Runs the S3 of moto on the port that is given, and says so once it answers.

One request after the other: moto looks whether an object exists and writes it in two steps, so that with several at once
a PUT with `If-None-Match: *` could replace an object.
"""

import sys

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

application = DomainDispatcherApplication(create_backend_app)
server = make_server(
    "127.0.0.1",
    int(sys.argv[1]),
    application,
    threaded=False,
    request_handler=MotoRequestHandler,
)
print(f"listening {server.server_address[1]}", flush=True)
server.serve_forever()
