"""The command line itself: help, version, exit statuses, and what goes to which stream."""

import json

import contoso
import harness

COMMANDS = ['init', 'validate', 'plan', 'show', 'apply', 'step', 'twin', 'schema', 'completion', 'version', 'help']


class Surface(harness.TestCase):

  def test_version(self):
    result = self.ws.run('version', expect=harness.OK)
    self.assertRegex(result.out, r'^seatshift \d+\.\d+\.\d+')
    self.assertEqual(result.err, '')
    self.assertEqual(self.ws.run('--version', expect=harness.OK).out, result.out)

  def test_help_lists_every_command(self):
    result = self.ws.run('help', expect=harness.OK)
    self.assertEqual(result.err, '')
    for name in COMMANDS:
      self.assertRegex(result.out, rf'(?m)^  {name} ')
      own = self.ws.run('help', name, expect=harness.OK)
      self.assertIn(f'Usage: seatshift {name}', own.out)
      self.assertEqual(self.ws.run(name, '--help', expect=harness.OK).out, own.out)
    self.assertEqual(self.ws.run('--help', expect=harness.OK).out, result.out)

  def test_help_tells_every_exit_status(self):
    out = self.ws.run('help', expect=harness.OK).out
    for status, name in [(0, 'ok'), (1, 'error'), (2, 'changes'), (3, 'invalid'), (4, 'auth'),
                         (5, 'wrong-tenant'), (6, 'stale'), (7, 'denied'), (8, 'unapproved'),
                         (9, 'waiting'), (10, 'partial'), (11, 'locked'), (12, 'throttled'),
                         (13, 'incomplete'), (130, 'interrupted')]:
      self.assertRegex(out, rf'(?m)^ +{status} +{name}\b')

  def test_mistakes_on_the_command_line(self):
    cases = [
      (['aply'], 'apply'),  # the nearest is suggested
      (['plan'], 'plan'),
      (['plan', 'contoso', 'fabrikam'], 'plan'),
      (['version', '--no-such-option'], '--no-such-option'),
      (['version', '--format', 'xml'], 'xml'),
      (['version', '--color', 'sometimes'], 'sometimes'),
      (['help', 'nothing'], 'nothing'),
    ]
    for args, word in cases:
      with self.subTest(args=args):
        result = self.ws.run(*args, expect=harness.INVALID)
        self.assertIn(word, result.err)
        self.assertEqual(result.out, '')

  def test_a_branch_for_nothing(self):
    """One that is named without --commit would be ignored."""
    self.ws.write('seatshift.yaml', contoso.POLICY)
    for command in (['plan', 'contoso'], ['undo', 'contoso'], ['rehearse', 'contoso'],
                    ['approve', 'contoso', '--key', 'none'], ['fleet', 'plan']):
      with self.subTest(command=command):
        result = self.ws.run(*command, '--branch', 'main', expect=harness.INVALID)
        self.assertIn('--branch goes with --commit', result.err)

  def test_alone_it_helps(self):
    self.assertEqual(self.ws.run(expect=harness.OK).out, self.ws.run('help', expect=harness.OK).out)
    self.assertEqual(self.ws.run('-V', expect=harness.OK).out, self.ws.run('version', expect=harness.OK).out)

  def test_the_nearest_is_suggested(self):
    for args, near in [(['help', 'aply'], 'apply'), (['show', 'x', '--format', 'markdwn'], 'markdown'),
                       (['validate', '--format', 'sarf'], 'sarif'), (['init', 'x', '--ci', 'gitub'], 'github'),
                       (['completion', 'zhs'], 'zsh'), (['apply', 'x', '--deadlin', '1h'], '--deadline')]:
      with self.subTest(args=args):
        self.assertIn(f"Did you mean '{near}'?", self.ws.run(*args, expect=harness.INVALID).err)

  def test_who_is_not_there_is_said(self):
    """A name that nobody has is a mistake, for every command that takes one, and the nearest is suggested."""
    self.ws.run('init', '--example', '.', expect=harness.OK)
    self.ws.git_init()
    self.ws.git_commit('contoso: to be moved')
    customers = ['status', 'history', 'drift', 'plan', 'skus']
    plans = ['show', 'apply', 'undo', 'verify', 'rehearse', 'step']
    for args in [[name] for name in customers + plans] + [['approve', '--key', 'x']]:
      with self.subTest(args=args):
        result = self.ws.run(args[0], 'contso', *args[1:], expect=harness.INVALID)
        self.assertIn("Did you mean 'contoso'?", result.err)
        self.assertEqual(result.out, '')
    self.assertIn("Did you mean 'contoso'?", ' '.join(self.ws.run('doctor', 'contso', expect=harness.INVALID).out.split()))
    for args in (['show', 'ffff'], ['undo', 'ffff'], ['show', 'contoso/ffff'], ['explain', 'SS999'],
                 ['fleet', 'status', 'ffff'], ['schema', 'nothing'], ['validate', 'customers/contso.yaml']):
      with self.subTest(args=args):
        self.assertIn('error: ', self.ws.run(*args, expect=harness.INVALID).err)

  def test_errors_in_json(self):
    result = self.ws.run('plan', 'nobody', '--format', 'json')
    self.assertNotEqual(result.status, harness.OK)
    error = result.json['error']
    self.assertEqual(sorted(error), ['code', 'diagnostics', 'hint', 'message', 'name', 'where'])
    self.assertEqual(error['code'], result.status)
    self.assertNotEqual(result.err, '')

  def test_no_escapes_when_not_a_terminal(self):
    for args in (['help'], ['version'], ['aply']):
      result = self.ws.run(*args)
      self.assertNotIn('\x1b', result.out + result.err)
    self.assertIn('\x1b', self.ws.run('help', 'nothing', '--color=always').err)
    self.assertNotIn('\x1b', self.ws.run('help', 'nothing', '--color=never').err)

  def test_out_file(self):
    text = self.ws.run('version', expect=harness.OK).out
    result = self.ws.run('version', '--out', 'v.txt', expect=harness.OK)
    self.assertEqual(result.out, '')
    self.assertEqual((self.ws.repo / 'v.txt').read_text(), text)

  def test_out_file_survives_a_failure(self):
    out = self.ws.repo / 'kept.txt'
    out.write_text('what the last run found, and longer than a version\n')
    before = out.read_text()
    for args in (['show', 'ffffffff'], ['plan', 'nobody'], ['show', '--no-such-option']):
      self.ws.run(*args, '--out', 'kept.txt', expect=harness.INVALID)
      self.assertEqual(out.read_text(), before)
      self.ws.run(*args, '--out', 'new.txt', expect=harness.INVALID)
      self.assertFalse((self.ws.repo / 'new.txt').exists())
    text = self.ws.run('version', expect=harness.OK).out
    self.ws.run('version', '--out', 'kept.txt', expect=harness.OK)
    self.assertEqual(out.read_text(), text)
    self.ws.run('show', 'ffffffff', '--format', 'json', '--out', 'kept.txt', expect=harness.INVALID)
    self.assertIn('error', json.loads(out.read_text()))

  def test_out_file_that_cannot_be_written_is_told_first(self):
    result = self.ws.run('version', '--out', 'no/such/folder/v.txt')
    self.assertNotEqual(result.status, 0)
    self.assertIn('no/such/folder/v.txt', result.err)
    self.ws.run('version', '--out', '/dev/null', expect=harness.OK)


  def test_long_arguments_are_not_repeated_whole(self):
    """In no message, on either stream, in any format; begin and end of them say what is meant."""
    long = 'x' * 100000 + 'é' * 1000
    self.ws.write('seatshift.yaml', 'version: 1\n')
    for args in ([long], ['help', long], ['explain', long], ['schema', long], ['completion', long], ['show', long],
                 ['validate', long], ['plan', long], ['status', long], ['-C', long, 'status'], ['step', long],
                 ['status', '--format', long], ['status', '--color', long], ['status', f'--{long}'], ['status', '--out', long],
                 ['plan', 'x', '--events', f'fd:{long}'], ['plan', 'x', '--deadline', long], ['plan', 'x', '--branch', long, '--commit'],
                 ['approve', 'abcd', '--key', long], ['apply', 'abcd', '--break-lock', long], ['discover', '--tenant', long],
                 ['init', long], ['twin', long], ['validate', *['y' * 1000] * 100]):
      for more in [[]] if '--format' in args else ([], ['--format', 'json']):
        result = self.ws.run(*args, *more)
        self.assertNotEqual(result.status, harness.OK, args[0][:20])
        self.assertLess(len(result.out), 9000, args[0][:20])
        self.assertLess(len(result.err), 5000, args[0][:20])

  def test_a_long_name_in_a_file(self):
    self.ws.write('seatshift.yaml', 'version: 1\n')
    self.ws.write('customers/x.yaml', f'version: 1\ncustomer: {"y" * 100000}\n{"z" * 100000}: 1\n')
    for form in ('text', 'json', 'sarif'):
      result = self.ws.run('validate', 'customers/x.yaml', '--format', form, expect=harness.INVALID)
      self.assertLess(len(result.err), 20000)

  def test_events_to_a_descriptor_that_is_none(self):
    """Said by every command, before anything is opened that could get its number."""
    self.ws.write('seatshift.yaml', 'version: 1\n')
    for where in ('fd:-1', 'fd:', 'fd:x', 'fd:1x', 'fd:99', 'fd:99999999999999999999', 'fd:0', 'fd:3', 'fd: 1', 'fd:+1'):
      for args in (['status', '--offline'], ['apply', 'abcd'], ['version']):
        with self.subTest(where, args=args):
          process = self.ws.start(*args, '--events', where, under=('/bin/sh', '-c', 'exec 0</dev/null; exec "$0" "$@"'))
          result = self.ws.finish(process)
          self.assertEqual(result.status, harness.INVALID, result)
          self.assertIn(f"cannot write events to '{where}'", result.err)
    self.ws.run('version', '--events', 'fd:2', expect=harness.OK)


if __name__ == '__main__':
  harness.main()
