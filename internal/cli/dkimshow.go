package cli

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/compose"
	"partwork/internal/config"
	"partwork/internal/drip"
)

// keyRecord is an element of the JSON of the dkim commands.
type keyRecord struct {
	Algorithm string `json:"algorithm"`
	Domain    string `json:"domain"`
	Selector  string `json:"selector"`
	File      string `json:"file"`
	// Name, Value and Strings are the TXT record; the strings joined are the value.
	Name    string   `json:"name"`
	Value   string   `json:"value"`
	Strings []string `json:"strings"`

	zone string
}

func newDKIMShow(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print the DNS records of the keys that are configured",
		Long: "Reads the private keys of smtp.dkim, and of fallbacks that have their own, and prints the records that\n" +
			"publish them. It needs no network.",
		Example: "  partwork dkim show\n  partwork dkim show --json | jq -r '.[] | .name, .value'",
		Args:    argCount(0, 0),
	}
	asked := asJSON(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		cfg, err := e.config()
		if err != nil {
			return err
		}
		return e.showKeys(cfg, *asked)
	}
	return cmd
}

func (e *env) showKeys(cfg *config.Config, asJSON bool) error {
	records, err := recordsOf(cfg.SMTP.DKIM)
	for _, fallback := range cfg.SMTP.Fallbacks {
		if err == nil {
			var own []keyRecord
			own, err = recordsOf(fallback.DKIM)
			records = append(records, own...)
		}
	}
	if err != nil {
		return unusableKey(err)
	}
	switch {
	case asJSON:
		return e.document(records)
	case len(records) == 0:
		e.say("letters are not signed here: there is no smtp.dkim in %s", e.configFile)
		e.say("`partwork dkim new --domain DOMAIN` makes keys, if your relay does not sign by itself")
	default:
		e.sayRecords(records)
	}
	return nil
}

// unusableKey says that a configured key cannot be used.
func unusableKey(err error) error {
	return usagef("restore the file from a backup, or make new keys with `partwork dkim new`", "letters cannot be signed: %v", err)
}

// recordsOf returns the records of the keys of a configuration.
func recordsOf(d config.DKIM) ([]keyRecord, error) {
	records := []keyRecord{}
	for _, k := range d.Keys() {
		key, err := k.Signer()
		if err != nil {
			return nil, err
		}
		r, err := compose.NewKeyRecord(d.Domain, k.Selector, key.Public())
		if err != nil {
			return nil, err
		}
		records = append(records, keyRecord{
			Algorithm: k.Algorithm, Domain: d.Domain, Selector: k.Selector, File: k.File,
			Name: r.Name, Value: r.Value, Strings: r.Strings(), zone: r.Zone(),
		})
	}
	return records, nil
}

func (e *env) sayRecords(records []keyRecord) {
	for _, r := range records {
		e.say("%s", r.zone)
	}
}

// fromLine is the line of campaign.yaml that says who the letters are from.
var fromLine = regexp.MustCompile(`(?m)^from *:`)

// unsigned warns of campaigns whose letters leave without our signature, although
// there is one: their from address is not in the domain that signs.
func (f *folder) unsigned() []drip.Finding {
	domain := f.cfg.SMTP.DKIM.Domain
	if domain == "" {
		return nil
	}
	var found []drip.Finding
	for _, c := range f.library.Campaigns {
		if from := c.From.Address.Domain(); !compose.Aligned(from, domain) {
			file := path.Join(c.ID, "campaign.yaml")
			found = append(found, drip.Finding{
				File: path.Join(f.name, file), Line: f.lineOf(file, fromLine), Severity: drip.SeverityWarning, Rule: "unsigned",
				Message: fmt.Sprintf("from is at %s, and smtp.dkim signs for %s only: these letters leave without a signature of ours", from, domain),
				Fix:     "write an address at " + domain + ", or be sure that the relay signs for " + from,
			})
		}
	}
	return found
}

// lineOf returns the line of a file on which a form occurs first, 0 if it does not.
func (f *folder) lineOf(file string, form *regexp.Regexp) int {
	text, err := fs.ReadFile(f.root.FS(), file)
	if err != nil {
		return 0
	}
	at := form.FindIndex(text)
	if at == nil {
		return 0
	}
	return 1 + strings.Count(string(text[:at[0]]), "\n")
}
