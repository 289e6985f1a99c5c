#!/usr/bin/env python3
"""The JSON Schemas that editors use, against a validator that is not ours: what `validate` takes they take, and
what they refuse it refuses. Skipped where Python's jsonschema and yaml are not installed."""

import copy
import json
import pathlib

import contoso
import harness

try:
  import jsonschema
  import yaml
except ImportError as error:
  harness.skip_file(error)

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / 'golden'


class Texts(yaml.SafeLoader):
  """As an editor reads it: a date is a text."""


Texts.yaml_implicit_resolvers = {
  first: [(tag, pattern) for tag, pattern in rules if tag != 'tag:yaml.org,2002:timestamp']
  for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def read(text):
  return yaml.load(text, Loader=Texts)


REFUSED = {'empty-users'}  # golden plans that there are not, since the file is refused
# Where, and what stands there instead; None takes it away.
MISTAKES = [
  ('version', 2), ('version', None), ('tenant', None), ('tenant.id', 5), ('tenant.idd', 'x'), ('moves', {}),
  ('moves', 'ENTERPRISEPACK'), ('moves.0.open.seats', 'many'), ('moves.0.open.seats', 0),
  ('moves.0.open.key.ends_in', 'QX2K'), ('tenant.domain', 5), ('moves.0.advisor.retire_bye', '2026-12-31'),
  ('agreement.reason', 'because'), ('canary', 'user001@contoso.com'), ('defaults.usage_location', 1),
]


RICH = """
version: 1
customer: contoso
tenant: {id: 8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f, domain: contoso.onmicrosoft.com, name: Contoso Ltd}
agreement: {reason: other, note: Grant money, agreed_by: jane@contoso.com, agreed_on: "2026-11-02"}
moves:
  - open:
      sku: ENTERPRISEPACK
      seats: 25
      order: {distributor: Example Distribution, reference: PO-4711, placed_on: "2026-11-05"}
      key: {env: CONTOSO_OPEN_KEY, ends_in: 7QX2K}
      redeem_as: new-subscription
    advisor: {sku: STANDARDPACK, subscription: 6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d90, cancel_by: phone}
    users:
      - adele.vance@contoso.com
      - {upn: alex.wilber@contoso.com, usage_location: GB, disable: [YAMMER_ENTERPRISE]}
      - {holders_of: advisor}
      - {group: Sales}
    except: [lee.gu@contoso.com]
    unlisted: refuse
labels: {region: emea}
defaults: {usage_location: US, service_plans: preserve}
order_of_work: assign-first
canary: [adele.vance@contoso.com]
limits: {users_changed: 100%, licenses_taken: 0}
"""
AWAY = object()
OTHERS = [AWAY, None, '', 0, -1, 1.5, True, [], {}, ['x'], {'x': 1}, 'x y', 'x' * 70, '2026-13-40', 999999999]
# What a schema cannot say: the file's own name, another file's limit, and what a move has beside its users.
BEYOND = {('customer',), ('limits', 'licenses_taken'), ('moves', 0, 'advisor')}
# What is text to `validate`, and to an editor a number or true that no pattern can hold for.
STRICTER = {('tenant', 'domain'), ('moves', 0, 'open', 'key', 'env')}
EVERY = 13  # of more than a thousand; a prime, so that places and values meet in many ways


def places(document, above=()):
  for key, value in document.items() if isinstance(document, dict) else enumerate(document):
    yield (*above, key)
    if isinstance(value, (dict, list)):
      yield from places(value, (*above, key))


def replaced(document, place, value):
  document = copy.deepcopy(document)
  inner = document
  for word in place[:-1]:
    inner = inner[word]
  if value is AWAY:
    del inner[place[-1]]
  else:
    inner[place[-1]] = value
  return document


def changed(document, path, value):
  document = copy.deepcopy(document)
  *way, last = [int(word) if word.isdigit() else word for word in path.split('.')]
  inner = document
  for word in way:
    inner = inner[word]
  if value is None:
    del inner[last]
  else:
    inner[last] = value
  return document


class Schemas(harness.TestCase):

  def schema(self, kind):
    schema = json.loads(self.ws.run('schema', kind, expect=harness.OK).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)

  def complaints(self, validator, document):
    return [f'{error.json_path}: {error.message[:200]}' for error in validator.iter_errors(document)]

  def test_files_in_order(self):
    customer, repository = self.schema('customer'), self.schema('repository')
    seen = 0
    for path in sorted(GOLDEN.glob('plan/*/customer.yaml')):
      with self.subTest(path.parent.name):
        if path.parent.name in REFUSED:
          self.assertTrue(self.complaints(customer, read(path.read_text())))
          continue
        self.assertEqual(self.complaints(customer, read(path.read_text())), [])
        if path.with_name('seatshift.yaml').exists():
          self.assertEqual(self.complaints(repository, read(path.with_name('seatshift.yaml').read_text())), [])
        seen += 1
    self.assertGreater(seen, 100)
    self.ws.run('init', '--example', 'example', expect=harness.OK)
    for kind, path in (('customer', 'customers/contoso.yaml'), ('repository', 'seatshift.yaml')):
      self.assertEqual(self.complaints(self.schema(kind), read((self.ws.repo / 'example' / path).read_text())), [])

  def test_digits_need_no_quotes(self):
    """An editor takes them for a number, `validate` for the text that they are."""
    validator, text = self.schema('customer'), contoso.customer()
    for was, now in (('reference: PO-4711', 'reference: 4711'), ('ends_in: 7QX2K', 'ends_in: 23467'),
                     ('name: Contoso Ltd', 'name: 365'), ('note: Grant money has to be spent this year.', 'note: 1.5')):
      self.assertIn(was, text)
      text = text.replace(was, now)
    self.assertEqual(self.complaints(validator, read(text)), [])
    self.ws.write('seatshift.yaml', contoso.POLICY)
    self.ws.write('customers/contoso.yaml', text)
    self.ws.run('validate', expect=harness.OK)

  def test_mistakes_are_refused_by_both(self):
    validator = self.schema('customer')
    document = read(contoso.customer())
    self.assertEqual(self.complaints(validator, document), [])
    self.ws.write('seatshift.yaml', contoso.POLICY)
    for path, value in MISTAKES:
      with self.subTest(path, value=value):
        wrong = changed(document, path, value)
        self.assertTrue(self.complaints(validator, wrong))
        self.ws.write('customers/contoso.yaml', yaml.safe_dump(wrong))
        self.ws.run('validate', expect=harness.INVALID)

  def test_both_say_the_same(self):
    """Whatever stands anywhere: the editor complains where `validate` does, and nowhere else."""
    validator, document = self.schema('customer'), read(RICH)
    self.ws.write('seatshift.yaml', contoso.POLICY)
    cases = [(place, value) for place in places(document) for value in OTHERS]
    seen = {True: 0, False: 0}
    for place, value in cases[::EVERY]:
      wrong = replaced(document, place, value)
      self.ws.write('customers/contoso.yaml', yaml.safe_dump(wrong))
      good, taken = self.ws.run('validate').status == harness.OK, not self.complaints(validator, wrong)
      seen[good] += 1
      if (place in BEYOND and taken) or (place in STRICTER and good):
        continue
      with self.subTest(place, value='taken away' if value is AWAY else value):
        self.assertEqual(taken, good)
    self.assertGreater(min(seen.values()), 5)


class Defaults(harness.TestCase):
  """What a schema gives as a default is what holds: written out, the files mean the same, by their digests."""

  def write_out(self, schema, document):
    """The document with every default of the schema where a key was left out; says how many."""
    count = 0
    for name, inner in schema.get('properties', {}).items():
      if 'default' in inner and name not in document:
        document[name] = inner['default']
        count += 1
      elif inner.get('type') == 'object' and inner.get('properties'):
        if name in document or not inner.get('required'):
          count += self.write_out(inner, document.setdefault(name, {}))
          if not document[name]:
            del document[name]
      elif inner.get('type') == 'array' and name in document:
        count += sum(self.write_out(inner['items'], item) for item in document[name] if isinstance(item, dict))
    return count

  def test_they_hold(self):
    twin = self.twin(contoso.document(3))
    contoso.set_up(self.ws, twin)
    self.ws.write('seatshift.yaml', json.dumps({'version': 1, 'auth': {'method': 'client-secret', 'client_id': contoso.CLIENT}}))
    customer = {
      'version': 1, 'customer': 'contoso',
      'tenant': {'id': contoso.TENANT, 'domain': 'contoso.onmicrosoft.com'},
      'agreement': {'reason': 'upfront-payment', 'agreed_by': 'jane@contoso.com', 'agreed_on': '2026-11-02'},
      'moves': [{'open': {'sku': 'ENTERPRISEPACK', 'seats': 5}, 'advisor': {'sku': 'STANDARDPACK'},
                 'users': [{'holders_of': 'advisor'}]}], 'defaults': {'usage_location': 'US'}}
    self.ws.write('customers/contoso.yaml', json.dumps(customer))
    before = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    counts = [self.write_out(self.ws.run('schema', 'customer', expect=harness.OK).json, customer)]
    policy = {'version': 1, 'auth': {'method': 'client-secret', 'client_id': contoso.CLIENT}}
    counts.append(self.write_out(self.ws.run('schema', 'repository', expect=harness.OK).json, policy))
    self.assertGreaterEqual(counts[0], 5, customer)
    self.assertGreaterEqual(counts[1], 6, policy)
    self.ws.write('customers/contoso.yaml', json.dumps(customer))
    self.ws.write('seatshift.yaml', json.dumps(policy))
    after = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertEqual((after['desired'], after['policy'], after['plan']),
                     (before['desired'], before['policy'], before['plan']), [customer, policy])


if __name__ == '__main__':
  harness.main()
