"""A gateway between seatshift and the twin that alters answers: for what no imitation of the service says.

    with Gateway(twin, alter) as gateway: ...

`alter(exchange)` may change `exchange.status`, `.headers` and `.body` (bytes), or raise `Cut` to close the
connection. `exchange.number` counts Graph's requests from 1; `exchange.requests()` are those of a batch.
"""

import http.client
import http.server
import json
import threading

HOP = ('connection', 'content-length', 'transfer-encoding', 'keep-alive')


class Cut(Exception):
  pass


class Exchange:

  def __init__(self, number, handler, sent):
    self.number, self.method, self.path, self.sent = number, handler.command, handler.path, sent
    self.host = handler.headers['Host']
    self.status, self.headers, self.body = 0, [], b''

  @property
  def is_batch(self):
    return self.path.endswith('/$batch')

  def requests(self):
    return json.loads(self.sent)['requests'] if self.is_batch else []

  @property
  def writes(self):
    return any(part['method'] != 'GET' for part in self.requests())

  def json(self):
    return json.loads(self.body)

  def put(self, value):
    self.body = json.dumps(value).encode()


class Server(http.server.ThreadingHTTPServer):
  daemon_threads = True

  def handle_error(self, request, client_address):
    """A client that hangs up is no error of the server; whoever alters an answer wrongly has an `error`."""


class Gateway:

  def __init__(self, twin, alter):
    self.twin, self.alter = twin, alter
    self.count, self.lock, self.error = 0, threading.Lock(), None
    gateway = self

    class Handler(http.server.BaseHTTPRequestHandler):
      protocol_version = 'HTTP/1.1'
      disable_nagle_algorithm = True

      def log_message(self, *_):
        pass

      def do_GET(self):
        gateway.handle(self)

      do_POST = do_PATCH = do_GET

    self.server = Server(('127.0.0.1', 0), Handler)
    self.thread = threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True)

  @property
  def url(self):
    return f'http://127.0.0.1:{self.server.server_port}'

  def env(self):
    return {'SEATSHIFT_GRAPH_URL': self.url}

  def __enter__(self):
    self.thread.start()
    return self

  def __exit__(self, *_):
    self.server.shutdown()
    self.server.server_close()
    self.thread.join(10)
    if self.error:
      raise self.error

  def handle(self, handler):
    sent = handler.rfile.read(int(handler.headers.get('Content-Length') or 0))
    with self.lock:
      self.count += 1
      exchange = Exchange(self.count, handler, sent)
    headers = {name: value for name, value in handler.headers.items() if name.lower() not in HOP + ('host',)}
    connection = http.client.HTTPConnection('127.0.0.1', self.twin.port, timeout=60)
    try:
      connection.request(handler.command, handler.path, sent or None, headers)
      answer = connection.getresponse()
      exchange.status, exchange.body = answer.status, answer.read()
      exchange.headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP]
      # Pages follow at the address that the client knows.
      exchange.body = exchange.body.replace(self.twin.url.encode(), self.url.encode())
      self.alter(exchange)
    except Cut:
      handler.close_connection = True
      return
    except Exception as error:  # the test's own, and not to be lost in this thread
      self.error = error
      raise
    finally:
      connection.close()
    handler.send_response(exchange.status)
    for name, value in exchange.headers:
      handler.send_header(name, value)
    handler.send_header('Content-Length', str(len(exchange.body)))
    handler.end_headers()
    handler.wfile.write(exchange.body)
