"""README.md: the plan that it shows is the one that the example gives, but for its id.

UPDATE_GOLDEN=1 rewrites that part.
"""

import datetime
import json
import os
import pathlib
import re

import harness

README = pathlib.Path(__file__).resolve().parents[2] / 'README.md'
PART = re.compile(r'(<!-- plan:begin[^\n]*-->\n```\n\$ seatshift plan contoso\n)(.*?)(```\n<!-- plan:end -->)', re.S)


def first_screen(text):
  """All but the details of the steps, which the README leaves out and says so."""
  before, _, rest = text.partition('\n  Step 1,')
  return before + '…\n' + rest[rest.index('Apply it with:'):] if rest else text


def lasting(text, day):
  """The lines that are the same on any day: once the window can be over, those about it are not."""
  text = re.sub(r'(Plan |seatshift apply )[0-9a-f]+', r'\1ID', text)
  if datetime.datetime.now(datetime.timezone.utc).date().isoformat() < day:
    return text.splitlines()
  return [line for line in text.splitlines() if 'BILLED' not in line]


class Readme(harness.TestCase):
  def test_the_plan_shown_is_real(self):
    self.ws.run('init', '--example', '.', expect=harness.OK)
    twin = self.twin(json.loads((self.ws.repo / 'twin.json').read_text()))
    env = twin.env(AZURE_CLIENT_SECRET='twin-client-secret')
    # At a terminal, as in the README, nobody has to say --yes beforehand.
    shown = first_screen(self.ws.run('plan', 'contoso', env=env, expect=harness.OK).out).replace(' --yes\n', '\n')
    text = README.read_text()
    if os.environ.get('UPDATE_GOLDEN'):
      text = PART.sub(lambda part: part[1] + shown + part[3], text)
      README.write_text(text)
    day = re.search(r'retire_by: (\S+)', (self.ws.repo / 'customers/contoso.yaml').read_text())[1]
    self.assertEqual(lasting(PART.search(text)[2], day), lasting(shown, day), 'README.md')


if __name__ == '__main__':
  harness.main()
