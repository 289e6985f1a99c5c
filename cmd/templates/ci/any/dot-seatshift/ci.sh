#!/bin/sh
# What the pipelines of this repository run, whatever the CI system. Written by `seatshift init --ci`;
# from then on it is yours.
#
#   sh .seatshift/ci.sh validate   check all files
#   sh .seatshift/ci.sh plan       plan each customer whose files the review changes; comment on it with the result
#   sh .seatshift/ci.sh apply      begin the newest plan of each customer, or resume it
#
# In a review, the copy of the approved branch is run, in the checkout of the review: nothing of the review is run,
# nor any of its files taken for a program.
#
# The exit statuses of seatshift decide. A step for a person (9) ends a job well: no runner waits, the
# next run resumes. No secret is printed, put on a command line or left behind.
#
# Environment, beside what the CI system sets and what seatshift signs in with:
#   SEATSHIFT_IMAGE          the image this runs in: refused unless it is pinned by digest
#   SEATSHIFT_BRANCH         the approved branch; main when not set
#   SEATSHIFT_HEAD           plan: the branch under review. Plans are committed to it; not set: only shown
#   SEATSHIFT_API_TOKEN      plan: may comment on the review. Not set: no comment
#   SEATSHIFT_PUSH_TOKEN     plan: may push to the branch under review, and not to the approved one;
#                            apply: may push journals to the approved branch. Not set: as git is set up
#   SEATSHIFT_APPLY_OPTIONS  apply: more options, such as --yes where approvals.required is 0
set -eu

reports=.seatshift/reports
branch=${SEATSHIFT_BRANCH:-main}
export SEATSHIFT_BRANCH="$branch"
worst=0

# ---- what each CI system is given --------------------------------------------------------------

# One line in which nothing is an order to the CI system.
one_line() { printf '%s' "$1" | tr '\r\n' '  ' | sed -e 's/%/%25/g' -e 's/##/# #/g'; }

tell() { # notice|warning|error TEXT
	if [ -n "${GITHUB_ACTIONS:-}" ]; then
		printf '::%s title=seatshift::%s\n' "$1" "$(one_line "$2")"
	elif [ -n "${TF_BUILD:-}" ] && [ "$1" != notice ]; then
		printf '##vso[task.logissue type=%s]%s\n' "$1" "$(one_line "$2")"
	else
		printf 'seatshift: %s: %s\n' "$1" "$(one_line "$2")"
	fi
}

summary() { # FILE: Markdown for the job's own page
	if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
		cat "$1" >>"$GITHUB_STEP_SUMMARY"
		echo >>"$GITHUB_STEP_SUMMARY"
	elif [ -n "${TF_BUILD:-}" ]; then
		echo "##vso[task.uploadsummary]$PWD/$1"
	fi
}

remember() { # STATUS: the job ends with the first that is not 0
	[ "$worst" -ne 0 ] || worst=$1
}

# request METHOD URL [BODY-FILE]: the token goes in by standard input, never on a command line.
request() {
	case $api in
	gitlab) header="PRIVATE-TOKEN: $SEATSHIFT_API_TOKEN" ;;
	*) header="Authorization: Bearer $SEATSHIFT_API_TOKEN" ;;
	esac
	printf 'header = "%s"\n' "$header" |
		curl --config - --silent --show-error --fail --retry 3 --max-time 60 --request "$1" \
			--header 'Content-Type: application/json' --user-agent seatshift-ci ${3:+--data-binary "@$3"} "$2"
}

