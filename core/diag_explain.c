/* What each diagnostic code means, why seatshift minds, and what to do: the text of `explain CODE`. */
#include "core/diag.h"

#include "core/macros.h"

static const struct {
	enum diag_code code;
	const char *text;
} explanations[] = {
	{SS101, "The file is not well-formed YAML, so nothing behind the place shown could be read. "
		"Usual causes are a tab used to indent, a list or mapping indented differently from "
		"its neighbours, a quote that is never closed, or a text that begins with @, %, * or "
		"a backquote and is not in quotes. Line breaks other than LF and CRLF are refused as "
		"well, because an editor does not show them and a key could hide behind one. Correct "
		"it there, then run `seatshift validate` again; later mistakes show only then."},
	{SS102, "seatshift reads UTF-8 text of at most 8 MiB. Another encoding (UTF-16 from Windows "
		"tools, Latin-1) would turn names into other names, and a name decides whose licence "
		"changes. Save the file as UTF-8. When the file is too large, move the users into a "
		"CSV file and name it with `csv:`."},
	{SS103, "Aliases (*name), anchors (&name) and tags (!name) let one part of a YAML file change "
		"what another part means. A reviewer must be able to read each line for itself, so "
		"seatshift does not accept them, merge keys (<<) included. Write the value out at "
		"each place where it is meant. A text that begins with *, & or ! goes in quotes."},
	{SS104, "A line with only --- or ... in it begins a second YAML document. seatshift reads one "
		"customer or one policy per file and would have to ignore the rest silently, so it "
		"refuses. Put each customer into a file of its own under customers/."},
	{SS105, "Lists and mappings are nested more than 32 levels deep. No key of seatshift needs "
		"that; it is a damaged or hostile file. Look at the place shown for a run of brackets "
		"or of ever deeper indentation."},
	{SS106, "The key is not one that seatshift knows at this place. A misspelt key would "
		"otherwise be passed over, and the limit, date or exception it was to set would "
		"silently not hold. Take the suggestion, move the key to the mapping where it "
		"belongs, or remove it. `seatshift schema` prints all keys, and editors that know "
		"JSON Schema complete them."},
	{SS107, "The same key stands twice in one mapping. YAML readers differ in which of the two "
		"counts, so two people could read two meanings. Keep one of them."},
	{SS108, "A key that seatshift needs is not there. Nothing is guessed where a guess could "
		"reach the wrong tenant, the wrong user or the wrong subscription. Add the key; the "
		"help line says what it is for."},
	{SS109, "The value has another type than the key takes: a text where a list belongs, a "
		"mapping where a text belongs, a number in quotes, yes where true or false is meant. "
		"Types are not converted, because what was meant would be a guess. Write the value in "
		"the form named."},
	{SS110, "The value has the right type but is not one that the key takes: a word that is not "
		"in its list, a number out of range, a date that does not exist, a GUID or country "
		"code with the wrong shape. The help line names what is allowed."},
	{SS111, "`customer` must be the name of its file without .yaml. Plans, approvals and the "
		"journal are filed under that name, so a copied file whose name was not changed would "
		"mix up two customers' records. Rename the file or correct the key; and when the file "
		"was copied, check tenant.id and tenant.domain as well."},
	{SS112, "A product key must never stand in a file: the file goes into git, where everybody "
		"with access can read and redeem it for ever, and a key works once. That holds for "
		"notes and comments too, and however the key is written. Write where the "
		"key is to be found instead: `key: {env: NAME}`, `{file: PATH}` or `{command: "
		"[PROGRAM, ARGUMENT]}`, with `ends_in` for its last five characters. If the key has "
		"been committed already, redeem it soon or have it replaced. The same holds for every "
		"other secret: a client secret, a token, a private key, a password, also one in an "
		"address. Those are given in the environment; one that was committed has to be renewed."},
	{SS113, "Two keys of the file cannot both be meant, for example `holders_of: advisor` in a "
		"move that has no `advisor`, or two sources for one product key. Each alone would "
		"lead to another plan, so seatshift does not choose. Decide which is meant and remove "
		"the other."},
	{SS114, "The same thing is listed twice where it can stand only once, such as two moves away "
		"from the same Advisor subscription. It would be counted twice or asked for in two "
		"ways. Merge the two entries."},
	{SS115, "A CSV file named by `csv:` cannot be used. Its first row must name the columns: "
		"`upn`, and if wanted `usage_location` and `disable` (service plans separated by "
		"semicolons). Columns are separated by commas, text is UTF-8, and the path is "
		"relative to the customer file, stays inside the repository and ends in .csv, .tsv or "
		".txt; nothing of .git is read. The place shown is "
		"the line in the CSV file."},
	{SS116, "A customer file may make the limits of seatshift.yaml tighter for its own tenant, "
		"never looser: otherwise whoever writes a customer file could lift the protection "
		"that the partner decided on. Lower the value, or have the repository's limit changed "
		"by those who may."},
	{SS117, "There is nothing in the file. An empty file is never read as a request to have "
		"nothing. Write the customer's state into it (`seatshift init --example` shows one), "
		"or delete the file."},
	{SS118, "`version` says for which form of the file it was written. This seatshift knows "
		"version 1 only, and does not guess what a later form means. Install a newer "
		"seatshift, or write `version: 1` when the file is in this form."},
	{SS119, "fleet.yaml names a customer that has no file in customers/, or a pattern that no "
		"customer's name has. A customer who is left out of a fleet by a misspelt name would stay "
		"where they are, and nobody would notice until a deadline. Take the suggestion, write the "
		"customer's file, or remove the name."},
	{SS120, "Two files in customers/ name the same tenant, or the same domain. One is a copy whose "
		"tenant was not changed, or both mean the same customer. Each would be planned as if "
		"the other were not there: the seats counted twice, people changed by two plans, and no "
		"lock between them. Correct the id and the domain, or put all moves into one file and "
		"delete the other."},
	{SS201, "The account is a guest of the tenant: it belongs to somebody outside. Guests can "
		"hold licences, but seldom should on prepaid seats. Check that this person is really "
		"meant to have one; otherwise take the entry out."},
	{SS202, "The account is disabled, so nobody can sign in with it. It would still take one of "
		"the prepaid seats. Shared mailboxes and accounts of people on leave are good "
		"reasons; people who have left are not."},
	{SS203, "The same user is named by more than one entry of the list. The entries are merged "
		"and the user is changed once. Take one of them out if it is a slip; entries that ask "
		"for different things are refused (SS323)."},
	{SS204, "The new seats are prepaid: once they are there, they cannot be returned, reduced or "
		"changed to another product until their term ends, save for the first 7 days of seats "
		"that a distributor provisions. Be certain of product and number before the key is "
		"redeemed, or the seats are ordered. Said once of every move."},
	{SS205, "Somebody holds the Advisor SKU and is not listed. Because of `unlisted: keep` the "
		"licence stays. Where the subscriptions that are not retired have too few seats for all "
		"who hold it then, it stops working: list the user, or buy seats. Where they have "
		"enough, the person goes on as before."},
	{SS206, "Somebody holds the Advisor SKU and is not listed, and `unlisted: remove` takes the "
		"licence away with nothing in its place. That person loses the service, mail "
		"included. The number counts against `limits.licenses_taken`."},
	{SS207, "The user is synchronised from another directory, or the usage location is mastered "
		"there. What is set here can be overwritten by the next synchronisation. Make the "
		"change at the source as well."},
	{SS208, "The tenant already reports an error on one of this user's licences or on a group's "
		"licensing. It was there before the plan and may keep a new licence from working. "
		"Look at the user in the admin centre and correct it first."},
	{SS209, "A service was switched off for this user, and the new SKU has neither that service "
		"nor one of its family, so there is nothing to switch off. Nothing to do unless the "
		"name was mistyped."},
	{SS210, "The programme under which this key is sold is no longer sold. The seats work until "
		"their term ends, but cannot be renewed in the same way. Settle with the customer "
		"what follows."},
	{SS212, "The delegated relation between partner and customer ends before the move will be "
		"finished. From then on seatshift and the partner's people can no longer see or "
		"change the tenant. Have the relation renewed first."},
	{SS214, "The key has a character that product keys do not use, such as O, I, 0 or 1. Most "
		"often it was misread: O for Q or 0, I for 1. Compare it with the document it came "
		"from before redeeming; a wrong key is refused by the portal, and nothing is lost."},
	{SS215, "Whether recurring billing was switched off cannot be seen through Microsoft Graph "
		"before the term ends. The step is recorded as attested by the person who did it, "
		"never as verified, and status and drift keep asking until the subscription is seen "
		"to end."},
	{SS217, "The subscription has run out and is in its grace period: users still have service, "
		"but not for long. Do the move before the grace period ends."},
	{SS218,
	 "Licences of this group are changed for all of its members, also for people whom the "
	 "file does not name. Look through the members in the plan; take the group out of "
	 "licensing or list the people if that is not meant. Where a rule decides who is in the group "
	 "(dynamic membership), people may come and go between plan and apply: whoever is in it then is "
	 "counted and served, and too few seats are told before the first write."},
	{SS219, "The user has a usage location already, and it is another one than the entry names. A "
		"location in the file is for users who have none; one that is there is never changed, "
		"because it decides which services the user may have. Correct the file, or have the "
		"location changed in the admin centre."},
	{SS220, "The move names an Advisor SKU, but the tenant has no subscription of it, so nothing "
		"is retired. That is right when it was cancelled long ago. When it still appears on "
		"the customer's bill, the SKU named in the file is probably not the one that is paid "
		"for."},
	{SS221, "A product key is given, but not the order it came with. Without distributor, "
		"reference and date nobody can later say which purchase the seats belong to, or "
		"complain about a key that does not work. Add `order`; the plan is made all the same."},
	{SS222, "The tenant already has a subscription of the Open SKU with enough seats, so no key has "
		"to be redeemed; but it was created before the order was placed. If the key of that "
		"order is meant to add seats to it, say `redeem_as: add-seats` and give the seats that "
		"the customer is to have in all."},
	{SS224, "The user will hold two service plans of which one of Microsoft's pages says that they "
		"cannot be held together, and another that they can. Only the service decides: when it "
		"refuses, the user keeps what they have and the message says so. To be sure, try it with a "
		"canary, or switch one of the two off with `disable`."},
	{SS225, "The account is named under `users` and under `except` of the same move. `except` holds: the "
		"account is left alone. Take it out of one of the two, so that nobody has to guess."},
	{SS226, "The day by which the Advisor subscription was to be retired has passed, and it is "
		"billed beside the new seats. Settle a new day with the customer and write it down, "
		"or retire it today."},
	{SS234, "The file names a programme, or means one by naming none, under which nothing is sold "
		"any more, and the order was placed after sales ended. Look at the order: it is of "
		"another programme, and much depends on which: how the seats arrive, and whether they "
		"can be given back. Say which with `programme`."},
	{SS235, "An unused product key of this programme is said to work for five years from its "
		"purchase, and they are over, or end within 60 days. Only redeeming it shows whether "
		"it still works: do that soon, or ask the distributor for seats of a programme that "
		"is still sold."},
	{SS246, "A subscription that a distributor sells can be cancelled for 7 days from its "
		"purchase or renewal, and then not before its term ends; so can many of those that "
		"a customer buys from Microsoft, in the portal. Graph shows neither the "
		"length of a term nor when the current one began, so this is said unless the dates "
		"prove that the day is one of those. Have its renewal switched off and say "
		"`cancel_by: let-expire`, or cancel it in the days after it renews."},
	{SS247, "Seats that a distributor sells can be given back for 7 days, and a canary and the "
		"soak of its wave are there to find out whether they suit while that is possible. "
		"Here the canary and the soak end later, or the days are over and nobody has been "
		"moved yet. Order the seats when the wave begins, shorten its `soak`, or put the "
		"customer into an earlier wave; or accept that they stay."},
	{SS249, "The Advisor subscription of the move is cancelled already, and people still hold its SKU: "
		"by Microsoft's rules they cannot use it now. The plan moves them to the new seats and "
		"has nothing left to retire. Apply it soon; until then an administrator can reactivate "
		"the subscription for as long as its data is kept."},
	{SS248, "The move is to a SKU with fewer services, and the customer does without this one: "
		"the file says so under `accept.lost_services`. Read the list as the people concerned "
		"would: what they keep in a service that goes is out of their reach."},
	{SS251, "The file says until when the seats can be given back, and by the programme that is over "
		"before: seats that a distributor sells can be returned for 7 days from their purchase, "
		"and what another partner transfers not at all. Whoever tries the seats out until the day "
		"in the file may find that they stay. Take `return_until` out, and the day is counted "
		"from the order; leave it where the distributor has promised it in writing, or where the "
		"purchase was later than the order."},
	{SS252, "There are seats of the new SKU that came with the order, but their subscription ends "
		"before the old one is gone, or within 30 days of that: whoever was moved to them would "
		"lose service soon after. So the plan goes on waiting for seats that last. Have the "
		"grant or the term extended, settle an earlier `retire_by`, or, where the term is short "
		"and renews, say so under `accept: {renewing: [ID]}`."},
	{SS233,
	 "The subscription is to be left to expire, and its term ends after `retire_by`: until then both are "
	 "billed, whoever switches recurring billing off. Settle a later `retire_by`, or have it cancelled "
	 "with "
	 "another `cancel_by`."},
	{SS241, "An undo takes back what its plan did, and nothing else. This person or group is neither "
		"as the plan left it nor as it was before: somebody changed it since, so taking it "
		"back could undo their work too. Or the customer file has it, or a member of it, under "
		"`except` by now. It is left alone. Look at it, and change it by hand if it should go "
		"back as well."},
	{SS242,
	 "The plan gave these people a usage location, since Graph gives no licence without one. "
	 "Graph does not take a usage location back, so the undo leaves it. It does no harm; change it "
	 "in the admin centre if it is wrong."},
	{SS243, "A product key works once. What it brought stays in the tenant until its term ends, also "
		"after the people have gone back to their old licences. Where the programme takes seats "
		"back for some days, ask the distributor."},
	{SS244, "Before the plan that is undone these people held neither its old nor its new licence, so "
		"undoing it leaves them without either. They lose what the plan gave them. Apply "
		"it only if that is meant."},
	{SS227,
	 "Groups among the members of a listed group are left out, as the file says (`nested: ignore`): "
	 "Microsoft's licensing by group reaches first-level members only, and nobody in those groups is "
	 "moved. Look through them before the Advisor subscription is cancelled."},
	{SS228,
	 "The tenant counts more holders of the Advisor SKU than can be read, and the file accepts so "
	 "many (`accept.unread_holders`). They are not moved, and lose what they have when the "
	 "subscription is cancelled: deleted users who still hold a seat, for one. Be sure who they are."},
	{SS229,
	 "These seats are of a subscription whose term ends soon. The file says under `accept.renewing` "
	 "that it renews, monthly for one, so they meet the need. Graph does not show whether recurring "
	 "billing is on: when it is off, people lose service at the end of the term."},
	{SS230, "A name under `protected` in seatshift.yaml has a domain of this tenant, and nobody "
		"there has that name or that mail address. It protects nobody: it may be misspelt, or "
		"the account may be gone or renamed. Correct it, or take it out."},
	{SS236, "A group hands out the Advisor SKU, and nobody has it through the group: the group is "
		"empty, or its members were refused it. Nobody loses anything, but the group goes on: "
		"whoever joins it after the subscription is retired gets a licence without service. "
		"List the group, so that it hands out the new SKU instead (that takes no seat now), "
		"or take the licence from it in the admin centre."},
	{SS237, "A listed group has members that are not people: devices, contacts or service "
		"principals. They are not counted and get no licence. A contact stands for somebody "
		"outside the tenant; a person who is to move needs a user account in it."},
	{SS238,
	 "The subscription that is taken for the order has another number of seats than the order. The plan "
	 "counts "
	 "those that are there. More may be two purchases in one; fewer, another key. Compare with the "
	 "distributor's paper before people are moved, and correct `seats` if the file is wrong."},
	{SS301, "No user with this user principal name exists in the tenant. Nothing is done for a "
		"subset of the users instead: a typing mistake would leave somebody without service. "
		"Correct the name (the nearest that exist are suggested), or take the entry out."},
	{SS302, "The user was deleted and lies in the tenant's recycle bin. A licence cannot be "
		"assigned there. Restore the user in the admin centre, or take the entry out."},
	{SS303, "The tenant has no subscription, past or present, of this SKU. Either the part number "
		"is another (those that the tenant has are named), or this is the wrong tenant. For "
		"the Open SKU it is normal before redeeming, and then only its name must be right."},
	{SS304, "There are not as many seats as users who are to hold the SKU. The message shows the "
		"arithmetic: needed, there, on order, short by. Seats of a trial, of a subscription that "
		"ends before the retirement or within 30 days of it, or that is no longer in good "
		"standing are named apart: whoever rests on them would lose service. Order more seats, "
		"correct `seats`, or list fewer users. Where the term is only one month and renews, say so "
		"under `accept: {renewing: [ID]}`."},
	{SS305, "Microsoft does not assign a licence to a user without a usage location, and none is "
		"given by the entry, the CSV file or `defaults.usage_location`. Add one: the "
		"two-letter code of the country where the user works, since it decides which services may "
		"be used there."},
	{SS306, "Somebody who is not listed holds the Advisor SKU. Retiring the subscription would "
		"take that person's service, so with `unlisted: refuse` there is no plan. List the "
		"person, or write `unlisted: keep` or `unlisted: remove` if that is what the customer "
		"wants. From an account under `except` nothing is taken, with `unlisted: remove` either."},
	{SS307, "The Advisor subscription named in the file, or any with the SKU named, is not in the "
		"tenant. It may have been retired already, or the file is of another tenant. Compare "
		"tenant and subscription id with what `seatshift discover` finds."},
	{SS308, "More than one live subscription has this SKU, and retiring the wrong one would cut "
		"off users who paid. Name the one that is meant in `advisor.subscription`; the "
		"candidates are listed with their seats and dates."},
	{SS309, "The subscription named has another SKU than `advisor.sku`. One of the two is wrong, "
		"and the call to billing would cancel the wrong thing. Correct the id or the SKU."},
	{SS310, "The user has the Advisor licence through a group, not directly. It can only be moved "
		"for the whole group, and not all of its members are to move. List all members, take "
		"the user out of the group, or move the group."},
	{SS311, "A service plan of the new SKU cannot be held together with one that the user has "
		"through another SKU; Microsoft refuses such an assignment. Switch one of them off "
		"with `disable`, or remove the other licence first."},
	{SS312, "A service plan that stays needs another one that the user would no longer have; "
		"Microsoft refuses such an assignment. Switch the dependent plan off with `disable`, "
		"or keep the one that it needs."},
	{SS313, "The user has a mailbox now and would have no mailbox plan afterwards. A mailbox "
		"without a licence is deleted after 30 days. Choose a SKU with Exchange, do not "
		"switch it off, or, when the person has agreed to lose the mailbox, write "
		"`lose_mailbox: true` on the entry."},
	{SS314, "Advisor and Open are the same SKU, so their seats are pooled and no user is touched. "
		"But the new seats alone are fewer than the users who hold the SKU: when the Advisor "
		"subscription goes, somebody loses service. Order more seats, or reduce the holders "
		"first."},
	{SS315, "With `order_of_work: cancel-first` the Advisor subscription goes before every user "
		"has an Open seat, and this user would be without a licence in between. Use "
		"`assign-first` (the default), which costs some days of both subscriptions at most."},
	{SS316, "The plan changes or takes more than a limit allows. Limits guard against a wrong "
		"file or a wrong tenant. Look at the users in question; if the number is right, have "
		"the limit changed in review."},
	{SS317, "The account is listed under `protected` in seatshift.yaml: no plan may touch it, "
		"whatever else the files ask for. Emergency accounts are kept that way. Put it under "
		"`except` in this customer's move, or have the policy changed."},
	{SS318, "There is nobody to move: the list is empty, or everybody in it is under `except`. An "
		"empty list is never read as `remove everybody`. Name at least one user."},
	{SS319, "No group of this id or exact display name is in the tenant, or more than one has the "
		"name. Give the group's id."},
	{SS320, "The file does not say that the customer has agreed to the move, and why. The "
		"customer's bill and contract change, so there is no plan without `agreement`: "
		"reason, agreed_by and agreed_on. Add it when the customer has said yes."},
	{SS321, "The plan was simulated on the live facts step by step, and after some step one of "
		"the promises would not hold: a user without service, more licences than seats, "
		"conflicting services, something outside the plan changed, or the Advisor "
		"subscription gone too early. The message names step, user and promise. No plan is "
		"made; if file and tenant look right, it is a mistake in seatshift and worth "
		"reporting."},
	{SS322, "`disable` names a service plan that the SKU does not have. A mistyped name would "
		"leave a service on that should be off. Take one of the names suggested, or the "
		"plan's GUID."},
	{SS323, "The same user is named more than once, with different usage locations or services. "
		"Which of them holds would depend on the order of lines. Make the entries agree or "
		"keep one."},
	{SS324, "Microsoft Graph reports a status for this subscription that seatshift does not know. "
		"Whether it is still billed is not known, so no plan is made. Look at it in the "
		"admin centre; a newer seatshift may know the status."},
	{SS325, "This SKU is bought for the company as a whole and cannot be assigned to users. "
		"Choose the SKU that users hold."},
	{SS326, "A user under `canary` is not one whom the plan changes, so the first wave would "
		"prove nothing. Name users of a move that are still to be changed, or take the key "
		"out."},
	{SS329, "What the tenant says of itself is not what the customer file says: its id, its "
		"verified domains or its name differ, or it is the partner's own tenant. Nothing was "
		"planned and nothing more was asked of it. Compare tenant.id, tenant.domain and "
		"tenant.name with the admin centre, and check with whose credentials seatshift signs "
		"in."},
	{SS330, "Something that the plan depends on was not read: the holders of a SKU, the members "
		"of a group, a user, or the relation with the partner. What was not read is never "
		"taken to be absent, so there is no plan. Plan again; if it happens again, look with "
		"`seatshift doctor` for a missing permission."},
	{SS331, "A user under `canary` gets the new licence through a group. A group's licence changes "
		"for all its members at once, so those who are not canaries would not wait until the "
		"canary is verified. Name every member of the group under `canary` (the group is then "
		"the first wave), name somebody who has the licence directly, or take the user out of "
		"the group first."},
	{SS333, "`disable` names a service plan that applies to the company as a whole (Graph says so in "
		"`appliesTo`). It comes with the SKU and cannot be switched off for one user: the service "
		"would keep it on. Take it out of `disable`."},
	{SS334,
	 "More than one SKU has this part number (Microsoft's part numbers are not unique; ids are). "
	 "Taking one of them could license people for another product. Write the id of the one that is "
	 "meant; `seatshift skus CUSTOMER` lists both with their names."},
	{SS335,
	 "A listed group has other groups among its members. Microsoft's licensing by group does not "
	 "reach into those, so their people would be left out without a word. List those groups as well, "
	 "or write `nested: ignore` on the entry when they are not to move."},
	{SS336,
	 "Microsoft 365 is handing a group's licences to its members, or taking them away, one by one. What "
	 "the members hold is still changing, so nothing is concluded from it. It takes minutes as a rule, "
	 "and may take hours for a large group. Wait, and plan again; a plan that is under way is resumed "
	 "by `seatshift apply`, which waits for the group by itself."},
	{SS337, "A name under `protected` in seatshift.yaml is the mail address of somebody whose user "
		"principal name is "
		"another. Accounts are protected by their user principal name alone, so this one would not "
		"be. Write the user "
		"principal name that the message names; addresses can be given to somebody else."},
	{SS338,
	 "With `programme: grant` people move to seats with fewer services, which is the point of it, "
	 "so "
	 "what goes has to be accepted by name. These services would go and the file does not accept "
	 "them. "
	 "Look with the customer who uses them; then write each under `accept: {lost_services: [NAME]}`, "
	 "or take a SKU that has it."},
	{SS342, "Somebody has the Open SKU already, so the plan would give nothing and only take the Advisor "
		"licence. But Graph reports that the licence that would be left does not work, and mail "
		"would go with the one that does. Open the person in the admin centre and correct the "
		"error that is shown there, then plan again."},
	{SS341, "The plan that is to be undone had a subscription retired, and it cannot be reactivated any "
		"more: a cancelled subscription can be brought back for 90 days, one whose term ended for "
		"30 days more, and then it is deleted with its data. The people stay where they are. "
		"A new purchase of the old SKU and a customer file that moves people to it is a "
		"new decision, with a plan of its own."},
};

const char *diag_explanation(enum diag_code code)
{
	for (size_t i = 0; i < ARRAY_LEN(explanations); i++)
		if (explanations[i].code == code)
			return explanations[i].text;
	return NULL;
}
