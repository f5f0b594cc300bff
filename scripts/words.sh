#!/usr/bin/env bash
# Checks the wording of comments, messages and pages: words that docs/glossary.md replaces, and lines of pages above 140
# characters (tables and code excepted). Prints file, line and text of each; exit 1 if there are any. `make lint` runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
forbidden='the same bits|lent (scores|from)|\banew\b|passed over|learned by heart|goes on after|who is who|in vain\b|method of descent|longest gradient|most epochs'
status=0
if grep -rnIiE "$forbidden" Sources docs README.md CONTRIBUTING.md NOTICE.md Makefile configs; then
    echo "words: see docs/glossary.md for the words used instead" >&2
    status=1
fi
export LC_ALL=C.UTF-8
while IFS= read -r page; do
    # Blank lines stand for code and tables, so that line numbers stay.
    long="$(awk '/^```/ { code = !code } { print (code || /^ *\|/) ? "" : $0 }' "$page" | grep -nE '^.{141,}' || true)"
    if [ -n "$long" ]; then
        sed "s|^|$page:|" <<<"$long"
        status=1
    fi
done < <(find docs README.md CONTRIBUTING.md NOTICE.md -name '*.md')
exit $status
