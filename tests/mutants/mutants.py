#!/usr/bin/env python3
"""Each check switched off in turn makes a test fail: mutants.py [--sample N [--seed S]] [NAME...]

A mutant is one place of one source file, replaced. Only that file is compiled again, and its object is put
before the libraries when the program is linked, so that it stands in for the real one. The tests named must
fail with it; they pass without, as their own runs show. A place that is not there exactly once means that
this list is out of date.
"""

import argparse
import datetime
import json
import os
import pathlib
import random
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
E2E = ROOT / 'tests/e2e'

# name, file, what stands there, what is put there, test file and the test that must see it
MUTANTS = [
  ('dependency', 'plans/planning/services.c', 'needs & ~served & asked', 'needs & ~served & asked & 0',
   'service_rules', 'ServiceRules.test_what_a_disabled_plan_carries_is_named_before_the_key_is_spent'),
  ('dispute', 'plans/planning/guard.c', '\twarn_of_disputes(p, &disputes);\n', '',
   'service_rules', 'ServiceRules.test_where_the_pages_disagree_it_warns_and_the_service_decides'),
  ('disputed-is-refused', 'plans/planning/services.c', 'disputed |= (uint64_t)exclusion->disputed << i;',
   'disputed = 0;', 'service_rules', 'ServiceRules.test_where_the_pages_disagree_it_warns_and_the_service_decides'),
  ('every-clash', 'plans/planning/services.c', '*asked &= ~broken;', '*asked = 0;',
   'service_rules', 'ServiceRules.test_an_old_product_is_refused_with_every_pair'),
  ('company-plan', 'plans/planning/resolve_users.c', 'if (!plan->for_users)', 'if (false)',
   'reasons', 'OfTheCompany.test_by_name_by_id_and_for_many'),
  ('company-plan-of-the-catalogue', 'plans/planning/services.c',
   '!catalog_plan_is_for_company(sku->plans[i].name), NULL});', 'true, NULL});',
   'reasons', 'OfTheCompany.test_of_a_sku_that_only_the_key_brings'),
  ('excepted', 'plans/planning/diff.c', 'return str_list_has(&m->excepted, user->id);',
   '(void)m; (void)user; return false;',
   'reasons', 'Reasons.test_an_excepted_holder_and_a_protected_account'),
  ('taken-from-excepted', 'plans/planning/diff.c',
   'excepted && m->move->unlisted == UNLISTED_REMOVE ? UNLISTED_REFUSE : m->move->unlisted', 'm->move->unlisted',
   'reasons', 'Reasons.test_nothing_is_taken_from_whom_it_excepts'),
  ('all-reasons', 'plans/planning/plan.c', '\tdiff_build(p, ret_changes);\n\treturn !p->incomplete;',
   '\tdiff_build(p, ret_changes);\n\treturn !diag_has_errors(p->diags);',
   'reasons', 'Reasons.test_an_excepted_holder_and_a_protected_account'),
  ('names-beside-errors', 'plans/desired/repository.c', '\tfleet_check_names(ret_fleet, &names',
   '\tif (parsed) fleet_check_names(ret_fleet, &names', 'fleet_file', 'FleetFile.test_all_mistakes_at_once'),
  ('dates-beside-errors', 'plans/desired/repository.c', '\t\t\t\ttell_the_rest(recorder, &customer);', '\t\t\t\t;',
   'values', 'OneRun.test_fields_and_what_is_judged_of_them'),
  ('listed-and-excepted', 'plans/desired/desired.c', '\tcheck_exceptions(reader, move);\n', '',
   'reasons', 'Reasons.test_listed_and_excepted'),
  ('relation-over', 'plans/planning/warnings.c', 'strncmp(partner->gdap_end, p->desired->agreed_on, 10) < 0',
   'false', 'reasons', 'RelationThatIsOver.test_of_a_day_before_the_agreement_whatever_its_status_says'),
  ('counted-once', 'plans/faces/render_effects.c',
   'keep_license(e, &h, &touches->action->add.items[i]);',
   'if (touches->action->user_id) keep_license(e, &h, &touches->action->add.items[i]);',
   'reasons', 'ServicesOfAPerson.test_held_directly_and_through_a_group'),
  ('country', 'plans/desired/common_fields.c', 'if (country_find(code))', 'if (*code)',
   'values', 'Values.test_a_country_that_is_none'),
  ('separator', 'plans/desired/users_csv.c', 'csv->separator = separator_of(csv);', "csv->separator = ',';",
   'values', 'Values.test_semicolons_tabs_and_what_a_spreadsheet_adds'),
  ('empty-rows', 'plans/desired/users_csv.c', 'if (*cells->items[i].text)',
   'if (*cells->items[i].text || cells->count > 1)', 'values', 'Values.test_emptied_rows_are_skipped'),
  ('invisible', 'plans/desired/common_fields.c', '\tif (hidden)\n', '\tif (hidden && !*upn)\n',
   'values', 'Values.test_what_nobody_sees_is_shown'),
  ('date-to-come', 'plans/desired/dates.c', 'else if (day - 1 > today)', 'else if (day - 999 > today)',
   'values', 'Values.test_dates'),
  ('contradicted-row', 'core/tenant.c', '!live_disputed_seats(live, subscription->sku_id)', 'live', 'gate',
   'Gate.test_a_row_that_the_seats_contradict'),
  ('contradicted-row-in-a-plan', 'plans/planning/resolve.c', 'if (disputed > 0)', 'if (false)', 'gate',
   'Gate.test_a_row_that_the_seats_contradict'),
  ('contradiction-asked-again', 'plans/run/apply_hand.c', 'i < 2 && probe == PROBE_UNSURE', 'i < 1 && probe == PROBE_UNSURE',
   'gate', 'Gate.test_a_list_that_is_behind_for_a_moment'),
  ('reactivated-seats', 'providers/manual/reactivate.c', 'return sku && sku->enabled', 'return true || sku->enabled', 'undo',
   'Retired.test_a_row_that_the_seats_contradict'),
  ('linked-folder', 'core/file.c', '\tint fd = open_within(dir, path, O_DIRECTORY, tmp);',
   '\tint fd = open(path_join(tmp, dir, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);', 'places', 'Read.test_whole_folders_elsewhere'),
  ('snapshot-of-another-tenant', 'plans/saved/plan_folder.c', 'if (str_eq_fold(id, folder->plan.tenant_id))', 'if (true)',
   'places', 'Read.test_a_snapshot_of_another_tenant'),
  ('results-among-records', 'cmd/session/given_file.c', 'if (!is_for_records(', 'if (true || is_for_records(', 'places',
   'Places.test_no_folder_of_results_among_the_records'),
  ('key-in-a-pipeline', 'cmd/session/key_source.c', ' || app_in_pipeline(app))', ')', 'hand_steps',
   'KeyAtHand.test_in_a_pipeline_nothing_is_said'),
  ('other-secret', 'core/kept_text.c', 'if (!text || ', 'if (true || ', 'product_keys',
   'OtherSecrets.test_what_people_say_and_are_called'),
  ('other-secret-in-a-line', 'plans/desired/kept_secrets.c', 'if (!credential_find(line, ', 'if (true || !credential_find(line, ',
   'product_keys', 'OtherSecrets.test_other_files_and_over_lines'),
  ('other-secret-in-a-text', 'plans/desired/kept_secrets.c', 'return credential_find(text, ', 'return false && credential_find(text, ',
   'product_keys', 'OtherSecrets.test_other_files_and_over_lines'),
  ('secret-in-fleet', 'plans/desired/fleet_file.c', '\trefuse_kept_secrets(&reader, first, text, len, root);\n', '', 'product_keys',
   'OtherSecrets.test_other_files_and_over_lines'),
  ('secret-at-hand', 'cmd/session/session.c', 'if (!app_refuse_secret(app, source->text, err))', 'if (false)', 'product_keys',
   'OtherSecrets.test_what_this_environment_signs_in_with'),
  ('named-by-what-it-held', 'plans/git/store_names.c', 'if (!name && has_held(', 'if (false && has_held(', 'trust_git',
   'Authors.test_who_wrote_it_under_another_name'),
  ('who-changed-an-input', 'plans/git/store_names.c', 'name->changed == parents', 'name->changed > parents', 'trust_git',
   'Authors.test_every_input'),
  ('retired-before', 'plans/desired/dates.c', 'if (day < since)', 'if (false)', 'values', 'Values.test_dates'),
  ('yaml-help', 'core/doc_help.c', 'return help_for_key(out, m->begun);', 'return NULL;',
   'values', 'Yaml.test_help_lines'),
  ('nested', 'plans/planning/resolve_users.c', '\tcheck_nested(g, entry, group);\n', '',
   'lookups', 'Groups.test_a_group_in_a_group_is_named_and_refused'),
  ('part-number', 'plans/planning/resolve.c', 'if (ids.count < 2)', 'if (ids.count < 9)',
   'lookups', 'Skus.test_two_skus_of_one_part_number'),
  ('product-name', 'plans/planning/resolve.c', '\tif (product)\n', '\tif (false)\n',
   'lookups', 'Skus.test_a_products_name'),
  ('address', 'providers/graph/read/suggest.c', '\task_for_addresses(conn, &s);\n', '',
   'lookups', 'Addresses.test_mail_and_proxy_addresses'),
  ('asked-again', 'providers/graph/read/read.c', '(!r->live->absent_users.count || r->names_again)', 'true',
   'lookups', 'Replicas.test_asked_again'),
  ('listed-is-there', 'plans/planning/resolve_users.c', 'if (str_list_has_fold(&p->live->known_upns, upn))',
   'if (false)', 'lookups', 'Replicas.test_what_the_tenant_lists_is_not_absent'),
  ('renewing', 'plans/planning/lasting.c', ' || is_renewing(p, s))', ')',
   'accept', 'Renewing.test_as_the_file_says_it_renews'),
  ('trial', 'plans/planning/lasting.c', 'if (s->is_trial)', 'if (false)',
   'accept', 'Renewing.test_a_trial_meets_no_need'),
  ('ends-soon', 'plans/planning/lasting.c', 'end_of(s) <= day + DAYS_AFTER_RETIREMENT', 'false',
   'accept', 'Renewing.test_as_it_looks_it_does_not_count'),
  ('no-more-than-accepted', 'providers/graph/read/read_holders.c', 'unread > accepted', 'unread > accepted + 9',
   'accept', 'UnreadHolders.test_more_than_was_accepted'),
  ('unread-is-told', 'plans/planning/resolve.c', '\tif (unread)\n', '\tif (false)\n',
   'accept', 'UnreadHolders.test_accepted_it_is_a_warning_and_goes_to_its_end'),
  ('review-of-all', 'plans/approvals/authors.c', '!step->is_merge && !find_covered(g, steps, own, &reviewed.hide, err)',
   'false', 'trust_git', 'Authors.test_no_file_begins_a_review'),
  ('covered-as-it-came', 'plans/approvals/authors.c', 'approved_match(&then, earlier, g->out, &desired, &other);',
   '(approved_match(&then, earlier, g->out, &desired, &other) || true);',
   'trust_git', 'Authors.test_what_others_approved_is_seen'),
  ('committer', 'plans/approvals/authors.c', 'if (!same && !is_server(entry->committer_email))', 'if (false)',
   'trust_git', 'Authors.test_who_committed_it'),
  ('server-is-nobody', 'plans/approvals/authors.c', 'if (!same && !is_server(entry->committer_email))', 'if (!same)',
   'trust_git', 'Authors.test_a_server_is_under_no_pattern'),
  ('undone-ever', 'cmd/session/approval_check.c', 'return !ever.id ||', 'return true ||',
   'undo', 'Whole.test_an_undo_that_a_commit_removed'),
  ('approved-before-an-undo', 'plans/approvals/approvals.c', 'else if (is_from_before(j, approval))',
   'else if (false && is_from_before(j, approval))', 'undo', 'Approved.test_an_approval_from_before_the_undo'),
  ('carried-further', 'plans/saved/undone_by.c', 'return look_at_undone(dir, folder, out, ret, err);',
   'return look_at_undone(dir, folder, out, &(struct meanwhile){0}, err);',
   'undo', 'Small.test_the_plan_was_carried_further_since'),
  ('unlisted-seats', 'plans/undo/turned_moves.c', '|| unlisted <= 0)', '|| true)',
   'undo', 'Retired.test_a_list_that_lacks_it'),
  ('undone-mark', 'cmd/cmd_apply.c', '!a->folder.plan.undoes || undone_mark_write(', 'true || undone_mark_write(',
   'undo', 'Whole.test_an_undo_that_was_lost'),
  ('shallow', 'plans/approvals/approved.c', 'return versions.complete || !approved->required || refuse_shallow(&r, err);',
   'return true || refuse_shallow(&r, err);',
   'trust', 'Journals.test_a_clone_that_lacks_the_history'),
  ('journal-first', 'plans/approvals/approvals.c', '\tif (tells_of_a_run(&entries))', '\tif (false && tells_of_a_run(&entries))',
   'record', 'Approving.test_a_journal_that_came_with_the_plan'),
  ('journals-word', 'plans/run/apply.c', 'if (!run_check_record(&run, err))', 'if (false && !run_check_record(&run, err))',
   'record', 'Forged.test_a_canary_that_was_not_moved'),
  ('rehearsed-here', 'cmd/session/approval_check.c', '\tif (!approved.required)\n\t\treturn rehearsed_read(',
   '\tif (true)\n\t\treturn rehearsed_read(', 'rehearse', 'Rehearse.test_it_is_read_where_the_plan_is_approved'),
  ('rehearsed-there', 'cmd/session/approval_check.c', ' || approved.policy.rehearsal_required;', ';',
   'rehearse', 'Rehearse.test_the_branchs_policy_asks_for_it'),
  ('rehearsed-again', 'cmd/session/rehearsal_gate.c', ': repeat(app, session, folder, err);', ': repeat ? true : true;',
   'rehearse', 'Rehearse.test_a_policy_may_ask_for_it'),
  ('follows-begun', 'plans/saved/follows.c', 'named.entries.count > 0 || refuse(folder, "which was not begun", err)', 'true',
   'undo', 'Pair.test_what_a_plan_follows_is_proved'),
  ('fleet-of-the-branch', 'cmd/fleet/fleet_gate.c', '!fleet_match_approved(app, &folder, err) ||', '',
   'fleet_approvals', 'FleetApprovals.test_the_fleet_is_the_one_on_the_approved_branch'),
  ('undone-member', 'plans/fleet/member.c', '\tif (!by.id)\n\t\treturn true;', '\treturn true;',
   'fleet_approvals', 'FleetApprovals.test_a_member_that_was_undone'),
  ('stands-twice', 'core/json.c', 'const cJSON *twice = find_twice(root);', 'const cJSON *twice = NULL; (void)find_twice;',
   'rehearse', 'Rehearse.test_a_report_that_does_not_count'),
  # A run: groups are their members.
  ('members-are-asked', 'plans/saved/served.c',
   'return !progress->is_gone && progress->is_processed && !progress->unserved.count;',
   'return !progress->is_gone && progress->is_processed;',
   'groups_refused', 'Refused.test_a_member_whom_something_else_excludes'),
  ('still-processed', 'plans/saved/served.c', 'progress.is_processed = group_is_processed(group);',
   'progress.is_processed = true;', 'groups', 'Members.test_a_group_that_is_still_processed'),
  ('in-error-is-without', 'plans/saved/served.c', '\tif (state->error)\n\t\treturn arena_printf(out, "%s is not active: %s"',
   '\tif (false)\n\t\treturn arena_printf(out, "%s is not active: %s"',
   'groups_refused', 'Refused.test_a_member_whom_something_else_excludes'),
  ('group-of-the-seats', 'plans/run/apply.c', '*ret_difference = find_group_problem(run, &seen, tmp);',
   '*ret_difference = NULL;', 'groups', 'Members.test_a_protected_member'),
  ('rest-before-the-write', 'plans/run/apply.c', '|| !run_check_removals(run, batch, err))', ')',
   'neighbours', 'HasBoth.test_it_is_gone_before_the_old_one_is_taken'),
  ('rest-at-the-gate', 'plans/run/apply_groups.c', 'unserved = without_rest(run, action, live, tmp);',
   '(void)without_rest;', 'neighbours', 'HasBoth.test_it_is_gone_before_the_card'),
  ('rest-of-any-source', 'plans/saved/served.c', 'if (!why && !license_find(&user->licenses, sku_id))', 'if (false)',
   'neighbours', 'HasBoth.test_it_came_through_a_group'),
  ('rest-that-works', 'plans/planning/diff.c', '\t\tcheck_rest(d->p, m, wish);\n', '\t\t(void)check_rest;\n',
   'neighbours', 'HasBoth.test_it_does_not_work'),
  ('cancelled-already', 'plans/planning/warnings.c', '\t\t\twarn_of_cancelled(p, m);\n', '\t\t\t(void)warn_of_cancelled;\n',
   'neighbours', 'Seats.test_cancelled_before_there_was_a_plan'),
  ('excepted-canary', 'plans/planning/diff.c', 'const bool excepted = is_excepted_by_any(p, upn);',
   'const bool excepted = false; (void)is_excepted_by_any;',
   'neighbours', 'Files.test_a_canary_that_is_excepted'),
  ('services-before-the-card', 'plans/run/apply_hand.c', '\treturn run_check_services(run, live, &ret->text, err);',
   '\treturn true;', 'services', 'Mailbox.test_one_that_does_not_come_in_time'),
  ('services-at-the-end', 'plans/run/apply_hand.c', 'if (!unserved && !run_check_services(',
   'if (false && !run_check_services(', 'services', 'Mailbox.test_after_the_subscription_is_gone'),
  ('an-error-twice', 'plans/run/apply_services.c', 'const bool settled = error && w->was_error;',
   'const bool settled = error;', 'services', 'Mailbox.test_one_error_that_is_gone_a_moment_later'),
  ('details-decide', 'plans/run/apply_gaps.c', 'set_up_of_details(asked, live, &details, tmp, ret);', '*ret = *asked;',
   'services', 'Others.test_a_part_of_exchange_that_holds_no_mail'),
  ('all-are-asked', 'plans/run/apply_gaps.c', 'at < ordered.count && !ret->count', 'at < DETAILED_AT_ONCE && !ret->count',
   'services', 'Others.test_many_whose_mail_works'),
  ('mail-not-shown', 'plans/saved/set_up.c', 'working && working >= count_mail_plans(l, user) ? NULL : "not shown"', 'NULL',
   'services', 'Others.test_a_list_that_does_not_show_services'),
  ('mail-rows', 'plans/saved/set_up.c', 'working && working >= count_mail_plans(l, user)', 'working',
   'services', 'Others.test_a_row_of_another_plan_is_no_mailbox'),
  ('removal-mailbox', 'plans/run/apply_removals.c', 'missing ? NULL : trouble_of(&gaps, action, tmp)', 'NULL',
   'services', 'Others.test_what_works_is_kept_until_the_new_one_does'),
  ('mail-alone', 'plans/saved/set_up.c', '(is_mail && !str_eq(status, "Success"))', '!str_eq(status, "Success")',
   'services', 'Others.test_a_part_of_exchange_that_holds_no_mail'),
  ('mail-switched-off', 'plans/saved/set_up.c', '} else if (sku_cache_has_mailbox(&l->skus, &gap.given)) {', '} else {',
   'services', 'Others.test_mail_that_is_switched_off_is_not_waited_for'),
  ('protected-member', 'plans/run/apply_groups_check.c',
   'const char *why = user ? run_protection_of(run, action, user->upn) : NULL;',
   'const char *why = NULL;', 'groups', 'Members.test_a_protected_member_of_a_group_that_was_announced'),
  ('reopened', 'plans/run/apply_groups.c', '\t\tif (!is_to_reopen(run, action, live, tmp))\n', '\t\tif (true)\n',
   'groups', 'Members.test_a_seat_that_is_taken_back_while_a_person_is_awaited'),
  ('tried-again', 'plans/run/apply_reprocess.c', 'if (!refused->may_ask || !refused->ids.count)', 'if (true)',
   'groups', 'Members.test_a_seat_that_is_taken_back_while_a_person_is_awaited'),
  ('tried-without-a-seat', 'plans/run/apply_reprocess.c', 'return seats->left > 0 && seats->left-- > 0;', 'return true;',
   'groups_refused', 'Refused.test_a_member_without_a_seat_is_not_verified'),
  ('looked-at-when-settled', 'plans/run/apply_groups.c', 'return left_ms < w->pause_ms ? left_ms : w->pause_ms;',
   'return w->pause_ms;', 'groups_refused', 'Refused.test_a_member_whom_something_else_excludes'),
  ('tried-with-permission', 'plans/run/apply_reprocess.c', 'provider->ops->may_reprocess(provider);', 'true;',
   'groups_refused', 'Refused.test_trying_again_takes_a_permission'),
  ('tried-elsewhere', 'plans/run/apply_reprocess.c', 'if (user->states.items[i].error && user->states.items[i].group_id &&',
   'if (false &&', 'groups_refused', 'Refused.test_refused_through_another_group_as_well'),
  ('person-by-person', 'plans/faces/render_model.c', 'if (!result || !result->group)', 'if (true)',
   'groups', 'Members.test_a_member_who_left'),
  ('planned-in-processing', 'plans/planning/resolve_users.c', '\t(void)planning_awaits_group(p, entry->place, group);\n',
   '', 'groups', 'Members.test_a_listed_group_that_somebody_else_changed'),
  # A run: what the plan took for granted, and whom it meets.
  ('seats-of-the-people', 'plans/run/apply.c', '*ret_difference = find_seats_problem(run, &seen, tmp);',
   '*ret_difference = NULL;', 'basis', 'Basis.test_seats_taken_since_the_plan'),
  ('assumed-services', 'plans/run/apply_basis.c', 'if (!more.count && !missing.count)', 'if (true)',
   'basis', 'Basis.test_the_sku_has_fewer_services'),
  ('found-subscription', 'plans/run/apply_basis.c',
   'const char *problem = found ? subscription_problem(run, found, live, out) : NULL;',
   'const char *problem = NULL; (void)found; (void)subscription_problem;',
   'basis', 'Basis.test_the_subscription_found_is_still_the_one'),
  ('id-of-the-answer', 'providers/graph/write/change.c', 'return str_eq_fold(asked, answered) ||', 'return true ||',
   'answers', 'Answers.test_another_person_at_the_look_before_the_write'),
  ('id-of-what-was-read', 'providers/graph/read/reader.c', 'if (str_eq_fold(asked, answered))', 'if (true)',
   'answers', 'Answers.test_another_person_for_an_id'),
  ('one-404', 'providers/graph/write/execute_batches.c',
   'if (!gone || item->sent != SENT_NEVER || item->gone_looks >= GONE_LOOKS)', 'if (true)',
   'answers', 'Answers.test_one_404_at_the_first_look'),
  ('renamed', 'plans/run/apply.c', 'const char *problem = action_renamed(action, user, tmp);',
   'const char *problem = NULL;', 'first_look', 'FirstLook.test_renamed'),
  ('renamed-meanwhile', 'providers/graph/write/change.c',
   'const char *renamed = answer ? action_renamed(action, &user, out) : NULL;', 'const char *renamed = NULL;',
   'first_look', 'FirstLook.test_renamed_meanwhile'),
  ('group-renamed', 'core/action.c', 'if (!action->group_name || str_eq(action->group_name, group->display_name))',
   'if (true)', 'groups', 'Members.test_a_group_that_is_called_otherwise_now'),
  ('kept', 'providers/graph/write/execute_decide.c', 'if (!is_kept(x, item, kept))', 'if (true)',
   'kept', 'Kept.test_one_more_service_is_off'),
  ('kept-and-lost', 'plans/run/apply_kept.c', 'if (had && !stays)', 'if (false)',
   'kept', 'Kept.test_a_service_that_somebody_had'),
  ('refused-in-words', 'providers/graph/write/refusal.c', '\tif (reply->outcome == GRAPH_REFUSED || reply->status == 409)\n',
   '\tif (false)\n', 'refusals', 'Refusals.test_each_known_cause'),
  ('names-for-ids', 'providers/graph/write/refusal.c', 'const char *name = id ? name_of(action, id) : NULL;',
   'const char *name = NULL;', 'refusals', 'Refusals.test_an_unknown_cause_keeps_the_words'),
  ('which-location', 'providers/graph/write/refusal.c', 'where && country_find(where) ? where : NULL', 'where',
   'refusals', "Refusals.test_a_location_that_is_no_countrys"),
  ('expired-links', 'providers/graph/wire/paging.c', '\t\t\tfail_expired(listing, reply);\n', '\t\t\tfinish(listing, reply);\n',
   'complete_read', 'CompleteRead.test_a_page_token_that_always_expires'),
  ('no-people', 'plans/planning/resolve_users.c', '\t\tresolve_tell_of_others(p, group);\n', '',
   'group_kinds', 'NoPeople.test_devices_and_the_like_are_named_and_not_counted'),
  ('rule-decides', 'plans/planning/planning.c', '\tif (group_is_dynamic(group))\n\t\treturn arena_printf(p->out,\n',
   '\tif (false)\n\t\treturn arena_printf(p->out,\n', 'group_kinds', 'ByRule.test_the_plan_says_that_a_rule_decides'),
  ('nobody-in-it', 'plans/planning/diff_groups.c', '\t\t\ttell_of_unserving(p, m, group);\n', '\t\t\t(void)tell_of_unserving;\n',
   'group_kinds', 'Nobody.test_it_is_named_and_left'),
  ('nobody-is-moved', 'plans/planning/diff_groups.c', 'return !group->member_ids.count && listed_find(m, group);', 'return false;',
   'group_kinds', 'Nobody.test_listed_it_is_moved_and_comes_back'),
  ('by-the-service', 'plans/fleet/member.c', 'member->by_service = group && !member->step;', 'member->by_service = false;',
   'fleet', 'ByTheService.test_a_group_that_is_processed'),
  ('more-than-planned', 'providers/manual/arrived.c', 'return more > 0 ? arena_printf(', 'return more > 9999 ? arena_printf(',
   'redeem', 'Outcomes.test_more_seats'),
  # The gate, and the look after it.
  ('gate-asks-the-groups', 'plans/run/apply_hand.c', 'return holders ? holders : name_groups(run, live, action);',
   'return holders; (void)name_groups;', 'group_kinds', 'Nobody.test_a_group_that_hands_it_out_since'),
  ('gate-asks-the-people', 'plans/run/apply_hand.c', 'ret->text = unserved ? arena_strdup(run->out, unserved) : find_losers(run, action, live);',
   'ret->text = find_losers(run, action, live);', 'gate', 'Gate.test_somebody_who_lost_the_new_one'),
  ('gate-asks-the-holders', 'plans/run/apply_hand.c', 'return accepts_holders(run, action) ? NULL : name_dependents(run, live, action);',
   'return NULL; (void)name_dependents;', 'gate', 'Gate.test_somebody_who_holds_the_sku_since'),
  ('two-reads', 'plans/run/apply_hand.c',
   '*ret_seen = manual_probe(action, context, &again, tmp, &second) == PROBE_SEEN;', '*ret_seen = true;',
   'gate', 'Gate.test_two_reads_that_do_not_agree'),
  ('end-asks-the-people', 'plans/run/apply_hand.c', '\tif (unserved)\n\t\treturn run_ended(run, action, OUTCOME_FAILED,',
   '\tif (false)\n\t\treturn run_ended(run, action, OUTCOME_FAILED,',
   'gate', 'Gate.test_cancelled_while_somebody_is_without'),
  # The imitated service has rules of its own.
  ('twins-dependency', 'providers/twin/service_rules.c', '\t{PHONE_SYSTEM, {SKYPE_STANDARD, SKYPE_MIDSIZE, TEAMS}},\n', '',
   'twin', 'Licensing.test_refusals'),
  ('twins-all-or-nothing', 'providers/twin/group_licensing.c', '\tgive_all_or_nothing(&kept, others);\n',
   '\t(void)others; (void)give_all_or_nothing;\n',
   'twin', 'Licensing.test_a_group_gives_a_member_all_of_its_licenses_or_none'),
  ('twins-seats', 'providers/twin/group_licensing.c', 'license_free_seats(twin, tenant, added->sku) < 1)', 'false)',
   'twin', 'Licensing.test_a_group_gives_a_member_all_of_its_licenses_or_none'),
  ('twins-company-plan', 'providers/twin/licensing.c', 'if (!plan->for_company)', 'if (true)',
   'twin_service', 'Licences.test_a_plan_of_the_company_stays_on'),
  ('twins-gaps', 'providers/twin/graph_gaps.c', 'if (path.count && is_real(path.items[0], tmp))', 'if (false && is_real("", tmp))',
   'twin', 'Reading.test_what_is_not_imitated_is_refused'),
  # Names and values.
  ('groups-address', 'plans/planning/resolve_users.c', 'const struct group_mail *group = resolve_find_group_mail(p, upn);',
   'const struct group_mail *group = NULL;', 'lookups', 'Groups.test_a_mail_address'),
  ('services-name', 'plans/planning/resolve_users.c', 'if (!str_eq_fold(known->shown, name))', 'if (true)',
   'lookups', 'Services.test_a_products_name'),
  ('column-without-a-name', 'plans/desired/users_csv.c', '\t\tif (*cell->text)\n\t\t\tcsv_error(csv, cell->place, "a value',
   '\t\tif (false)\n\t\t\tcsv_error(csv, cell->place, "a value', 'values', 'Values.test_a_value_in_a_column_without_a_name'),
  ('every-blank', 'core/quote.c', '(char_is_hidden(c) || char_is_blank(c))', 'char_is_hidden(c)',
   'values', 'Values.test_what_nobody_sees_is_shown'),
]


