"""A run that waits at a hand step: what its card says, evidence meanwhile, Enter, and what it says of each wave."""

import json
import os
import time

import contoso
import harness
from looking import Looking, customer


class Waiting(Looking):

  def prepare(self, more='', text=None):
    twin = self.start()
    if text:
      self.ws.write('customers/contoso.yaml', text)
    return twin, self.ws.run_json('plan', 'contoso', expect=harness.OK)

  def at_terminal(self, *args):
    """With all of it on a terminal, where a person can type: (process, our end)."""
    process, ours = self.ws.at_terminal(*args, streams=('stdin', 'stdout', 'stderr'), env={'NO_COLOR': '1'})
    self.addCleanup(os.close, ours)
    self.addCleanup(process.kill)
    return process, ours

  def until(self, fd, words, text=''):
    """`text` and what comes after it, until the words are there."""
    so_far = text
    text += harness.read_terminal(fd, lambda more: words in so_far + more.replace('\r\n', '\n'), 60).replace('\r\n', '\n')
    self.assertIn(words, text)
    return text

  def entries(self, plan):
    return [json.loads(line) for line in (self.folder(plan) / 'journal.jsonl').read_text().splitlines()]

  def test_enter_looks_now(self):
    """Two looks are 15 s apart; whoever presses Enter does not wait."""
    twin, plan = self.prepare()
    begun = time.monotonic()
    process, fd = self.at_terminal('apply', plan['id'], '--yes')
    text = self.until(fd, 'Ctrl-C is safe')
    for words in (f'STEP 1 of {len({row["wave"] for row in plan["actions"]})} (a0001)', 'Enter looks now',
                  f'seatshift step {plan["id"][:8]} a0001 --show-key', f'seatshift step {plan["id"][:8]} a0001 --done'):
      self.assertIn(words, text)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.look(fd)
    text = self.until(fd, 'people moved and verified', text)
    self.assertLess(time.monotonic() - begun, 14, 'nobody waited for the next look')
    self.assertIn('4 people moved and verified', text)
    self.until(fd, 'retire-subscription: phone', text)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.look(fd)
    text = self.until(fd, 'next: seatshift status contoso')
    self.assertEqual(process.wait(30), 0)
    self.assertRegex(text, r'this run: 4 people moved, 1 order arrived, 1 subscription retired, in \d+ s\n')
    self.assertIn(f'not committed: plans/contoso/{plan["id"]}/journal.jsonl', text)

  def test_cancelled_while_the_run_waits(self):
    """Everybody stands on it: whoever sits there hears of it at the next look, once, and when it is over."""
    twin, plan = self.prepare()
    process, fd = self.at_terminal('apply', plan['id'], '--yes')
    text = self.until(fd, 'Ctrl-C is safe')
    self.assertNotIn('ALARM', text)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.look(fd)
    text = self.until(fd, 'ALARM: 4 people stand on subscription')
    self.look(fd)
    self.look(fd)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')
    self.look(fd)
    self.assertNotIn('ALARM', self.until(fd, 'The alarm is over'))
    process.kill()

  def look(self, fd):
    time.sleep(0.3)  # until it is at rest between two looks
    os.write(fd, b'\n')

  def test_evidence_meanwhile(self):
    """The run and the person who notes something take turns with the journal."""
    twin, plan = self.prepare()
    process, fd = self.at_terminal('apply', plan['id'], '--yes')
    self.until(fd, 'Ctrl-C is safe')
    self.ws.run('step', plan['id'], 'redeem-key', '--done', '--note', 'redeemed by Jane', expect=harness.OK)
    # It still is the only run.
    self.ws.run('apply', plan['id'], '--yes', expect=harness.LOCKED)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.look(fd)
    self.until(fd, 'retire-subscription: phone')
    self.ws.run('step', plan['id'], 'retire-subscription', '--done', '--case', '4711', expect=harness.OK)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.look(fd)
    self.until(fd, 'done: everything is verified')
    self.assertEqual(process.wait(30), 0)
    said = [row['evidence'] for row in self.entries(plan) if row['event'] == 'evidence']
    self.assertEqual([row.get('note') or row['case_number'] for row in said], ['redeemed by Jane', '4711'])
    self.ws.run('history', 'contoso', expect=harness.OK)  # reads and proves the chain

  def test_attested_meanwhile(self):
    """What only a person can say ends the waiting when it is said."""
    twin, plan = self.prepare(text=customer().replace('retire_by:', 'cancel_by: let-expire\n      retire_by:'))
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    process, fd = self.at_terminal('apply', plan['id'], '--yes')
    self.until(fd, 'Ctrl-C is safe')
    self.ws.run('step', plan['id'], 'retire-subscription', '--done', expect=harness.OK)
    self.look(fd)
    self.until(fd, 'what a person attested')
    self.assertEqual(process.wait(30), 0)

  def test_who_keeps_it_on_purpose(self):
    text = customer(users='      - adele.vance@contoso.com', more='    unlisted: keep\n')
    _, plan = self.prepare(text=text)
    card = self.ws.run('step', plan['id'], 'retire-subscription', expect=harness.OK).out
    self.assertIn('STILL HELD ON PURPOSE BY\n     alex.wilber@contoso.com\n     diego.siciliani@contoso.com\n', card)
    self.assertNotIn('adele', card.split('STILL HELD')[1])
    self.assertIn(f'RESUME       seatshift apply {plan["id"][:8]}', card)

  def test_what_each_wave_did_and_what_comes_next(self):
    """The canary first; what an earlier run did is not this one's; committed is committed."""
    more = 'canary: [adele.vance@contoso.com]\n'
    twin, plan = self.prepare(text=customer(more=more))
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertIn(f'then: seatshift apply {plan["id"][:8]} --yes\n', result.out)
    self.assertNotIn('this run', result.out)
    self.assertIn('journal.jsonl; with --commit the next apply commits it', result.said)
    self.assertEqual(result.out.count('seatshift apply'), 1, 'one command is next')
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    result = self.ws.run('apply', plan['id'], '--yes', '--commit', expect=harness.WAITING)
    self.assertIn('1 person moved and verified (canary)\n', result.err)
    self.assertIn('\n3 people moved and verified\n', result.err)
    self.assertIn('this run: 4 people moved, 1 order arrived, in ', result.out)
    self.assertNotIn('not committed', result.out)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    self.assertNotIn('people moved', result.out + result.err)
    self.assertIn('next: seatshift status contoso\n', result.out)


if __name__ == '__main__':
  harness.main()
