package config

import (
	"path/filepath"
)

// settlePassword decides between password and password_file. Both in one place are
// an error; a variable beats the file's choice of either.
func (l *loader) settlePassword(r relayAt) {
	text, inText := l.origins[r.key("password")]
	file, inFile := l.origins[r.key("password_file")]
	switch smtp := r.SMTP; {
	case !inText || !inFile:
	case text.variable != "" && file.variable == "":
		smtp.PasswordFile = ""
	case file.variable != "" && text.variable == "":
		smtp.Password = Secret{}
	default:
		l.report(r.key("password_file"), r.key("password")+" and "+r.key("password_file")+" are both set", "remove one")
	}
}

// settlePort chooses the port that goes with the mode of encryption.
func (l *loader) settlePort(r relayAt) {
	if l.wasSet(r.key("port")) {
		return
	}
	switch r.TLS {
	case TLSImplicit:
		r.Port = 465
	case TLSNone:
		r.Port = 25
	case TLSStartTLS:
		r.Port = 587
	}
}

// resolvePaths makes every path absolute; dir already is.
func (l *loader) resolvePaths(dir string) {
	resolve := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(dir, path)
	}
	for _, f := range l.fields {
		if f.path() {
			f.target.SetString(resolve(f.target.String()))
		}
	}
	if db := &l.cfg.Database; !db.IsPostgres() {
		db.path = resolve(db.path)
	}
}
