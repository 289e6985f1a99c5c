"""`seatshift new`: a customer file to fill in, with every key that there is."""

import re

import harness

VALUES = {'id': '8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f', 'domain': 'contoso.onmicrosoft.com',
          'reason': 'upfront-payment', 'agreed_by': 'jane@contoso.com', 'agreed_on': '2026-11-02',
          'seats': '25'}
OPTION = re.compile(r'^( *)#((- )?[{a-z].*)$')  # a key behind its '#'; explanations have a blank there
WITHOUT_KEY = re.compile(r'#(provisioned_by|return_until):')


def filled(text):
  """The file with a value wherever one is missing."""
  skus = iter(['ENTERPRISEPACK', 'STANDARDPACK'])
  return re.sub(r'^( *(?:- )?)(\w+):$', lambda row: row[0] if row[2] in ('tenant', 'agreement', 'moves', 'open',
                                                                         'advisor', 'users') else
                f'{row[1]}{row[2]}: {VALUES.get(row[2]) or next(skus)}', text, flags=re.M)


class New(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.ws.run('init', expect=harness.OK)
    self.ws.write('customers/contoso-users.csv', 'upn\nadele.vance@contoso.com\n')

  def keys_of(self, schema):
    found = set()
    for name, value in schema.get('properties', {}).items():
      found |= {name} | self.keys_of(value)
    for part in [schema.get('items')] + schema.get('oneOf', []) + schema.get('anyOf', []):
      found |= self.keys_of(part) if part else set()
    return found

  def test_it_says_what_to_fill_in(self):
    answer = self.ws.run_json('new', 'contoso', expect=harness.OK)
    self.assertEqual(answer['path'], 'customers/contoso.yaml')
    self.assertEqual(answer['to_fill'], [
      'tenant.id', 'tenant.domain', 'agreement.reason', 'agreement.agreed_by', 'agreement.agreed_on',
      'moves[].open.sku', 'moves[].open.seats', 'moves[].advisor.sku'])
    complaints = self.ws.run('validate', expect=harness.INVALID).err
    for key in answer['to_fill']:
      self.assertIn(key.replace('[]', '[0]') + ': no value', complaints)
    self.assertEqual(complaints.count('error['), len(answer['to_fill']), complaints)

  def test_filled_in_it_is_valid_and_so_is_each_option(self):
    self.ws.run('new', 'contoso', expect=harness.OK)
    path = self.ws.repo / 'customers/contoso.yaml'
    lines = filled(path.read_text()).splitlines()
    path.write_text('\n'.join(lines))
    self.ws.run('validate', expect=harness.OK)
    options = [at for at, line in enumerate(lines) if OPTION.match(line)]
    self.assertGreater(len(options), 15)
    for at in options:
      with self.subTest(lines[at]):
        text = '\n'.join([*lines[:at], OPTION.sub(r'\1\2', lines[at]), *lines[at + 1:]])
        if WITHOUT_KEY.search(lines[at]):  # of seats that come without one, and only of them
          path.write_text(text)
          self.assertIn('SS113', self.ws.run('validate', 'customers/contoso.yaml', expect=harness.INVALID).err)
          text = re.sub(r'programme: open-value', 'programme: csp', text)
        path.write_text(text)
        self.ws.run('validate', 'customers/contoso.yaml', expect=harness.OK)
    path.write_text('\n'.join(line if 'upn' in line or WITHOUT_KEY.search(line) else OPTION.sub(r'\1\2', line)
                              for line in lines))
    self.ws.run('validate', 'customers/contoso.yaml', expect=harness.OK)

  def test_its_examples_are_of_its_day(self):
    clock = {**harness.NOWHERE, 'SEATSHIFT_CLOCK': '2028-03-04T09:00:00Z'}
    self.ws.run('new', 'contoso', env=clock, expect=harness.OK)
    path = self.ws.repo / 'customers/contoso.yaml'
    text = path.read_text()
    self.assertNotIn('@today', text)
    for example in ('# Example: 2028-02-26', 'placed_on: 2028-02-29}', '#return_until: 2028-03-07', '#retire_by: 2028-04-03'):
      self.assertIn(example, text)
    self.assertRegex(text, r'(?m)^ +programme: open-value$')  # what is sold; left out, it would be Open License
    used, count = re.subn(r'#(order|retire_by):', r'\1:', filled(text))
    self.assertEqual(count, 2)
    path.write_text(used)
    valid = self.ws.run('validate', env=clock, expect=harness.OK)
    self.assertNotIn('warning', valid.out + valid.err)

  def test_every_key_is_explained(self):
    self.ws.run('new', 'contoso', expect=harness.OK)
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    for key in self.keys_of(self.ws.run('schema', 'customer', expect=harness.OK).json):
      self.assertRegex(text, rf'(?m)(^|[ #{{-]){key}:', key)
    self.assertLessEqual(max(map(len, text.splitlines())), 100)

  def test_never_over_a_file(self):
    self.ws.write('customers/contoso.yaml', 'mine\n')
    result = self.ws.run('new', 'contoso', expect=harness.INVALID)
    self.assertIn('never writes over a file', result.err)
    self.assertEqual((self.ws.repo / 'customers/contoso.yaml').read_text(), 'mine\n')

  def test_names(self):
    for name in ('Contoso', 'a/b', '../x', 'x' * 64, 'con toso', ''):
      with self.subTest(name):
        self.assertIn("cannot be a customer's name", self.ws.run('new', name, expect=harness.INVALID).err)
    self.ws.run('new', '365', expect=harness.OK)
    self.assertIn("customer: \"365\"", (self.ws.repo / 'customers/365.yaml').read_text())

  def test_from_a_folder_inside(self):
    (self.ws.repo / 'notes').mkdir()
    self.ws.run('new', 'contoso', '-C', 'notes', expect=harness.OK)
    self.assertTrue((self.ws.repo / 'customers/contoso.yaml').exists())


if __name__ == '__main__':
  harness.main()
