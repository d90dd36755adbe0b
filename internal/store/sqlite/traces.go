package sqlite

import (
	"database/sql"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"partwork/internal/drip"
)

// eraseTraces removes what is kept of a person in places that are not theirs: notes of
// the audit log, and rejected rows of lists. It must come before erase.
func (t *tx) eraseTraces(id drip.SubscriberID) error {
	if err := t.forgetNotes(id); err != nil {
		return err
	}
	var key, name string
	if err := t.row([]any{&key, &name}, `SELECT email_key, name FROM subscribers WHERE id = $1`, int64(id)); err != nil {
		return found(err)
	}
	local, _, _ := strings.Cut(key, "@")
	type row struct{ batch, line int64 }
	var gone []row
	err := t.each(func(rows *sql.Rows) error {
		var r row
		var text string
		if err := rows.Scan(&r.batch, &r.line, &text); err != nil {
			return err
		}
		var cells []string
		err := json.Unmarshal([]byte(text), &cells)
		text = strings.ToLower(strings.Join(cells, "\n"))
		if hasWord(text, key) || hasWord(text, local) || hasWord(text, strings.ToLower(name)) {
			gone = append(gone, r)
		}
		return err
	}, `SELECT batch_id, line, cells FROM rejects WHERE cells IS NOT NULL`)
	if err != nil {
		return err
	}
	for _, r := range gone {
		if _, err := t.exec(`DELETE FROM rejects WHERE batch_id = $1 AND line = $2`, r.batch, r.line); err != nil {
			return err
		}
	}
	return nil
}

// hasWord reports whether a word, which may have blanks in it, stands in a text with
// neither a letter nor a digit beside it.
func hasWord(text, word string) bool {
	for from := 0; word != ""; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from+i])
		after, size := utf8.DecodeRuneInString(text[from+i+len(word):])
		if !isWordRune(before) && !isWordRune(after) {
			return true
		}
		from += i + len(word) + size
	}
	return false
}

func isWordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
