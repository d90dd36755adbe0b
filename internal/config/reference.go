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
* YAML's lists, anchors, aliases and tags are not used; a value that begins with one of their signs needs quotes.
`

// Reference returns docs/CONFIG.md: every key with its type, default, environment
// variable and meaning, as Markdown, made from the struct that is filled.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	section := "none yet"
	for _, f := range fieldsOf(Default()) {
		parent, leaf := splitKey(f.key)
		if parent != section {
			section = parent
			b.WriteString("\n## " + cmp.Or(section, "The file") + "\n\n")
			b.WriteString("| key | meaning | type | default | environment |\n|---|---|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | `%s` |\n", leaf, cell(f.doc), cell(f.kind), code(f.def), f.env())
	}
	return b.String()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func code(text string) string {
	if text == "" {
		return "–"
	}
	return "`" + text + "`"
}
