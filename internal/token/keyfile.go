package token

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxKeyfile is the most a keyring file may have, in bytes: 256 keys and comments.
const maxKeyfile = 64 << 10

const keyfileHeader = `# Partwork: the keys that sign the links in letters. Keep this file secret and in
# your backups: without it, every link already sent is dead.
# One key a line, newest first: id (0-255) and 64 hexadecimal digits. The first
# signs, all verify. Keep a key for as long as links under it should work; never
# remove the last line, which names the messages. With "names" behind it, that is all
# it does.
`

// retired is what stands behind a key that was dropped and still names the messages.
const retired = "names"

// ParseKeyring reads what [FormatKeyring] wrote: one key a line, newest first, as a
// decimal id and 64 hexadecimal digits, and behind a retired one "names"; empty lines and lines beginning with "#" are
// skipped. What it returns is fit for [NewKeyring]. Errors name the line and never
// repeat its content.
func ParseKeyring(text []byte) ([]Key, error) {
	if len(text) > maxKeyfile {
		return nil, fmt.Errorf("the keyring has %d bytes; at most %d are expected", len(text), maxKeyfile)
	}
	var keys []Key
	for i, line := range bytes.Split(text, []byte("\n")) {
		fields := strings.Fields(string(line))
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		key, err := parseKey(fields)
		if err != nil {
			return nil, fmt.Errorf("keyring line %d: %w", i+1, err)
		}
		keys = append(keys, key)
	}
	if _, err := NewKeyring(keys...); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return keys, nil
}

func parseKey(fields []string) (Key, error) {
	names := len(fields) == 3 && fields[2] == retired
	if len(fields) != 2 && !names {
		return Key{}, fmt.Errorf("%d words; expected an id and a key", len(fields))
	}
	id, err := strconv.ParseUint(fields[0], 10, 8)
	if err != nil {
		return Key{}, errors.New("the id is not a number from 0 to 255")
	}
	if len(fields[1]) != 2*KeySize {
		return Key{}, fmt.Errorf("the key has %d digits; expected %d", len(fields[1]), 2*KeySize)
	}
	key := Key{ID: byte(id), Retired: names}
	if _, err := hex.Decode(key.Secret[:], []byte(fields[1])); err != nil {
		return Key{}, errors.New("the key has something other than hexadecimal digits")
	}
	return key, nil
}

// FormatKeyring returns the text of a keyring file, with a comment for the person
// who opens it. ParseKeyring(FormatKeyring(keys)) is keys again.
func FormatKeyring(keys []Key) []byte {
	var b bytes.Buffer
	b.WriteString(keyfileHeader)
	for _, key := range keys {
		fmt.Fprintf(&b, "%d %x", key.ID, key.Secret[:])
		if key.Retired {
			b.WriteString(" " + retired)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// Rotate returns the keys with a new one in front, which signs from now on; what was
// signed before still verifies. secret is 32 bytes from a random source. Links in
// letters live long: keep old keys for two years at least. It is an error if the
// 256 ids are used up.
func Rotate(keys []Key, secret [KeySize]byte) ([]Key, error) {
	next := Key{Secret: secret}
	if len(keys) > 0 {
		next.ID = keys[0].ID + 1 // after 255 comes 0
	}
	used := func(key Key) bool { return key.ID == next.ID }
	for range 256 {
		if !slices.ContainsFunc(keys, used) {
			return append([]Key{next}, keys...), nil
		}
		next.ID++
	}
	return nil, errors.New("all 256 key ids are in use; remove a key older than your oldest letters, but not the last")
}
