"""What is said of every refusal of the sign-in service that is known by number, and of those that are not.

Each row is a client of one twin, which is always refused in that row's way. What is asked of every one: the
exit status, one sentence with the next step as the hint, the service's own error and first line, the ids that
support asks for, and no repetition of what will not pass.
"""

import concurrent.futures
import re
import uuid

import contoso
import harness

INVALID_TENANT, INVALID_CLIENT = 'invalid_tenant', 'invalid_client'

# Number: what its hint has to say, by the groups of Microsoft's list.
WRONG_TENANT = {90002: 'check tenant.id', 50020: "one of the customer's own"}
REFUSED = {
  # The tenant and the cloud.
  50059: 'check tenant.id', 50128: 'check tenant.id', 90019: 'check tenant.id', 90038: "set 'cloud'",
  900382: "check 'cloud'", 900432: "check 'cloud'", 9001023: 'check tenant.id', 50194: 'multi-tenant',
  # The application.
  700016: 'adminconsent', 700011: 'AZURE_CLIENT_ID', 70001: 'AZURE_CLIENT_ID', 7000112: 'enable',
  500011: "check 'cloud'", 50001: "check 'cloud'",
  # Secrets.
  7000215: "secret's id", 7000222: 'create a new one', 7000218: 'set auth.method', 700025: 'device-code',
  70002: 'check the secret',
  # Certificates and assertions.
  700027: 'upload its public part', 700024: 'clock is right', 700030: 'clock is right', 50012: 'check the certificate',
  50013: 'check the certificate', 500133: "machine's clock", 50027: 'check that the file', 50048: 'AZURE_CLIENT_ID',
  700023: "check 'cloud'",
  # Federation.
  70021: 'some minutes', 700211: 'add one', 700212: 'api://AzureADTokenExchange', 700213: 'some minutes',
  7002138: 'upper and lower case', 700229: 'present the one of',
  # Consent: the link is always there.
  65001: 'adminconsent', 90094: 'adminconsent', 90095: 'adminconsent', 650052: 'adminconsent', 650056: 'adminconsent',
  650057: 'adminconsent', 90099: 'adminconsent',
  # The scope.
  70011: "check 'cloud'", 28002: "check 'cloud'", 700022: "check 'cloud'",
  # A person is needed.
  50076: 'device-code', 50079: 'in a browser', 50072: 'in a browser', 50074: 'device-code', 50078: 'sign in again',
  700020: 'device-code', 16000: 'device-code',
  # Conditional access.
  53000: 'sign in from one', 53001: 'sign in from one', 53003: 'administrator has to allow',
  53011: 'administrator there', 530032: 'administrator has to allow', 530034: 'allow the partner',
  # The account.
  50034: "one of the customer's own", 50057: 'enable it', 50053: 'wait', 50126: 'sign in again',
  50055: 'change it in a browser', 50105: 'assign it', 51004: "one of the customer's own",
  # Device codes and refresh tokens.
  70018: 'start again', 70019: 'start again', 90120: 'start again', 50134: 'start again', 700082: 'sign in again',
  70008: 'sign in again', 70000: 'sign in again', 50173: 'sign in again', 70043: 'sign in again',
  # Loops, and what is seatshift's own fault.
  50196: 'wait some minutes', 900144: 'report it', 90014: 'report it', 9002313: 'report it',
}
PASSING = {90055: 'try again later', 90033: 'try again', 90024: 'try again', 90006: 'try again',
           90012: 'try again', 50033: 'try again'}
UNKNOWN = 123456789
PAGE = '<!doctype html><html><title>503</title><body>Our services are not available right now</body></html>'


def client_of(number):
  """A client id of its own for each row."""
  return str(uuid.uuid5(uuid.NAMESPACE_OID, str(number)))