# Only a comment of the pipeline's own is written over: anybody may begin theirs with the same marker.
comment_github() { # MARKER BODY-FILE
	comments=${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY/issues
	page=1 found=
	while [ -z "$found" ]; do
		request GET "$comments/$SEATSHIFT_REVIEW/comments?per_page=100&page=$page" >"$reports/comments.json" || return 1
		found=$(jq -r --arg marker "$1" \
			'[.[] | select(.user.type == "Bot" and (.body | startswith($marker))) | .id][0] // empty' "$reports/comments.json")
		[ "$(jq length "$reports/comments.json")" -eq 100 ] || break
		page=$((page + 1))
	done
	jq --raw-input --slurp '{body: .}' "$2" >"$reports/body.json"
	if [ -n "$found" ]; then
		request PATCH "$comments/comments/$found" "$reports/body.json" >/dev/null
	else
		request POST "$comments/$SEATSHIFT_REVIEW/comments" "$reports/body.json" >/dev/null
	fi
}

comment_gitlab() { # MARKER BODY-FILE
	notes=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$SEATSHIFT_REVIEW/notes
	me=$(request GET "$CI_API_V4_URL/user" | jq -e .id) || return 1
	page=1 found=
	while [ -z "$found" ]; do
		request GET "$notes?per_page=100&page=$page" >"$reports/comments.json" || return 1
		found=$(jq -r --arg marker "$1" --argjson me "$me" \
			'[.[] | select(.author.id == $me and (.body | startswith($marker))) | .id][0] // empty' "$reports/comments.json")
		[ "$(jq length "$reports/comments.json")" -eq 100 ] || break
		page=$((page + 1))
	done
	jq --raw-input --slurp '{body: .}' "$2" >"$reports/body.json"
	if [ -n "$found" ]; then
		request PUT "$notes/$found" "$reports/body.json" >/dev/null
	else
		request POST "$notes" "$reports/body.json" >/dev/null
	fi
}

comment_azure() { # MARKER BODY-FILE
	threads=${SYSTEM_COLLECTIONURI%/}/$SYSTEM_TEAMPROJECTID/_apis/git/repositories/$BUILD_REPOSITORY_ID
	threads=$threads/pullRequests/$SEATSHIFT_REVIEW/threads
	request GET "$threads?api-version=7.1" >"$reports/comments.json" || return 1
	# The pipeline's own comments are those of the account that its token stands for.
	me=$(request GET "${SYSTEM_COLLECTIONURI%/}/_apis/connectionData" | jq -er .authenticatedUser.id) || return 1
	found=$(jq -r --arg marker "$1" --arg me "$me" \
		'[.value[] | select(.comments[0].author.id == $me and ((.comments[0].content // "") | startswith($marker))) | .id][0] // empty' \
		"$reports/comments.json")
	if [ -n "$found" ]; then
		jq --raw-input --slurp '{content: .}' "$2" >"$reports/body.json"
		request PATCH "$threads/$found/comments/1?api-version=7.1" "$reports/body.json" >/dev/null
	else
		jq --raw-input --slurp '{comments: [{parentCommentId: 0, commentType: 1, content: .}], status: 1}' "$2" \
			>"$reports/body.json"
		request POST "$threads?api-version=7.1" "$reports/body.json" >/dev/null
	fi
}

comment() { # FILE: its first line is the hidden marker by which it is found again
	api=none
	[ -z "${GITHUB_ACTIONS:-}" ] || api=github
	[ -z "${GITLAB_CI:-}" ] || api=gitlab
	[ -z "${TF_BUILD:-}" ] || [ "${BUILD_REPOSITORY_PROVIDER:-}" != TfsGit ] || api=azure
	if [ "$api" = none ] || [ -z "${SEATSHIFT_REVIEW:-}" ] || [ -z "${SEATSHIFT_API_TOKEN:-}" ]; then
		tell notice "no token to comment with; the result is in the job's reports"
		return 0
	fi
	marker=$(head -n 1 "$1")
	case $api in
	github) comment_github "$marker" "$1" ;;
	gitlab) comment_gitlab "$marker" "$1" ;;
	azure) comment_azure "$marker" "$1" ;;
	esac || tell warning "the comment could not be written"
}

# ---- git ----------------------------------------------------------------------------------------------

# Where the checkout belongs to somebody else, git has to be told that this is meant: in a file of our own, since the
# account's may be shared by other jobs, or be no file at all. libgit2 looks for it in HOME.
trust_checkout() {
	own=$(mktemp -d)
	printf '[safe]\n\tdirectory = %s\n' "$PWD" >"$own/.gitconfig"
	export HOME="$own" GIT_CONFIG_GLOBAL="$own/.gitconfig"
	unset XDG_CONFIG_HOME
}

