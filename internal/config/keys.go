package config

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"partwork/internal/token"
)

// SuppressionKeySize is the length of the key of the suppression list, in bytes.
const SuppressionKeySize = 32

const suppressionHeader = `# Partwork: the key of the suppression list. Keep this file secret and in your
# backups: without it, nobody who asked never to be mailed again is recognized.
# It must never change.
`

// SuppressionFile returns the name of the suppression key's file.
func SuppressionFile(secretFile string) string { return secretFile + ".suppression" }

// ErrNoSecrets says that neither of the two files exists.
var ErrNoSecrets = errors.New("there are no keys")

// errHalf says that one of the two files exists and the other does not.
var errHalf = errors.New("a key is missing")

// LoadOrCreateSecrets returns the text of the keyring that signs links (for
// token.ParseKeyring, which has accepted it) and the 32 bytes of the suppression key.
//
// If neither file exists, both are made, with random keys, mode 0600, in a folder of
// mode 0700, complete or not at all; several processes may start at once and get the
// same keys. If one of the two exists, it is an error and nothing is made: a new
// keyring would kill every link already sent, a new suppression key would forget who
// must not be mailed. Files that others may open, or that do not hold keys, are
// errors as well.
func LoadOrCreateSecrets(secretFile string) (keyring, suppression []byte, err error) {
	const patience, pause = 25, 20 * time.Millisecond
	for range patience {
		keyring, suppression, err = loadSecrets(secretFile)
		switch {
		case errors.Is(err, ErrNoSecrets):
			if err = createSecrets(secretFile); err != nil && !errors.Is(err, fs.ErrExist) {
				return nil, nil, err
			}
		case errors.Is(err, errHalf):
			time.Sleep(pause) // Perhaps another process is between the two files.
		default:
			return keyring, suppression, err
		}
	}
	return nil, nil, err
}

// LoadSecrets returns what LoadOrCreateSecrets does, and makes nothing: the error is
// ErrNoSecrets if neither file exists.
func LoadSecrets(secretFile string) (keyring, suppression []byte, err error) {
	if keyring, suppression, err = loadSecrets(secretFile); errors.Is(err, errHalf) {
		return LoadOrCreateSecrets(secretFile) // which waits for the other half
	}
	return keyring, suppression, err
}

// loadSecrets returns ErrNoSecrets if neither file exists, and errHalf if one does.
func loadSecrets(secretFile string) (keyring, suppression []byte, err error) {
	keyring, errK := readSecret(secretFile)
	text, errS := readSecret(SuppressionFile(secretFile))
	missingK, missingS := errors.Is(errK, fs.ErrNotExist), errors.Is(errS, fs.ErrNotExist)
	switch {
	case missingK && missingS:
		return nil, nil, ErrNoSecrets
	case missingK:
		return nil, nil, halfError(secretFile, SuppressionFile(secretFile))
	case missingS:
		return nil, nil, halfError(SuppressionFile(secretFile), secretFile)
	}
	if err := errors.Join(errK, errS); err != nil {
		return nil, nil, fmt.Errorf("read the keys: %w", err)
	}
	if _, err := token.ParseKeyring(keyring); err != nil {
		return nil, nil, fmt.Errorf("%s is damaged: %w; restore it from a backup", secretFile, err)
	}
	suppression, err = parseSuppression(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s is damaged: %w; restore it from a backup", SuppressionFile(secretFile), err)
	}
	return keyring, suppression, nil
}

func halfError(missing, present string) error {
	return fmt.Errorf("%w: %s does not exist, but %s does; restore it from a backup, "+
		"or remove both if this instance has never sent anything", errHalf, missing, present)
}

func parseSuppression(text []byte) ([]byte, error) {
	var digits []byte
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); !bytes.HasPrefix(line, []byte("#")) {
			digits = append(digits, line...)
		}
	}
	key, err := hex.DecodeString(string(digits))
	if err != nil || len(key) != SuppressionKeySize || bytes.Count(key, []byte{0}) == len(key) {
		return nil, fmt.Errorf("expected one key of %d hexadecimal digits", 2*SuppressionKeySize)
	}
	return key, nil
}

// createSecrets makes both files. fs.ErrExist says that another process did.
func createSecrets(secretFile string) error {
	var signing, suppression [token.KeySize]byte
	_, _ = rand.Read(signing[:]) // never fails
	_, _ = rand.Read(suppression[:])
	if err := os.MkdirAll(filepath.Dir(secretFile), 0o700); err != nil {
		return fmt.Errorf("make the folder of the keys: %w", err)
	}
	text := fmt.Appendf(nil, "%s%x\n", suppressionHeader, suppression)
	if err := writeNew(SuppressionFile(secretFile), text); err != nil {
		return fmt.Errorf("write the suppression key: %w", err)
	}
	ring := token.FormatKeyring([]token.Key{{ID: 1, Secret: signing}})
	if err := writeNew(secretFile, ring); err != nil {
		return fmt.Errorf("write the signing key: %w", err)
	}
	return nil
}
