package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
)

// maxSecretFile is the most a file with a secret may have, in bytes.
const maxSecretFile = 64 << 10

// modeError says that others than the owner may open a file with a secret.
type modeError struct {
	path string
	mode fs.FileMode
}

func (e modeError) message() string {
	return fmt.Sprintf("other users may open %q (mode %04o)", e.path, e.mode.Perm())
}

func (e modeError) Error() string { return e.message() + "; run chmod 600 on it" }

// checkMode returns a modeError if anybody but the owner may touch the file. Windows
// has no such modes.
func checkMode(path string, mode fs.FileMode) error {
	if runtime.GOOS != "windows" && mode.Perm()&0o077 != 0 {
		return modeError{path, mode}
	}
	return nil
}

// reportSecret reports what keeps a file with a secret from being used.
func (l *loader) reportSecret(key string, err error) {
	var mode modeError
	if errors.As(err, &mode) {
		l.report(key, mode.message(), "run chmod 600 on it")
		return
	}
	l.report(key, err.Error(), "check the file and who owns it")
}

// checkSecretFile reports a file with a secret that others may open. The file need
// not exist.
func (l *loader) checkSecretFile(key, path string) {
	info, err := os.Stat(path)
	if err != nil {
		return // Who needs the file will say so.
	}
	if err := checkMode(path, info.Mode()); err != nil {
		l.reportSecret(key, err)
	}
}

// readPassword sets the password from its file, if there is one.
func (l *loader) readPassword(r relayAt) {
	text, err := readSecret(r.PasswordFile)
	if errors.Is(err, fs.ErrNotExist) {
		return // CheckRelay says so.
	}
	if err != nil {
		l.reportSecret(r.key("password_file"), err)
		return
	}
	password := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if password == "" || strings.ContainsAny(password, "\r\n\x00") {
		l.report(r.key("password_file"), "the file does not hold exactly one line", "write the password into it, and nothing else")
		return
	}
	r.Password = NewSecret(password)
}

// readSecret returns the content of a file only its owner may open. Errors never
// repeat the content; a missing file is fs.ErrNotExist.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := checkMode(path, info.Mode()); err != nil {
		return nil, err
	}
	return readBounded(path, maxSecretFile)
}
