"""Manual pages: one per command, written from the tables; clean for mandoc where it is installed."""

import json
import re
import shutil
import subprocess
import unittest

import harness


class Manual(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.pages = self.ws.dir / 'man'
    self.ws.run('help', '--man', self.pages, expect=harness.OK)

  def names(self):
    listed = self.ws.run_json('help', expect=harness.OK)['commands']
    return [command['name'] for command in listed]

  def test_a_page_for_each_command_and_file(self):
    found = sorted(str(path.relative_to(self.pages)) for path in self.pages.rglob('*') if path.is_file())
    self.assertEqual(found, sorted(
      ['man1/seatshift.1', 'man5/seatshift-customer.5', 'man5/seatshift-repository.5']
      + [f'man1/seatshift-{name}.1' for name in self.names()]))

  def test_written_is_told(self):
    answer = self.ws.run_json('help', '--man', self.ws.dir / 'again', expect=harness.OK)
    self.assertEqual(len(answer['written']), len(self.names()) + 3)
    self.ws.write('file', '')
    self.ws.run('help', '--man', 'file/below', expect=harness.ERROR)

  def test_every_option_and_summary_is_there(self):
    for command in self.ws.run_json('help', expect=harness.OK)['commands']:
      text = (self.pages / f'man1/seatshift-{command["name"]}.1').read_text()
      for option in command['options']:
        self.assertIn(f'Fl -{option["name"]}', text)
    overview = (self.pages / 'man1/seatshift.1').read_text()
    for name in self.names():
      self.assertIn(f'.It Xr seatshift-{name} 1\n', overview)
    for status in [*range(14), 130]:
      self.assertRegex(overview, rf'(?m)^\.It {status} [a-z-]+$')

  def test_every_key_of_the_files_is_there(self):
    def keys(schema):
      for name, value in schema.get('properties', {}).items():
        yield name
        yield from keys(value)
      for inner in [schema.get('items')] + schema.get('anyOf', []) + schema.get('oneOf', []):
        if isinstance(inner, dict):
          yield from keys(inner)
    for kind in ('customer', 'repository'):
      schema = json.loads(self.ws.run('schema', kind, expect=harness.OK).out)
      text = (self.pages / f'man5/seatshift-{kind}.5').read_text()
      found = list(keys(schema))
      self.assertGreater(len(found), 15)
      for name in found:
        self.assertRegex(text, rf'(?m)^\.It Cm {name}( Pq required)?$')
      self.assertNotIn('See the example', text)  # each key has a summary or a type that says it

  @unittest.skipUnless(shutil.which('mandoc'), 'mandoc is not installed')
  def test_mandoc(self):
    pages = sorted(path for path in self.pages.rglob('*') if path.is_file())
    done = subprocess.run(['mandoc', '-T', 'lint', *pages], capture_output=True, text=True, check=False,
                          timeout=60, env=harness.clean_env())
    ours = {f'{path.stem} {path.suffix[1:]}' for path in pages}
    complaints = []
    for line in (done.stdout + done.stderr).splitlines():
      # It looks for other pages where the system keeps them, and these are not there yet.
      away = re.search(r'referenced manual not found: Xr (\S+ \d)', line)
      if 'outdated mandoc.db' in line or away and (away[1] in ours or away[1] in ('git 1', 'ssh-keygen 1')):
        continue
      complaints.append(line)
    self.assertEqual(complaints, [])
    shown = subprocess.run(['mandoc', '-T', 'utf8', *pages], capture_output=True, text=True, check=True,
                           timeout=60).stdout
    self.assertNotIn('\ufffd', shown)


if __name__ == '__main__':
  harness.main()
