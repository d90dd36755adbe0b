package config

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"partwork/internal/token"
)

// Rotate puts a new key in front of those that sign links, in their file, and returns all
// of them. What was signed before goes on working. The file is replaced in one step; the
// key of the suppression list, in a file of its own, is not touched. If another process
// rotates at the same time, one of the two fails and changes nothing.
func Rotate(secretFile string) ([]token.Key, error) {
	before, _, err := LoadSecrets(secretFile)
	if err != nil {
		return nil, err
	}
	keys, err := token.ParseKeyring(before)
	if err != nil {
		return nil, err
	}
	var secret [token.KeySize]byte
	_, _ = rand.Read(secret[:]) // never fails
	if keys, err = token.Rotate(keys, secret); err != nil {
		return nil, err
	}
	return keys, replaceKeyring(secretFile, before, token.FormatKeyring(keys))
}

// Drop has nothing verify any more that was signed with a key, and returns those that are
// left, as Rotate does. The errors besides are those of token.Drop.
func Drop(secretFile string, id byte) ([]token.Key, error) {
	before, _, err := LoadSecrets(secretFile)
	if err != nil {
		return nil, err
	}
	keys, err := token.ParseKeyring(before)
	if err == nil {
		keys, err = token.Drop(keys, id)
	}
	if err != nil {
		return nil, err
	}
	return keys, replaceKeyring(secretFile, before, token.FormatKeyring(keys))
}

// replaceKeyring replaces the file if it still is what it was before. The file that waits
// to take its place also keeps others from doing the same.
func replaceKeyring(secretFile string, before, after []byte) error {
	next := secretFile + ".next"
	err := writeNew(next, after)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: another rotation is under way, or was cut off; if none is, remove that file", next)
	}
	if err != nil {
		return fmt.Errorf("write the new keys: %w", err)
	}
	now, err := readSecret(secretFile)
	if err == nil && !bytes.Equal(now, before) {
		err = fmt.Errorf("%s has just been changed by another process; look at it with `partwork secret show`, and try again if you have to", secretFile)
	}
	if err == nil {
		err = os.Rename(next, secretFile)
	}
	if err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return syncDir(filepath.Dir(secretFile))
}
