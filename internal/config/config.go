// Package config reads partwork.yaml and the PARTWORK_ variables: strictly, and
// completely. An unknown key is an error with the nearest known one, every problem
// of a file is reported at once, secrets cannot be printed, and the reference page
// is made from the same struct that is filled.
package config

import (
	"log/slog"
	"time"
)

// Config is the whole configuration. [Load] and [Default] make valid ones; the zero
// value is not valid.
//
// Each field's tags are its documentation: yaml is the key, default the text that
// would set its default, doc the meaning, and values what an enumeration allows.
// A type of path makes a file name absolute.
type Config struct {
	Database       Database      `yaml:"database" default:"data/partwork.db" doc:"Where everything is kept: the name of a SQLite file. A postgres:// URL is understood and, in this version, refused."`
	StateDir       string        `yaml:"state_dir" type:"path" default:"data/state" doc:"A folder for what must not travel with a copy of the database: this instance's identity and the journal of suppressions. Another volume than the database's, if possible."`
	HoldAfterGap   time.Duration `yaml:"hold_after_gap" default:"0s" doc:"Send nothing until partwork unhold is given, if no serve ran for longer than this, such as 72h; 0s for any time. It is for snapshots of a whole machine, which nothing else can tell from the original."`
	SecretFile     string        `yaml:"secret_file" type:"path" default:"data/secret" doc:"The keys that sign links. The key of the suppression list lies beside it, in a file with .suppression added to the name. Made when missing; keep both in your backups."`
	Campaigns      string        `yaml:"campaigns" type:"path" default:"campaigns" doc:"The folder of campaigns."`
	Templates      string        `yaml:"templates" type:"path" default:"templates" doc:"A folder whose files replace the built-in templates of the same name. It need not exist."`
	Listen         string        `yaml:"listen" type:"host:port" default:"127.0.0.1:8080" doc:"Where the readers' pages are served. An empty host is every interface; port 0 is any free port."`
	ListenPrivate  string        `yaml:"listen_private" type:"host:port" default:"127.0.0.1:8081" doc:"Where metrics, health and the admin pages are served. Keep it away from the Internet."`
	TLSCertFile    string        `yaml:"tls_cert_file" type:"path" default:"" doc:"A certificate for listen, in PEM, with those that vouch for it behind it: listen then serves https by itself. Read again when it changes. Empty behind a proxy that does so."`
	TLSKeyFile     string        `yaml:"tls_key_file" type:"path" default:"" doc:"The key of tls_cert_file, in PEM. Read again when it changes."`
	TrustedProxies Networks      `yaml:"trusted_proxies" default:"" doc:"The networks of the proxies in front of listen, such as 127.0.0.1 or 10.0.0.0/8: with commas between them, or as a list, one a line. Only these are believed when they say who asks (X-Forwarded-For, Forwarded); limits count who asks. Empty: whoever connects asks."`
	PublicURL      string        `yaml:"public_url" type:"URL" default:"http://127.0.0.1:8080" doc:"How readers reach the pages of listen: the beginning of every link in a letter. https, but for loopback."`
	Timezone       string        `yaml:"timezone" type:"time zone" default:"UTC" doc:"The IANA name of the zone of campaigns and readers that have none, such as Europe/London."`
	DailyLimit     int           `yaml:"daily_limit" default:"0" doc:"How many issues one person may get on one date of theirs, over all campaigns; 0 for no limit. What leaves at once, on joining or because the reader asked for it, is exempt."`
	DiskReserve    int           `yaml:"disk_reserve" default:"64" doc:"How many MiB must stay free on the disk of the database. Below that nothing new is sent, so that what is on its way can still be recorded, until there is room again; 0 for no reserve."`
	Backup         Backup        `yaml:"backup"`
	SMTP           SMTP          `yaml:"smtp"`
	Limits         Limits        `yaml:"limits"`
	Bounces        Bounces       `yaml:"bounces"`
	SignUp         SignUp        `yaml:"signup"`
	Log            Log           `yaml:"log"`
}