prepare_git() {
	git rev-parse --git-dir >/dev/null 2>&1 || trust_checkout
	git config user.name >/dev/null || git config user.name 'seatshift in CI'
	git config user.email >/dev/null || git config user.email seatshift-ci@noreply.invalid
	[ -z "${GITLAB_CI:-}" ] || git remote set-url -- origin "${CI_PROJECT_URL:?}.git"
	[ -z "${SEATSHIFT_PUSH_TOKEN:-}" ] || prepare_push
}

# In the checkout's own settings, and only until the end: never on a command line. Neither `seatshift` nor what it
# starts needs the token itself.
prepare_push() {
	url=$(git remote get-url -- origin)
	user=x-access-token
	[ -z "${GITLAB_CI:-}" ] || user=oauth2
	trap 'git config --remove-section "http.$url" 2>/dev/null || true' EXIT
	printf '[http "%s"]\n\textraHeader = Authorization: Basic %s\n' "$url" \
		"$(printf '%s:%s' "$user" "$SEATSHIFT_PUSH_TOKEN" | base64 | tr -d '\n')" >>"$(git rev-parse --git-dir)/config"
	unset SEATSHIFT_PUSH_TOKEN
}

# A name that somebody chose, before it is one: "-x" would be an option, "a:b" two refs.
is_branch() { # NAME
	git check-ref-format "refs/heads/$1" && git check-ref-format --branch "$1" >/dev/null
}

be_on() { # BRANCH, as it is on the remote now
	git fetch --quiet origin "+refs/heads/$1:refs/remotes/origin/$1"
	git checkout --quiet -B "$1" "refs/remotes/origin/$1"
}

# ---- validate -----------------------------------------------------------------------------------------

validate() {
	status=0
	seatshift validate --format junit --out "$reports/validate.xml" || status=$?
	[ -z "${GITLAB_CI:-}" ] ||
		seatshift validate --quiet --format codequality --out "$reports/validate.json" 2>/dev/null || true
	remember "$status"
}

# ---- plan ---------------------------------------------------------------------------------------------

