"""Manual pages: one per command, written from the tables; clean for mandoc where it is installed."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import harness

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Manual(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.pages = self.ws.dir / 'man'
    self.ws.run('help', '--man', self.pages, expect=harness.OK)

  def names(self):
    listed = self.ws.run_json('help', expect=harness.OK)['commands']
    return [command['name'] for command in listed]

  def topics(self):
    listed = self.ws.run('help', expect=harness.OK).out.rpartition('seatshift help TOPIC: ')[2]
    return listed.replace(',', ' ').split()

  def page_of(self, topic):
    page = self.ws.run_json('help', topic, expect=harness.OK)['page']
    return re.sub(r'(.*)\((\d)\)', r'man\2/\1.\2', page)

  def test_a_page_for_each_command_file_and_topic(self):
    found = sorted(str(path.relative_to(self.pages)) for path in self.pages.rglob('*') if path.is_file())
    self.assertEqual(found, sorted(
      ['man1/seatshift.1', 'man5/seatshift-customer.5', 'man5/seatshift-fleet.5', 'man5/seatshift-repository.5']
      + [f'man1/seatshift-{name}.1' for name in self.names()]
      + [self.page_of(name) for name in self.topics()]))
    for name in ('approvals', 'ci', 'codes', 'events', 'git', 'sign-in'):
      self.assertIn(name, self.topics())

  def test_a_topic_is_readable_without_man(self):
    for name in self.topics():
      text = self.ws.run('help', name, expect=harness.OK).out
      self.assertTrue(text.startswith(f'{name}: '))
      self.assertIn('DESCRIPTION\n', text)
      self.assertEqual(self.ws.run_json('help', name, expect=harness.OK)['name'], name)
    self.assertIn('no command or topic', self.ws.run('help', 'aprovals', expect=harness.INVALID).err)

  def test_every_code_is_explained(self):
    page = (self.pages / 'man7/seatshift-codes.7').read_text()
    for code in self.ws.run_json('explain', expect=harness.OK)['codes']:
      self.assertRegex(page, rf'(?m)^\.It {code["code"]}: ')

  def test_the_chain_can_be_followed_as_the_page_says(self):
    """The shell of seatshift-records(7), run on a journal that holds, was edited, and lost a line."""
    text = self.ws.run('help', 'records', expect=harness.OK).out
    shell = '\n'.join(line[4:] for line in text.split('want=null')[1].split('journal.jsonl\n')[0].split('\n'))
    shell = f'want=null{shell}journal.jsonl\n'
    made = subprocess.run([os.environ['MAKE_PLAN'], self.ws.dir / 'made', '12', 'journal'], check=True,
                          capture_output=True, text=True, timeout=60)
    folder = self.ws.dir / 'made' / made.stdout.strip()
    folder = folder if folder.is_dir() else folder.parent
    journal = folder / 'journal.jsonl'
    lines = journal.read_text().splitlines(keepends=True)
    edited = lines[1].replace('"seq":2', '"seq":2 ')
    for content, holds in ((lines, True), ([lines[0], edited, *lines[2:]], False), (lines[:1] + lines[2:], False)):
      journal.write_text(''.join(content))
      said = subprocess.run(['sh', '-c', shell], cwd=folder, capture_output=True, text=True, check=True,
                            timeout=60, env=harness.clean_env()).stdout
      self.assertEqual(said == '', holds, said)

  def test_links_lead_somewhere(self):
    pages = [path for path in self.pages.rglob('*') if path.is_file()]
    known = {(path.stem, path.suffix[1:]) for path in pages}
    known |= {('git', '1'), ('ssh-keygen', '1'), ('sha256sum', '1')}
    for path in pages:
      for name, section in re.findall(r'(?m)^\.Xr (\S+) (\d)', path.read_text()):
        self.assertIn((name, section), known, path.name)

  def test_written_is_told(self):
    answer = self.ws.run_json('help', '--man', self.ws.dir / 'again', expect=harness.OK)
    self.assertEqual(len(answer['written']), len(self.names()) + len(self.topics()) + 4)
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
    """cmd/help/keys has every key of the schema, in one order, with an example and what holds without it."""
    def keys(schema, above=''):
      for name, value in schema.get('properties', {}).items():
        path = f'{above}.{name}' if above else name
        yield path, value, name in schema.get('required', [])
        for inner in [value, value.get('items')] + value.get('anyOf', []) + value.get('oneOf', []):
          if isinstance(inner, dict):
            yield from keys(inner, path if inner.get('type') == 'object' and inner is value else path + '[]')
      for inner in [schema.get('items')] + schema.get('anyOf', []) + schema.get('oneOf', []):
        if isinstance(inner, dict):
          yield from keys(inner, above)
    for kind in ('customer', 'fleet', 'repository'):
      schema = json.loads(self.ws.run('schema', kind, expect=harness.OK).out)
      page = (self.pages / f'man5/seatshift-{kind}.5').read_text()
      entries = (ROOT / f'cmd/help/keys/{kind}.txt').read_text().strip().split('\n\n')
      texts = {entry.split('\n')[0].replace('[]', ''): entry.split('\n')[1:] for entry in entries}
      found = {path.replace('[]', ''): (value, required) for path, value, required in keys(schema)}
      self.assertEqual(sorted(found), sorted(texts), f'cmd/help/keys/{kind}.txt: an entry for every key')
      self.assertEqual(len(entries), len(texts))
      for path, (value, required) in found.items():
        name, lines = path.rpartition('.')[2], texts[path]
        self.assertRegex(page, rf'(?m)^\.It Cm {name}( Pq required)?$')
        examples = [line for line in lines if line.startswith('> ')]
        defaults = [line for line in lines if line.startswith('= ')]
        if not value.get('properties') and value.get('type') != 'object' and name not in ('moves', 'users'):
          self.assertRegex(examples and examples[0] or '', rf'^> (\{{(?:upn|group): [^,]+, )?{name}: ', path)
        if required:
          self.assertFalse(defaults, f'{path} has to be there')
        elif 'users.' not in path and '.key.' not in path:
          self.assertTrue(defaults, f'{path}: what holds without it?')
        if 'default' in value and defaults:
          self.assertIn(str(value['default']).lower(), defaults[0], path)

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
