package config

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// validateTLS checks that the files of the certificate come together, and that strangers
// cannot read the key. Whoever serves reads them; they need not be there for anything else.
func (l *loader) validateTLS() {
	c := l.cfg
	switch {
	case c.TLSCertFile == "" && c.TLSKeyFile == "":
		return
	case c.TLSKeyFile == "":
		l.report("tls_cert_file", "there is no tls_key_file to go with it", "name the file of the key, or remove this")
		return
	case c.TLSCertFile == "":
		l.report("tls_key_file", "there is no tls_cert_file to go with it", "name the file of the certificate, or remove this")
		return
	}
	if strings.HasPrefix(c.PublicURL, "http://") {
		l.report("public_url", "it begins with http://, but listen serves https", "begin it with https://")
	}
	// A group that may read the key, such as Debian's ssl-cert, is somebody's wish.
	if info, err := os.Stat(c.TLSKeyFile); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0 {
		l.report("tls_key_file", fmt.Sprintf("every user may open %q (mode %04o)", c.TLSKeyFile, info.Mode().Perm()), "run chmod o= on it")
	}
}

// TLS reports whether listen serves https by itself.
func (c *Config) TLS() bool { return c.TLSCertFile != "" }