// SMTP is a relay that takes the letters: the first one, or one of its fallbacks,
// which have the same keys but for those that are tagged as the first's only.
type SMTP struct {
	Host             string   `yaml:"host" type:"host" default:"localhost" doc:"The relay: a name or an IP address."`
	Port             int      `yaml:"port" default:"587" doc:"The relay's port. If it is not set: 587 for starttls, 465 for implicit, 25 for none."`
	TLS              TLSMode  `yaml:"tls" values:"starttls|implicit|none" default:"starttls" doc:"How the connection is encrypted. none is for loopback only, unless insecure is true."`
	Insecure         bool     `yaml:"insecure" default:"false" doc:"Allow tls: none to a relay beyond loopback: letters, addresses and the password travel readable."`
	Username         string   `yaml:"username" default:"" doc:"The user name for the relay; empty for a relay that asks for none."`
	Password         Secret   `yaml:"password" default:"" doc:"The password for the relay. Better in password_file or the environment."`
	PasswordFile     string   `yaml:"password_file" type:"path" default:"" doc:"A file with nothing but the password, which only its owner may read. Not together with password."`
	Helo             string   `yaml:"helo" type:"host" default:"" doc:"The name given in EHLO; empty for the host of public_url."`
	Connections      int      `yaml:"connections" default:"4" doc:"How many connections to the relay at most, from 1 to 256."`
	MaxPerConnection int      `yaml:"max_per_connection" default:"100" doc:"How many letters go through one connection before it is replaced; 0 for any number."`
	Rate             float64  `yaml:"rate" default:"10" doc:"How many letters leave per second at most; 0 for no limit. Late timers are made up for, so a single second can have 2 % more, rounded up."`
	Unapproved       bool     `yaml:"unapproved" first:"only" default:"false" doc:"Send issues of campaigns with review: required although nobody approved them, to try a series out. Only to a relay on loopback; make sure that it passes nothing on."`
	Rewrites         Rewrites `yaml:"rewrites" values:"none|message-id-date" default:"none" doc:"What the relay replaces in a letter. message-id-date is for relays that put their own Message-ID and Date in place of ours, such as Amazon SES: these two are then not signed, because no signature over them would survive."`

	MaxConnectionAge time.Duration `yaml:"max_connection_age" default:"10m" doc:"How old a connection may get before it is replaced; 0 for any age."`
	Sign             bool          `yaml:"sign" default:"true" doc:"Sign the letters for this relay: with the keys of its dkim, or, at a fallback that has none, with those of smtp.dkim. false for a relay that signs by itself."`

	Timeouts  Timeouts `yaml:"timeouts"`
	DKIM      DKIM     `yaml:"dkim"`
	Warmup    Warmup   `yaml:"warmup"`
	Fallbacks []SMTP   `yaml:"fallbacks" first:"only" each:"number"`
}

// Rewrites says what a relay replaces in a letter.
type Rewrites string

// What relays are known to replace.
const (
	RewritesNothing       Rewrites = "none"
	RewritesMessageIDDate Rewrites = "message-id-date"
)

// TLSMode says how a connection to the relay is encrypted.
type TLSMode string

// The modes.
const (
	// TLSStartTLS requires STARTTLS (RFC 3207) before anything else.
	TLSStartTLS TLSMode = "starttls"
	// TLSImplicit begins with the TLS handshake (RFC 8314 §3.3).
	TLSImplicit TLSMode = "implicit"
	// TLSNone never encrypts.
	TLSNone TLSMode = "none"
)

// Timeouts say how long the relay may take, each at least 1s and at most 1h. The
// defaults are those of RFC 5321 §4.5.3.2, which begs not to shorten Final: a reply
// missed there is a letter of which nobody knows whether it was sent.
type Timeouts struct {
	Dial    time.Duration `yaml:"dial" default:"30s" doc:"To connect, TLS included."`
	Command time.Duration `yaml:"command" default:"5m" doc:"To answer a command."`
	Data    time.Duration `yaml:"data" default:"2m" doc:"To answer DATA, and to take each part of a letter."`
	Final   time.Duration `yaml:"final" default:"10m" doc:"To answer the end of a letter. A short one causes letters of unknown fate."`
}

// Log says what is logged to standard error, and how.
type Log struct {
	Format LogFormat  `yaml:"format" values:"text|json" default:"text" doc:"One line of text or one JSON object per entry."`
	Level  slog.Level `yaml:"level" values:"debug|info|warn|error" default:"info" doc:"The least important entries that are logged."`
}

// LogFormat is the form of a log entry.
type LogFormat string

// The formats.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// Default returns the configuration of an empty file. Its paths are relative: what
// runs uses [Load], which makes them absolute.
func Default() *Config {
	c := new(Config)
	for _, f := range fieldsOf(c) {
		if problem := f.set(f.def); problem != "" {
			panic("config: default of " + f.key + ": " + problem) // A wrong tag.
		}
	}
	return c
}

// Location returns the zone that Timezone names, and UTC for one that was never
// validated.
func (c *Config) Location() *time.Location {
	if loc, err := time.LoadLocation(c.Timezone); err == nil {
		return loc
	}
	return time.UTC
}
