package config

import (
	"errors"
	"log/slog"
	"net/url"
	"strings"
)

// Database says where the data is: a SQLite file or a PostgreSQL server. What it
// prints has no password. The zero value is no database.
type Database struct {
	path string
	url  Secret
}

// ParseDatabase reads a file name or a postgres:// or postgresql:// URL. The file
// may not exist yet. Other schemes, SQLite's file: URIs and :memory: are errors,
// which do not repeat the text.
func ParseDatabase(text string) (Database, error) {
	scheme, _, isURL := strings.Cut(text, "://")
	switch {
	case text == "", strings.ContainsRune(text, 0):
		return Database{}, errors.New("the database has no usable name")
	case text == ":memory:", strings.HasPrefix(text, "file:"):
		return Database{}, errors.New("expected the plain name of a file")
	case !isURL:
		return Database{path: text}, nil
	case scheme != "postgres" && scheme != "postgresql":
		return Database{}, errors.New("expected a postgres:// URL")
	}
	// The error of url.Parse repeats the password.
	if u, err := url.Parse(text); err != nil || u.Host == "" && u.RawQuery == "" {
		return Database{}, errors.New("the postgres:// URL cannot be read; a password in it must be percent-encoded")
	}
	return Database{url: NewSecret(text)}, nil
}

// IsPostgres reports whether it is a PostgreSQL server.
func (d Database) IsPostgres() bool { return d.url.IsSet() }

// Path returns the name of the SQLite file; empty for PostgreSQL.
func (d Database) Path() string { return d.path }

// URL returns the PostgreSQL URL with its password; empty for SQLite.
func (d Database) URL() string { return d.url.Reveal() }

// Equal reports whether two databases are configured alike.
func (d Database) Equal(other Database) bool {
	return d.path == other.path && d.url.Equal(other.url)
}

// String returns the file name, or the URL without its password and parameters.
func (d Database) String() string {
	if !d.IsPostgres() {
		return d.path
	}
	u, err := url.Parse(d.URL())
	if err != nil {
		return "postgres://" + redacted
	}
	u.RawQuery, u.Fragment = "", "" // A password may be there, too.
	return u.Redacted()
}

// GoString returns what String does.
func (d Database) GoString() string { return d.String() }

// MarshalText returns what String does.
func (d Database) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// LogValue returns what String does.
func (d Database) LogValue() slog.Value { return slog.StringValue(d.String()) }
