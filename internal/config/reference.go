package config

import (
	"cmp"
	"fmt"
	"strings"
)

const referenceHead = `# Configuration

<!-- Generated from internal/config. Change it there, then: go test ./internal/config -run Reference -update -->

Partwork reads ` + "`partwork.yaml`" + ` (` + "`--config FILE`" + ` names another) and then the environment, which wins. The
file is strict: an unknown key is an error that names its line and the nearest known key, and every problem is
reported at once. Every key may be left out.

* **Environment.** The name of a key's variable is in the last column. An empty variable counts as not set; an unknown
  one that begins with ` + "`PARTWORK_`" + ` is an error.
* **Paths** that are not absolute begin at the folder of the file, also those in variables.
* **Durations** are numbers with units: ` + "`30s`, `10m`, `1h30m`, `2d`" + `.
* **Secrets** are never printed. A file that holds one must be closed to other users (` + "`chmod 600`" + `).
* YAML's anchors, aliases, tags and lists in brackets are not used; a value that begins with one of their signs needs quotes.
`

// Reference returns docs/CONFIG.md: every key with its type, default, environment
// variable and meaning, as Markdown, made from the struct that is filled.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	section := "none yet"
	for _, f := range fieldsOf(specimen()) {
		f.key = pageKey(f.key)
		if strings.HasPrefix(f.key, anyFallback) && f.key != anyFallback+".host" {
			continue // as smtp, which is on the page already
		}
		parent, leaf := splitKey(f.key)
		if parent != section {
			section = parent
			b.WriteString("\n## " + cmp.Or(section, "The file") + "\n\n" + introductions[section])
			if parent == anyFallback {
				continue
			}
			b.WriteString("| key | meaning | type | default | environment |\n|---|---|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | `%s` |\n", leaf, cell(f.doc), cell(f.kind), code(f.def), f.env())
	}
	return b.String()
}

// The names that stand for any number and any domain on the page.
const (
	anyFallback  = "smtp.fallbacks.N"
	anyOneDomain = "limits.domains.DOMAIN"
)

// introductions stand before the keys of the sections that may be there many times.
var introductions = map[string]string{
	anyFallback: `A list of relays that take over when those before them cannot be used, in order of preference. Each begins with
` + "`- host:`" + ` and has the keys of smtp but for ` + "`unapproved`" + ` and ` + "`fallbacks`" + `; what is left out has the default of
that key, whatever smtp says, apart from ` + "`helo`" + ` and ` + "`dkim`" + `, which follow smtp. Variables count from 1:
` + "`PARTWORK_SMTP_FALLBACKS_1_HOST`" + ` is the host of the first.

A message that was refused or interrupted before its mark may be offered to the next relay at once. A message whose fate is
unknown never is: it would arrive twice.
`,
	anyOneDomain: `What the domain of an address takes, whichever relay the letters leave through: ` + "`gmail.com: {rate: 2, connections: 2}`" + `.
` + "`\"*\"`" + ` is for every domain that is not named, each for itself. A variable's name has ` + "`_`" + ` for the dots and hyphens of a
domain, and works only for domains that the file names.

`,
}

// specimen is a configuration with one of everything that may be there many times.
func specimen() *Config {
	l := newLoader("")
	l.growTo(1)
	l.cfg.Limits.Domains = []DomainLimit{{Name: "DOMAIN"}}
	return l.cfg
}

// pageKey is the key of a field as the page has it.
func pageKey(key string) string {
	return strings.Replace(key, string(fallbacks)+".1", anyFallback, 1)
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func code(text string) string {
	if text == "" {
		return "–"
	}
	return "`" + text + "`"
}