# A customer's own file, or one that a customer's file names (a list of users).
changed_customers() {
	base=$(git merge-base "refs/remotes/origin/$branch" HEAD)
	git diff --name-only --diff-filter=d "$base" HEAD -- customers/ | while IFS= read -r path; do
		case $path in
		customers/*.yaml) printf '%s\n' "$path" ;;
		*) grep -lF -e "$(basename -- "$path")" -- customers/*.yaml || true ;;
		esac
	done | sed -n 's:^customers/\([a-z0-9-]*\)\.yaml$:\1:p' | sort -u
}

# The plan's author is who last changed, in the review, what plans are made from; nobody approves a plan of their
# own. Everybody else who changed something of it there counts as an author as well, by the history.
as_author_of_review() { # COMMAND...
	last=$(git log -1 --format=%H "refs/remotes/origin/$branch..HEAD" -- customers seatshift.yaml fleet.yaml)
	author_name=$(git log -1 --format=%an "${last:-HEAD}")
	author_email=$(git log -1 --format=%ae "${last:-HEAD}")
	GIT_AUTHOR_NAME=$author_name GIT_AUTHOR_EMAIL=$author_email "$@"
}

plan_customer() { # CUSTOMER
	face=$reports/plan-$1.md
	status=0
	rm -f "$face"
	as_author_of_review \
		seatshift plan --detailed-exitcode ${SEATSHIFT_HEAD:+--commit} \
		--format junit --out "$reports/plan-$1.xml" --also "markdown=$face" --also "html=$reports/plan-$1.html" \
		-- "$1" 2>"$reports/plan-$1.log" || status=$?
	cat "$reports/plan-$1.log" >&2
	[ "$status" -ne 2 ] || status=0 # there is something to do: what a plan is for
	if [ "$status" -ne 0 ] || [ ! -s "$face" ]; then
		# Indented, it is text to every reader of Markdown, whatever is in it.
		{
			printf '<!-- seatshift:plan %s -->\n## No plan for %s (exit status %s)\n\n' "$1" "$1" "$status"
			sed -e '/^::/d' -e '/^##vso/d' -e 's/^/    /' "$reports/plan-$1.log" | head -c 50000
		} >"$face"
	fi
	summary "$face"
	comment "$face"
	remember "$status"
}

# On GitHub, what a job pushes starts no other: the commit gets its own mark, for branch protection to ask.
mark() {
	[ -n "${GITHUB_ACTIONS:-}" ] && [ -n "${SEATSHIFT_API_TOKEN:-}" ] || return 0
	api=github state=success
	[ "$worst" -eq 0 ] || state=failure
	printf '{"state": "%s", "context": "seatshift", "description": "validate and plan"}' "$state" >"$reports/body.json"
	request POST "${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY/statuses/$(git rev-parse HEAD)" \
		"$reports/body.json" >/dev/null || tell warning "the commit could not be marked"
}

# A review may push to its own branch, and to no other.
check_head() {
	is_branch "$SEATSHIFT_HEAD" && [ "$SEATSHIFT_HEAD" != "$branch" ] && return 0
	tell error "'$SEATSHIFT_HEAD' is not a branch under review"
	remember 3
	return 1
}

plan() {
	[ -z "${SEATSHIFT_HEAD:-}" ] || check_head || return 0
	prepare_git
	git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch"
	[ -z "${SEATSHIFT_HEAD:-}" ] || be_on "$SEATSHIFT_HEAD"
	before=$(git rev-parse HEAD)
	customers=$(changed_customers)
	[ -n "$customers" ] || tell notice "no customer's file is changed"
	for customer in $customers; do
		plan_customer "$customer"
	done
	if [ -n "${SEATSHIFT_HEAD:-}" ] && [ "$(git rev-parse HEAD)" != "$before" ]; then
		git push --quiet origin "HEAD:refs/heads/$SEATSHIFT_HEAD"
		tell notice "committed the plans to $SEATSHIFT_HEAD"
	fi
	mark
}

# ---- apply --------------------------------------------------------------------------------------------

# The newest plan of each customer, unless its journal ends with "done".
open_plans() {
	status=0
	seatshift status --offline --format json --out "$reports/status.json" || status=$?
	jq -r '.customers[]? | select(.plan != null) | "\(.customer)/\(.plan)"' "$reports/status.json" >"$reports/plans"
	jq -r '.customers[]? | select(.error != null) | "\(.customer): \(.error.message)"' "$reports/status.json" >"$reports/errors"
	while IFS= read -r line; do
		tell error "$line"
	done <"$reports/errors"
	remember "$status"
}

is_done() { # CUSTOMER/ID
	[ -f "plans/$1/journal.jsonl" ] &&
		tail -n 1 "plans/$1/journal.jsonl" | jq -e '.event == "run-end" and (.outcome == "done" or .outcome == "nothing")' >/dev/null
}

apply_plan() { # CUSTOMER/ID
	id=${1#*/} status=0
	# shellcheck disable=SC2086
	seatshift apply --commit --deadline 50m ${SEATSHIFT_APPLY_OPTIONS:-} -- "$id" || status=$?
	case $status in
	0) tell notice "$1 is done" ;;
	9) tell notice "$1 waits for a person; see 'seatshift step $id'. The next run resumes" ;;
	11) tell notice "$1 is being applied by another run" ;;
	12) tell warning "$1: the service is throttling; the next run resumes" ;;
	*)
		tell error "$1: exit status $status"
		remember "$status"
		;;
	esac
	printf '| %s | %s |\n' "$1" "$status" >>"$reports/apply.md"
}

apply() {
	prepare_git
	be_on "$branch"
	open_plans
	printf '| plan | exit status |\n| --- | --- |\n' >"$reports/apply.md"
	while IFS= read -r plan; do
		is_done "$plan" || apply_plan "$plan" </dev/null
	done <"$reports/plans"
	summary "$reports/apply.md"
}

main() {
	case ${SEATSHIFT_IMAGE:-} in
	'' | *@sha256:*) ;;
	*)
		tell error "SEATSHIFT_IMAGE has to be pinned by digest: NAME@sha256:..."
		return 3
		;;
	esac
	umask 077
	mkdir -p "$reports"
	case ${1:-} in
	validate) validate ;;
	plan) plan ;;
	apply) apply ;;
	*)
		echo 'usage: sh .seatshift/ci.sh validate|plan|apply' >&2
		return 3
		;;
	esac
	return "$worst"
}

# One line, read before anything runs: `plan` and `apply` check out another version of this file.
main "$@"; exit $?