class Build:
  """How the build folder makes one object, and the program."""

  def __init__(self, folder):
    self.folder = pathlib.Path(folder).resolve()
    commands = json.loads((self.folder / 'compile_commands.json').read_text())
    self.compile = {(self.folder / row['file']).resolve(): shlex.split(row['command']) for row in commands
                    if '/lib' in f'/{row["output"]}'}
    lines = subprocess.run(['ninja', '-C', str(self.folder), '-t', 'commands', 'cmd/seatshift'], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    self.link = next(shlex.split(line) for line in reversed(lines) if ' -o cmd/seatshift ' in f'{line} ')

  def make(self, source, text, target):
    changed = target.with_suffix('.c')
    changed.write_text(text)
    command = [word for word in self.compile[source] if word != '-Werror']
    at = command.index('-o')
    command[at + 1] = str(target.with_suffix('.o'))
    command[command.index('-c') + 1] = str(changed)
    for word in ('-MQ', '-MF'):
      if word in command:
        command[command.index(word) + 1] = str(target.with_suffix('.d'))
    subprocess.run(command + ['-w'], cwd=self.folder, check=True)
    link = list(self.link)
    link[link.index('-o') + 1] = str(target)
    first = next(i for i, word in enumerate(link) if word.endswith('.a'))
    link.insert(first, str(target.with_suffix('.o')))
    subprocess.run(link, cwd=self.folder, check=True)


def passes(program, file, test):
  env = {**os.environ, 'SEATSHIFT': str(program)}
  result = subprocess.run([sys.executable, str(E2E / f'test_{file}.py'), test], env=env, capture_output=True,
                          text=True, timeout=120)
  if 'Ran 1 test' not in result.stderr:
    raise SystemExit(f'{file}: there is no test {test}:\n{result.stderr}')
  return result.returncode == 0


def outdated(mutant):
  """What is not there any more of what the row names, or None."""
  _, file, there, _, test_file, test = mutant
  path = ROOT / file
  count = path.read_text().count(there) if path.is_file() else 0
  if count != 1:
    return f'{file} has {there!r} {count} times: bring the list up to date'
  path = E2E / f'test_{test_file}.py'
  case, method = test.split('.')
  text = path.read_text() if path.is_file() else ''
  if f'class {case}(' not in text or f'def {method}(' not in text:
    return f'test_{test_file}.py has no {test}: bring the list up to date'
  return None


def survives(build, folder, mutant):
  """Why the mutant lives, or None."""
  name, file, there, put, test_file, test = mutant
  source = ROOT / file
  text = source.read_text()
  target = folder / name
  build.make(source, text.replace(there, put), target)
  return f'{test_file}: {test} passes without it' if passes(target, test_file, test) else None


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--sample', type=int)
  parser.add_argument('--rows', action='store_true', help='only whether each row names what stands there')
  parser.add_argument('--seed', default=datetime.date.today().isoformat())
  parser.add_argument('names', nargs='*')
  options = parser.parse_args()
  old = {mutant[0]: why for mutant in MUTANTS if (why := outdated(mutant))}
  print(*(f'{name}: {why}' for name, why in old.items()), f'{len(MUTANTS)} rows, {len(old)} outdated', sep='\n')
  if old or options.rows or not MUTANTS:
    return 1 if old or not MUTANTS else 0
  chosen = [mutant for mutant in MUTANTS if not options.names or mutant[0] in options.names]
  if options.sample:
    chosen = random.Random(options.seed).sample(chosen, options.sample)
    print(f'seed {options.seed}')
  program = pathlib.Path(os.environ['SEATSHIFT']).resolve()
  build = Build(program.parents[1])
  alive = []
  with tempfile.TemporaryDirectory() as folder:
    for mutant in chosen:
      why = survives(build, pathlib.Path(folder), mutant)
      print(f'{mutant[0]}: {why or "seen"}', flush=True)
      if why:
        alive.append(mutant[0])
  print(f'{len(chosen)} checks switched off, {len(alive)} not seen')
  return 1 if alive or not chosen else 0


if __name__ == '__main__':
  sys.exit(main())
