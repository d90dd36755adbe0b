package smtpsend

import (
	"bufio"
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"partwork/internal/drip"
)

// errGarbled is a reply that is not one.
var errGarbled = errors.New("the relay's reply is not SMTP")

// readReply reads one reply of one or more lines (RFC 5321 §4.2) and returns
// its code and the texts of its lines. A line may end with LF alone and may
// lack the space after the code; every line must have the same code, from 200
// to 599. More than 8 KiB or 100 lines are an error.
func readReply(r *bufio.Reader) (code int, text string, err error) {
	var lines []string
	for read := 0; len(lines) < maxReplyLines; {
		line, err := readLine(r, maxReplyBytes-read)
		if err != nil {
			return 0, "", err
		}
		read += len(line)
		this, rest, more, ok := parseLine(line)
		if !ok || len(lines) > 0 && this != code {
			return 0, "", errGarbled
		}
		code = this
		lines = append(lines, rest)
		if !more {
			return code, strings.Join(lines, "\n"), nil
		}
	}
	return 0, "", errReplyTooLong
}

// readLine reads up to a line end and no more than limit bytes.
func readLine(r *bufio.Reader, limit int) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > limit:
			return "", errReplyTooLong
		case err == nil:
			return string(line), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err
		}
	}
}

// parseLine takes a reply line apart; more says that another one follows.
func parseLine(line string) (code int, text string, more, ok bool) {
	line = strings.TrimRight(line, "\r\n")
	if len(line) < 3 || line[0] < '2' || line[0] > '5' {
		return 0, "", false, false
	}
	for _, digit := range []byte(line[:3]) {
		if digit < '0' || digit > '9' {
			return 0, "", false, false
		}
		code = code*10 + int(digit-'0')
	}
	if len(line) == 3 {
		return code, "", false, true
	}
	sep := line[3]
	return code, line[4:], sep == '-', sep == '-' || sep == ' '
}

// enhancedCode is a status code where it belongs, directly after the reply
// code (RFC 2034 §4). Anywhere else the same digits may be an IP address.
var enhancedCode = regexp.MustCompile(`^([245]\.\d{1,3}\.\d{1,3})(?: |$)`)

// understand makes a reply of a code and the texts of its lines. The enhanced
// code is the first that stands at the beginning of a line and is of the same
// class as the code (RFC 3463 §2).
func understand(phase drip.Phase, code int, text string) drip.Reply {
	reply := drip.Reply{Phase: phase, Code: code}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		m := enhancedCode.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		lines[i] = line[len(m[0]):]
		if reply.Enhanced == "" && int(m[1][0]-'0') == code/100 {
			reply.Enhanced = m[1]
		}
	}
	reply.Text = scrub(strings.Join(lines, " "))
	return reply
}

// maxText is how long the text of a reply may be, in bytes.
const maxText = 200

// emailAddress finds what looks like an address: in angle brackets, with a
// quoted local part, or bare, also with its @ written as %40.
var emailAddress = regexp.MustCompile(
	`<[^<>\s]*(?:@|%40)[^<>\s]*>|"[^"\n]*"@[^\s<>()",;]+|[^\s<>()\[\]",;:]+(?:@|%40)(?:\[[^\]\s]*\]|[^\s<>()\[\]",;]+)`)

// scrub makes one printable line of at most 200 bytes without addresses.
func scrub(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
	text = emailAddress.ReplaceAllString(text, "<address>")
	return clip(strings.Join(strings.Fields(text), " "), maxText)
}

// clip cuts a text at the end of a rune.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
