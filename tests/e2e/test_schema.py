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


if __name__ == '__main__':
  harness.main()