class Errors(harness.TestCase):

  def start(self, refusals):
    """A twin with one client for each of `refusals`, by name: how it is refused."""
    document = contoso.document(users=12)
    document['tenants'][0]['clients'] = [
      {'client_id': client_of(name), 'secret': contoso.SECRET, 'roles': 'all', 'refused': how}
      for name, how in refusals.items()]
    self.twin_of_all = self.twin(document)
    contoso.set_up(self.ws, self.twin_of_all)
    self.ws.write('seatshift.yaml', 'version: 1\napprovals: {required: 0}\n'
                  f'partner: {{tenant: {contoso.PARTNER}, relation: none}}\n')
    self.ws.git_commit('policy')

  def ask(self, name):
    return self.ws.run('discover', '--tenant', contoso.TENANT, '--format', 'json',
                       env={'AZURE_CLIENT_ID': client_of(name)})

  def ask_all(self, names):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
      return dict(zip(names, pool.map(self.ask, names)))

  def tokens_asked(self):
    return [entry for entry in self.twin_of_all.log() if entry['path'].endswith('/token')]

  def check(self, name, result, status, word, error='invalid_grant'):
    """The shape that every refusal has, and what this one's hint says."""
    told = result.json['error']
    self.assertEqual(result.status, status, result)
    self.assertEqual(told['code'], status)
    self.assertIn(word, told['hint'])
    self.assertNotIn('\n', told['hint'])
    self.assertRegex(told['hint'], r'^[A-Z].*[a-z0-9.)>-]$')
    self.assertLess(len(told['hint'].split(' Consent: ')[0]), 260, 'one sentence, or two')
    self.assertIn(f' {error}: AADSTS{name}: This application is always refused', told['message'])
    for key in ('trace_id', 'correlation_id'):
      self.assertRegex(told['message'], key + r' [0-9a-f]{8}-[0-9a-f-]{27}')
    self.assertRegex(told['message'], r'timestamp \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ')
    self.assertNotIn('Trace ID:', told['message'], 'the ids are told once')
    self.assertIn(told['hint'][:40], result.err)

  def test_every_number(self):
    refused = {**REFUSED, **WRONG_TENANT}
    self.start(refused | {number: number for number in refused})
    results = self.ask_all(list(refused))
    for number, result in results.items():
      with self.subTest(number):
        self.check(number, result, harness.WRONG_TENANT if number in WRONG_TENANT else harness.AUTH, refused[number])
    self.assertEqual(len(self.tokens_asked()), len(refused), 'none is asked for twice')
    self.ws.scan(contoso.SECRET, allowed=('twin.json',))

  def test_what_passes_by_itself_is_tried_again(self):
    """Refused once, then given; and, where the service says to wait for an hour, told at once."""
    later = {'times': 1}
    self.start({f'{number} once': {'number': number, 'status': 400, **later} for number in PASSING} |
               {number: {'number': number, 'retry_after': 3600} for number in PASSING} |
               {'word': {'number': UNKNOWN, 'error': 'temporarily_unavailable', **later}})
    for name, result in self.ask_all([f'{number} once' for number in PASSING] + ['word']).items():
      with self.subTest(name):
        self.assertEqual(result.status, harness.OK, result)
    for number, result in self.ask_all(list(PASSING)).items():
      with self.subTest(number):
        self.check(number, result, harness.THROTTLED if number == 90055 else harness.INCOMPLETE, PASSING[number])

  def test_numbers_nobody_knows(self):
    """The error's own word decides the hint, and where to look the number up is told."""
    words = {
      'invalid_client': 'credentials were refused', 'unauthorized_client': 'registration', 'invalid_grant': 'sign in again',
      'interaction_required': 'device-code', 'invalid_tenant': 'check tenant.id', 'invalid_resource': "check 'cloud'",
      'invalid_scope': "check 'cloud'", 'invalid_request': 'report it', 'unsupported_grant_type': 'another auth.method',
      'something_new': 'does not know'}
    self.start({word: {'number': UNKNOWN, 'error': word, 'status': 401} for word in words})
    for word, result in self.ask_all(list(words)).items():
      with self.subTest(word):
        self.assertEqual(result.status, harness.AUTH, result)
        self.assertIn(words[word], result.json['error']['hint'])
        self.assertIn(f'/error?code={UNKNOWN}', result.json['error']['hint'])
        self.assertIn(f'401 {word}: AADSTS{UNKNOWN}', result.err)

  def test_more_claims_are_asked_for(self):
    claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    self.start({1: {'number': 50076, 'error': 'interaction_required', 'claims': claims}})
    result = self.ask(1)
    self.assertEqual(result.status, harness.AUTH, result)
    self.assertIn('multi-factor', result.json['error']['hint'])
    self.assertIn('(claims)', result.json['error']['hint'])

  def test_answers_that_are_not_the_services_own(self):
    """A page, nothing, half an answer, JSON of somebody else: no word of it reaches a terminal as it came."""
    hostile = '\x1b]0;owned\x07{"error": "invalid_client\x1b[2J", "error_codes": [7000222]'
    rows = {
      'page': (403, PAGE, harness.AUTH, 'proxy or gateway'), 'empty': (400, '', harness.AUTH, 'proxy or gateway'),
      'half': (400, '{"error": "invalid_cl', harness.AUTH, 'proxy or gateway'),
      'other': (401, '{"message": "Unauthorized"}', harness.AUTH, 'proxy or gateway'),
      'list': (400, '[1, 2]', harness.AUTH, 'proxy or gateway'),
      'hostile': (400, hostile, harness.AUTH, 'proxy or gateway'),
      'escapes': (400, '{"error": "x\\u001b[2J", "error_description": "a\\u001b]0;b\\u0007\\nc"}', harness.AUTH, 'not know'),
      'wrong types': (400, '{"error": 7, "error_codes": "7000222", "trace_id": []}', harness.AUTH, 'proxy or gateway'),
      'only text': (401, '{"error": "invalid_client", "error_description": "AADSTS7000222: expired."}', harness.AUTH,
                    'create a new one'),
      'huge number': (401, '{"error": "invalid_client", "error_codes": [99999999999999999999, -1, 7000222]}',
                      harness.AUTH, 'create a new one'),
    }
    self.start({name: {'number': 1, 'status': row[0], 'body': row[1]} for name, row in rows.items()})
    for name, result in self.ask_all(list(rows)).items():
      with self.subTest(name):
        self.assertEqual(result.status, rows[name][2], result)
        self.assertIn(rows[name][3], result.json['error']['hint'])
        self.assertIn('client-request-id', result.err)
        self.assertFalse(re.search(r'[\x00-\x08\x0b-\x1f]', result.err), result.err)

  def test_the_service_is_down(self):
    """5xx, as JSON and as a page, now and then: tried again; told as what it is when it says to wait for long."""
    rows = {f'{status} {kind} {how}': {'number': 1, 'error': 'server_error', 'status': status,
                                      **({'body': PAGE} if kind == 'page' else {}),
                                      **({'times': 1} if how == 'once' else {'retry_after': 3600})}
            for status in (500, 503) for kind in ('json', 'page') for how in ('once', 'long')}
    rows['429 long'] = {'number': 1, 'error': 'server_error', 'status': 429, 'retry_after': 3600}
    self.start(rows)
    for name, result in self.ask_all(list(rows)).items():
      with self.subTest(name):
        expect = harness.OK if 'once' in name else harness.THROTTLED if '429' in name else harness.INCOMPLETE
        self.assertEqual(result.status, expect, result)
        if 'long' in name and '429' not in name:
          self.assertIn('unavailable for the moment', result.json['error']['hint'])


if __name__ == '__main__':
  harness.main()
