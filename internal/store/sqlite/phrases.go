package sqlite

import (
	"database/sql"
	"fmt"
	"strings"

	"partwork/internal/drip"
)

// Nearly every row of the ledger ends with what a relay said, such as "250 2.0.0 Ok:
// queued as 4F1A2B3C". Its phrase "250 2.0.0 Ok: queued as *" is in a table, with a code
// of two characters, and the row has the code and the words, which saves two thirds.
// A reply that has no phrase is kept as it is.

const (
	// phraseMark begins the code of a phrase, and is never followed by a blank in one.
	// A reply that begins with it is kept after phraseMark and a blank.
	phraseMark = "~"
	// phraseWord stands in a phrase for a word that differs.
	phraseWord = "*"
	// A code is the mark and one of the characters from the first to the last.
	firstCode, lastCode = '!', '}'
	// maxPhrase is the longest phrase, in bytes, that is kept.
	maxPhrase = 256
	// maxHeard is how many phrases are remembered that were heard once. Only what is
	// heard again becomes a phrase: most of what is not, never is.
	maxHeard = 64
)

// phrases is what the writer knows of the table.
type phrases struct {
	codes map[string]string // by their texts; nil if the table was not read yet
	heard map[string]bool   // what was heard once
}

// forget has the table read again.
func (p *phrases) forget() { *p = phrases{} }

// phraseOf cuts a reply into its phrase and the words that differ. Those have a
// digit; the numbers at the beginning are what SMTP means by the reply.
func phraseOf(reply drip.Reply) (phrase, words string) {
	fixed := 0
	if reply.Code != 0 {
		fixed++
	}
	if reply.Enhanced != "" {
		fixed++
	}
	var differing []string
	parts := strings.Split(replyText(reply), " ")
	for i, part := range parts {
		if i >= fixed && (part == phraseWord || strings.ContainsAny(part, "0123456789")) {
			differing = append(differing, part)
			parts[i] = phraseWord
		}
	}
	return strings.Join(parts, " "), strings.Join(differing, " ")
}

// inWords puts the words into a phrase again.
func inWords(phrase, words string) string {
	parts := strings.Split(phrase, " ")
	for i, part := range parts {
		if part == phraseWord {
			parts[i], words, _ = strings.Cut(words, " ")
		}
	}
	return strings.Join(parts, " ")
}

// said returns how the reply to a message that was taken is kept.
func (t *tx) said(reply drip.Reply) (string, error) {
	text := replyText(reply)
	phrase, words := phraseOf(reply)
	if len(phrase) > maxPhrase || inWords(phrase, words) != text {
		return verbatim(text), nil
	}
	code, err := t.phrase(phrase)
	if err != nil {
		return "", fmt.Errorf("phrase of a reply: %w", err)
	}
	if code == "" || len(code)+len(words) >= len(text) {
		return verbatim(text), nil
	}
	return code + words, nil
}

// verbatim returns how a reply without a phrase is kept.
func verbatim(text string) string {
	if strings.HasPrefix(text, phraseMark) {
		return phraseMark + " " + text
	}
	return text
}

// phrase returns the code of a phrase; empty if it has none, because it was never
// heard before or because there are enough.
func (t *tx) phrase(text string) (string, error) {
	p := &t.writer.phrases
	if p.codes == nil {
		if err := t.readPhrases(); err != nil {
			return "", err
		}
	}
	if code := p.codes[text]; code != "" {
		return code, nil
	}
	if !p.heard[text] {
		if len(p.heard) >= maxHeard || p.heard == nil {
			p.heard = make(map[string]bool)
		}
		p.heard[text] = true
		return "", nil
	}
	return t.addPhrase(text)
}

// readPhrases reads the table.
func (t *tx) readPhrases() error {
	codes := make(map[string]string)
	err := t.each(func(rows *sql.Rows) error {
		var code, text string
		err := rows.Scan(&code, &text)
		codes[text] = code
		return err
	}, `SELECT code, text FROM phrases`)
	if err == nil {
		t.writer.phrases.codes = codes
	}
	return err
}

// addPhrase gives a phrase the next code. Another process may have done so.
func (t *tx) addPhrase(text string) (string, error) {
	if err := t.readPhrases(); err != nil {
		return "", err
	}
	codes := t.writer.phrases.codes
	if code := codes[text]; code != "" {
		return code, nil
	}
	next := firstCode + rune(len(codes))
	if next > lastCode {
		return "", nil
	}
	code := phraseMark + string(next)
	if _, err := t.exec(`INSERT INTO phrases (code, text) VALUES ($1, $2)`, code, text); err != nil {
		return "", err
	}
	codes[text] = code
	return code, nil
}

// phraseColumn is the phrase of a delivery's reply, or NULL. It comes after the reply.
const phraseColumn = `(SELECT p.text FROM phrases p WHERE p.code = substr(d.reply, 1, 2))`

// toPhrase scans phraseColumn into the reply that was scanned before it.
type toPhrase struct{ to *string }

// Scan implements sql.Scanner.
func (d toPhrase) Scan(src any) error {
	reply, marked := strings.CutPrefix(*d.to, phraseMark)
	switch phrase := src.(type) {
	case nil:
		if text, plain := strings.CutPrefix(reply, " "); marked && plain {
			*d.to = text
		}
	case string:
		*d.to = inWords(phrase, reply[1:])
	default:
		return fmt.Errorf("a phrase is stored as %T", src)
	}
	return nil
}
