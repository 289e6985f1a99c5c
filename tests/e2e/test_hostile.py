#!/usr/bin/env python3
"""Hostile data through the binary: from a customer's file, from a tenant, from the service's error texts, into
every format that a command knows. Names in the faces of a plan: test_faces.py."""

import csv
import io
import json
import pathlib
import re
import xml.etree.ElementTree

import contoso
import harness

LINES = (pathlib.Path(__file__).resolve().parents[1] / 'support/nasty_strings.txt').read_text().splitlines()
ESCAPES = {'n': '\n', 'r': '\r', 't': '\t'}
CONTROLS = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufe00-\ufe0e\ufeff'
                      '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]')
LONGEST = 4000  # characters in a line that people read


def read(line):
  """As make_plan reads it: a line of the corpus."""
  if line.startswith('REPEAT '):
    return (line[7:] * 10000)[:10000] if '\\' not in line else read(line[7:]) * 3333
  raw = re.sub(r'\\(x[0-9a-f]{2}|.)', lambda m: chr(int(m[1][1:], 16)) if m[1][0] == 'x' and len(m[1]) == 3
               else ESCAPES.get(m[1], m[1]), line)
  return raw.encode('latin-1').decode() if raw.isascii() or max(map(ord, raw)) < 256 else raw


CORPUS = [read(line) for line in LINES]


def yaml(text):
  """In double quotes, all that is not plain as a number."""
  return '"' + ''.join(c if c.isascii() and c.isprintable() and c not in '"\\' else f'\\U{ord(c):08x}'
                       for c in text) + '"'


class Hostile(harness.TestCase):

  def check_text(self, text, longest=LONGEST):
    self.assertIsNone(CONTROLS.search(text), repr(text[:500]))
    self.assertLess(max(map(len, text.split('\n'))), longest)

  def check_json(self, text):
    """Text to a person, too, who looks at it at a terminal or in a log."""
    self.assertIsNone(re.search('[\x00-\x09\x0b-\x1f\x7f]', text))
    self.assertIsNone(CONTROLS.search(text))
    return json.loads(text)

  def check_junit(self, text):
    self.check_text(text, 20000)
    root = xml.etree.ElementTree.fromstring(text)
    self.assertEqual({node.tag for node in root.iter()} - {'testsuites', 'testsuite', 'testcase', 'failure',
                                                           'error', 'system-out'}, set())

  def check(self, format_name, result):
    self.check_text(result.err)
    if format_name == 'junit':
      self.check_junit(result.out)
    elif format_name in ('json', 'sarif', 'codequality'):
      self.check_json(result.out)
    else:
      self.check_text(result.out)

  def test_a_customers_file(self):
    """Refused or not: told on lines that hold nothing but text."""
    self.ws.write('seatshift.yaml', contoso.POLICY)
    plain = contoso.customer()
    places = ('note: Grant money has to be spent this year.', 'reference: PO-4711', 'domain: contoso.onmicrosoft.com',
              'sku: ENTERPRISEPACK', 'canary: [user001@contoso.com]', 'customer: contoso', 'usage_location: US')
    for text in CORPUS:
      customer = plain
      for place in places:
        key, value = place.split(': ', 1)
        self.assertIn(place, customer)
        customer = customer.replace(place, f'{key}: [{yaml(text)}]' if value.startswith('[') else f'{key}: {yaml(text)}')
      self.ws.write('customers/contoso.yaml', customer)
      for name in ('text', 'json', 'junit', 'sarif', 'codequality'):
        with self.subTest(text[:60], format=name):
          self.check(name, self.ws.run('validate', '--format', name, expect=harness.INVALID))

  def test_error_texts_of_the_service(self):
    twin = self.twin(contoso.document(users=3))
    contoso.set_up(self.ws, twin)
    told = 0
    for text in CORPUS:
      for name in ('text', 'json', 'junit', 'sarif'):
        with self.subTest(text[:60], format=name):
          twin.control('fault', kind='400', message=text, match={'path': '/organization*'})
          result = self.ws.run('plan', 'contoso', '--format', name)
          self.assertNotIn(result.status, (harness.OK, harness.INVALID))
          told += text[:20] in result.out + result.err
          self.check(name, result)
    self.assertGreater(told, 40)

  def test_error_texts_in_a_journal(self):
    """What the service said of a user stays data for show, status and history."""
    twin = self.twin(contoso.document(users=12))
    contoso.set_up(self.ws, twin)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.ws.run('apply', plan, '--yes')
    twin.control('redeem', tenant=contoso.TENANT, sku='ENTERPRISEPACK', seats=contoso.SEATS_OPEN)
    text = '\n'.join(CORPUS[:-4])
    twin.control('fault', kind='400', message=text, match={'path': '*/assignLicense', 'count': 0})
    result = self.ws.run('apply', plan, '--yes')
    self.assertNotEqual(result.status, harness.OK)
    self.check_text(result.out + result.err)
    for words in (('show', plan), ('show', plan, '--full'), ('status', 'contoso'), ('history', 'contoso')):
      with self.subTest(words):
        self.check_text(self.ws.run(*words).out, 12000)
        self.check_json(self.ws.run(*words[:2], '--format', 'json').out)
    self.assertIn('failed', self.ws.run('show', plan, '--format', 'csv').out)
    for name in ('markdown', 'html', 'dot', 'mermaid', 'powershell'):
      self.check_text(self.ws.run('show', plan, '--format', name).out, 12000)

  def test_names_of_a_tenant(self):
    """Read from Graph, planned, written and shown."""
    document = contoso.document(users=len(CORPUS) + 1)
    for user, text in zip(document['tenants'][0]['users'], CORPUS):
      user['name'] = text
      user['upn'] = f'{user["upn"].split("@")[0]}{text[:60]}@contoso.com'
    twin = self.twin(document)
    contoso.set_up(self.ws, twin, canary=contoso.upn(len(CORPUS)))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    for name in ('text', 'markdown', 'html', 'dot', 'mermaid', 'powershell'):
      with self.subTest(format=name):
        self.check_text(self.ws.run('show', plan, '--format', name, expect=harness.OK).out, 12000)
    rows = list(csv.reader(io.StringIO(self.ws.run('show', plan, '--format', 'csv').out, newline=''), strict=True))
    self.assertEqual(len(rows), len(CORPUS) + 2)
    self.check_json(self.ws.run('show', plan, '--format', 'json').out)


if __name__ == '__main__':
  harness.main()
