"""A server that says whose it is: `python server.py web PORT`.

`web` and `api` speak HTTP, `echo` answers TCP and UDP. All stay on loopback and end with
SIGTERM.
"""

import json
import os
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WhoAmI(BaseHTTPRequestHandler):
    """Answers every GET with the name of the service and the checkout it runs in."""

    service = ""

    def do_GET(self):
        body = json.dumps({"service": self.service, "checkout": os.getcwd()}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Echo(socketserver.BaseRequestHandler):
    """Answers with the checkout it runs in, whatever is said."""

    def handle(self):
        answer = os.getcwd().encode()
        if isinstance(self.request, tuple):
            self.request[1].sendto(answer, self.client_address)
        else:
            self.request.sendall(answer)


class TCP(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main(service: str, port: int) -> None:
    if service == "echo":
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", port), Echo)
        threading.Thread(target=udp.serve_forever, daemon=True).start()
        TCP(("127.0.0.1", port), Echo).serve_forever()
    else:
        WhoAmI.service = service
        ThreadingHTTPServer(("127.0.0.1", port), WhoAmI).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
