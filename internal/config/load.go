package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Load reads the file and then the PARTWORK_ variables of environ (as os.Environ
// gives them), which win. With an empty path there is no file.
//
// Paths in the result are absolute; relative ones, also those of variables, are read
// from the folder of the file (the working directory if there is none). The password
// of an existing password_file is in SMTP.Password. A missing one is no error yet,
// so that people who only write can work without it: see [Config.CheckRelay].
//
// The error is [Findings] with every problem at once, or, if the file cannot be
// read, wraps the reason (fs.ErrNotExist for a missing one).
func Load(path string, environ []string) (*Config, error) {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("find the folder of %s: %w", path, err)
	}
	var text []byte
	if path != "" {
		text, err = readBounded(path, maxFile)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w; make a project with `partwork init DIR`, or name the file with --config", err)
		}
		if err != nil {
			return nil, err
		}
	}
	return load(path, dir, text, environ)
}

func load(path, dir string, text []byte, environ []string) (*Config, error) {
	l := newLoader(path)
	if l.readFile(text) {
		l.readEnviron(environ)
		for _, r := range l.cfg.relaysAt() {
			l.settlePassword(r)
			l.settlePort(r)
		}
		l.resolvePaths(dir)
		l.validate()
	}
	if len(l.findings) > 0 {
		l.sort()
		if len(l.findings) >= maxFindings {
			l.reportLine(0, "", "there are more problems than are shown", "put these right first")
		}
		return nil, l.findings
	}
	return l.cfg, nil
}

// readBounded reads a file of at most limit bytes. It neither waits on a pipe nor
// reads a device. Errors name the file; a missing one is fs.ErrNotExist.
func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s is larger than %d KiB; is it the right file?", path, limit>>10)
	}
	return text, nil
}
