"""Colours: only on a terminal, never against NO_COLOR, always when asked."""

import contoso
import harness
import signing

ESCAPE = '\x1b['


class Color(harness.TestCase):

  def on_terminal(self, *args, **env):
    """What a terminal is shown: results and messages together."""
    return self.ws.on_terminal(*args, env={'TERM': 'xterm', **env})

  def test_messages(self):
    wrong = ('help', 'nothing')
    self.assertIn(ESCAPE, self.on_terminal(*wrong))
    self.assertIn(ESCAPE, self.on_terminal(*wrong, '--color=auto'))
    self.assertIn(ESCAPE, self.on_terminal(*wrong, NO_COLOR=''), 'empty is the same as not set')
    self.assertIn(ESCAPE, self.on_terminal(*wrong, '--color=always', NO_COLOR='1'), 'what is asked for wins')
    for args, env in (((), {'NO_COLOR': '1'}), (('--color=never',), {}), (('--color', 'auto'), {'NO_COLOR': '0'}),
                      ((), {'TERM': 'dumb'})):
      with self.subTest(args=args, env=env):
        self.assertNotIn(ESCAPE, self.on_terminal(*wrong, *args, **env))

  def test_pipes(self):
    wrong = ('help', 'nothing')
    self.assertNotIn(ESCAPE, self.ws.run(*wrong).err)
    self.assertNotIn(ESCAPE, self.ws.run(*wrong, '--color=auto').err)
    self.assertIn(ESCAPE, self.ws.run(*wrong, '--color=always').err)
    self.assertNotIn(ESCAPE, self.ws.run(*wrong, '--color=never').err)

  def test_results(self):
    contoso.set_up(self.ws, self.twin(contoso.document(signing.USERS)))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    plain = self.ws.run('show', plan, expect=harness.OK).out
    self.assertNotIn(ESCAPE, plain)
    colored = self.ws.run('show', plan, '--color=always', expect=harness.OK).out
    self.assertIn(ESCAPE, colored)
    self.assertIn(ESCAPE, self.on_terminal('show', plan))
    self.assertEqual(self.on_terminal('show', plan, NO_COLOR='1').replace('\r\n', '\n'), plain)
    # Other formats are for programs: no colour in them, whatever is asked for.
    for name in ('json', 'markdown', 'csv', 'powershell'):
      self.assertNotIn(ESCAPE, self.ws.run('show', plan, '--format', name, '--color=always', expect=harness.OK).out)
    self.on_terminal('show', plan, '--out', 'plan.txt')
    self.assertEqual((self.ws.repo / 'plan.txt').read_text(), plain)


if __name__ == '__main__':
  harness.main()
